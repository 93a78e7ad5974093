/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/*
 * Keeps the page itself (script, style, outline map, icons) on the phone, so that it opens with no network at all. What the
 * server tells is not its business: the page keeps that itself, with its age.
 */

declare const self: ServiceWorkerGlobalScope
/** Every file of the build with its revision; vite.config.finder.ts fills it in. */
declare const PRECACHE: { url: string; revision: string | null }[]

/** As in app-updates.ts. */
const TAKE_OVER = 'harbor:take-over'

cleanupOutdatedCaches()
precacheAndRoute(PRECACHE, { cleanURLs: false, directoryIndex: 'index.html' })
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    // The finder's own addresses; the staff's console, screens, the API and whatever is served as a file are not.
    denylist: [/^\/(?:console|display|api|socket\.io|healthz|metrics|list)(?:\/|$)/, /\/[^/?]+\.[^/?]+$/],
  }),
)
self.addEventListener('message', event => {
  if (event.data === TAKE_OVER) void self.skipWaiting()
})
