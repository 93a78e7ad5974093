import { useEffect, useState } from 'react'
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
  const [{ route, search }, setPlace] = useState(placeNow)
  const [depth, setDepth] = useState(0)

  useEffect(() => {
    const show = (event: PopStateEvent) => {
      const state: unknown = event.state
      setDepth(typeof state === 'number' ? state : 0)
      setPlace(placeNow())
    }
    window.addEventListener('popstate', show)
    return () => window.removeEventListener('popstate', show)
  }, [])

  const go = (path: string) => {
    window.history.pushState(depth + 1, '', path)
    setDepth(depth + 1)
    setPlace(placeNow())
  }
  const replace = (path: string) => {
    window.history.replaceState(window.history.state, '', path)
    setPlace(placeNow())
  }
  return {
    route,
    search,
    cameFromHere: depth > 0,
    go,
    replace,
    back: () => (depth > 0 ? window.history.back() : go('/')),
  }
}

function placeNow(): Pick<Navigation, 'route' | 'search'> {
  return { route: parseRoute(window.location.pathname), search: window.location.search }
}
