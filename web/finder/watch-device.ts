/** What a phone tells of itself. */
export interface DeviceHandlers {
  /** It woke, came online or shows the page again: it has missed what happened meanwhile. */
  awake: () => void
  offline: () => void
  /** The page is hidden and may never come back. */
  leaving: () => void
}

export function watchDevice({ awake, offline, leaving }: DeviceHandlers): () => void {
  const shown = () => {
    if (document.visibilityState === 'visible') awake()
    else leaving()
  }
  // A page that comes back from the browser's cache of pages slept through what happened.
  const back = (event: PageTransitionEvent) => {
    if (event.persisted) awake()
  }
  document.addEventListener('visibilitychange', shown)
  window.addEventListener('pageshow', back)
  window.addEventListener('pagehide', leaving)
  window.addEventListener('online', awake)
  window.addEventListener('offline', offline)
  return () => {
    document.removeEventListener('visibilitychange', shown)
    window.removeEventListener('pageshow', back)
    window.removeEventListener('pagehide', leaving)
    window.removeEventListener('online', awake)
    window.removeEventListener('offline', offline)
  }
}
