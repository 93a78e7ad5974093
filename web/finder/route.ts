import { useEffect, useState } from 'react'

/** A page of the finder: the list, one station, or an address that is none of ours. */
export type Route = { page: 'list' } | { page: 'station'; id: string } | { page: 'missing' }

/** The page at a path. */
export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'list' }
  const id = /^\/s\/(?<id>[a-z0-9-]{1,40})\/?$/.exec(path)?.groups?.['id']
  return id === undefined ? { page: 'missing' } : { page: 'station', id }
}

/** A station's own address. */
export function stationPath(id: string): string {
  return `/s/${id}`
}

export interface Navigation {
  route: Route
  /** True when the visitor came to this page from another one of ours, so that "back" may use the history. */
  cameFromHere: boolean
  go: (path: string) => void
  back: () => void
}

/** The page in the address bar, and the ways to others without loading anything. */
export function useNavigation(): Navigation {
  const [route, setRoute] = useState(() => parseRoute(window.location.pathname))
  const [depth, setDepth] = useState(0)

  useEffect(() => {
    const show = (event: PopStateEvent) => {
      const state: unknown = event.state
      setDepth(typeof state === 'number' ? state : 0)
      setRoute(parseRoute(window.location.pathname))
    }
    window.addEventListener('popstate', show)
    return () => window.removeEventListener('popstate', show)
  }, [])

  const go = (path: string) => {
    window.history.pushState(depth + 1, '', path)
    setDepth(depth + 1)
    setRoute(parseRoute(path))
  }
  return {
    route,
    cameFromHere: depth > 0,
    go,
    back: () => (depth > 0 ? window.history.back() : go('/')),
  }
}
