/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/** A network that has not brought the page by then is as good as none. */
const WAIT_MS = 4_000

/**
 * Keeps every file of the build. An address is answered by the server while there is one, so that whoever has a network always has the
 * newest page; else by the page that is kept. `base`: below which address the pages are.
 */
export function keepPages(
  worker: ServiceWorkerGlobalScope,
  files: readonly { url: string; revision: string | null }[],
  base: '/console/' | '/display/',
): void {
  cleanupOutdatedCaches()
  precacheAndRoute([...files], { cleanURLs: false, directoryIndex: 'index.html' })
  const kept = createHandlerBoundToURL(`${base}index.html`)
  registerRoute(
    new NavigationRoute(
      async options => {
        const fresh = await Promise.race([askServer(worker, options.request), wait()])
        return fresh ?? kept(options)
      },
      { allowlist: [new RegExp(`^${base}`)], denylist: [/\/[^/?]+\.[^/?]+$/] },
    ),
  )
}

/** The page, or undefined where no server is, or one that is out of order. */
async function askServer(worker: ServiceWorkerGlobalScope, request: Request): Promise<Response | undefined> {
  try {
    const answer = await worker.fetch(request)
    return answer.status < 500 ? answer : undefined
  } catch {
    return undefined // No network: the kept page serves.
  }
}

function wait(): Promise<undefined> {
  return new Promise(resolve => setTimeout(() => resolve(undefined), WAIT_MS))
}
