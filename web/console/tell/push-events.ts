/// <reference lib="webworker" />
import type { PushMessage } from '@harbor/protocol'

/* What the server tells this phone while no page of the console is open: a part of the console's service worker. */

/** Shows each message that comes by push, and opens what it is about when it is tapped. */
export function takePush(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener('push', event => {
    const message = readMessage(event.data)
    // A browser takes the permission away from who shows nothing.
    event.waitUntil(
      worker.registration.showNotification(message.title, {
        body: message.body,
        tag: message.tag,
        icon: '/console/icon.svg',
        data: message.url,
      }),
    )
  })
  worker.addEventListener('notificationclick', event => {
    event.notification.close()
    event.waitUntil(show(worker, String(event.notification.data ?? '/console/')))
  })
}

function readMessage(data: PushMessageData | null): PushMessage {
  try {
    return data?.json() as PushMessage
  } catch {
    // Not of our server: shown as what it is, news without words.
    return { title: "Workers' Harbor 劳动者港湾", body: '', tag: 'unreadable', url: '/console/' }
  }
}

/** Opens an address of the console in a page that is open, else in a new one; any other is not followed. */
async function show(worker: ServiceWorkerGlobalScope, url: string): Promise<void> {
  const { pathname, search } = new URL(url, worker.location.origin)
  const own = `${worker.location.origin}${pathname.startsWith('/console/') ? pathname + search : '/console/'}`
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find(one => new URL(one.url).pathname.startsWith('/console/'))
  if (page === undefined) {
    await worker.clients.openWindow(own)
    return
  }
  await page.focus()
  await page.navigate(own)
}
