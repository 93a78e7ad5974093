import { useCallback, useEffect, useState } from 'react'
import { type VisitorPage, parseVisitorPage } from './station/paths.ts'

/** A page of the finder: the list, one station, what a visitor does there, or an address that is none of ours. */
export type Route =
  { page: 'list' } | { page: 'station'; id: string } | { page: 'visit'; visit: VisitorPage } | { page: 'missing' }

/** The page at a path. */
export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'list' }
  const id = /^\/s\/(?<id>[a-z0-9-]{1,40})\/?$/.exec(path)?.groups?.['id']
  if (id !== undefined) return { page: 'station', id }
  const visit = parseVisitorPage(path)
  return visit === undefined ? { page: 'missing' } : { page: 'visit', visit }
}

/** A station's own address. */
export function stationPath(id: string): string {
  return `/s/${id}`
}

export interface Navigation {
  route: Route
  /** What stands behind the `?` of the address. */
  search: string
  /** True when the visitor came to this page from another one of ours, so that "back" may use the history. */
  cameFromHere: boolean
  go: (path: string) => void
  /** Puts another address in the place of this one: "back" does not lead here again. */
  replace: (path: string) => void
  back: () => void
}

/** The page in the address bar, and the ways to others without loading anything. */
export function useNavigation(): Navigation {
  const [{ route, search, depth }, setPlace] = useState(placeNow)

  useEffect(() => {
    const show = () => setPlace(placeNow())
    window.addEventListener('popstate', show)
    return () => window.removeEventListener('popstate', show)
  }, [])

  // The same functions in every drawing, so that cards that are given them need not be drawn again.
  const go = useCallback((path: string) => {
    window.history.pushState(placeNow().depth + 1, '', path)
    setPlace(placeNow())
  }, [])
  const replace = useCallback((path: string) => {
    window.history.replaceState(window.history.state, '', path)
    setPlace(placeNow())
  }, [])
  return {
    route,
    search,
    cameFromHere: depth > 0,
    go,
    replace,
    back: () => (depth > 0 ? window.history.back() : go('/')),
  }
}

/** Where the page is; `depth`: how many of our own pages lie behind it, which the history itself remembers. */
function placeNow(): Pick<Navigation, 'route' | 'search'> & { depth: number } {
  const { pathname, search } = window.location
  const state: unknown = window.history.state
  return { route: parseRoute(pathname), search, depth: typeof state === 'number' ? state : 0 }
}
