import type { TellDeviceRequest } from '@harbor/protocol'

/** Whether this browser can be told, and if not, why. */
export type PushAbility = 'possible' | 'unsupported' | 'insecure' | 'denied'

export function pushAbility(): PushAbility {
  if (!window.isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return 'unsupported'
  return Notification.permission === 'denied' ? 'denied' : 'possible'
}

/** The endpoint of this browser's subscription; undefined: it has none. */
export async function ownEndpoint(): Promise<string | undefined> {
  if (pushAbility() !== 'possible') return undefined
  const registration = await navigator.serviceWorker.getRegistration('/console/')
  const subscription = await registration?.pushManager.getSubscription()
  return subscription?.endpoint
}

/**
 * Subscribes this browser; asks the person when it has to.
 *
 * @param pushKey the server's public key in base64url.
 * @throws DOMException when the person says no, or the browser's push service cannot be reached.
 */
export async function subscribe(pushKey: string, label: string): Promise<TellDeviceRequest> {
  await navigator.serviceWorker.register('/console/sw.js', { scope: '/console/' })
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: pushKey,
  })
  const { endpoint, keys } = subscription.toJSON()
  return {
    endpoint: endpoint ?? subscription.endpoint,
    keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
    label,
  }
}

/** Takes this browser's subscription back. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/console/')
  const subscription = await registration?.pushManager.getSubscription()
  await subscription?.unsubscribe()
}

/** The name under which its person finds it in their list: browser and system, as far as the browser says. */
export function deviceLabel(userAgent: string): string {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(userAgent)?.[0] ?? ''
  const browser = /Edg|Firefox|MicroMessenger|Chrome|Safari/.exec(userAgent)?.[0] ?? ''
  return [browser.replace('Edg', 'Edge'), system].filter(Boolean).join(' · ') || 'Web'
}

/** What a server's id of a device is made of: SHA-256 of its endpoint in hex. */
export async function deviceId(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint))
  return [...new Uint8Array(hash)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Ends what this browser takes, before its person signs out: nobody who picks the phone up is told their news. The browser's own
 * subscription ends first; what the server sends to it from then on is refused, and forgotten.
 */
export async function leaveDevice(removeDevice: (id: string) => Promise<unknown>): Promise<void> {
  const endpoint = await ownEndpoint()
  if (endpoint === undefined) return
  await unsubscribe()
  await removeDevice(await deviceId(endpoint))
}
