/** The push services of today's browsers: Chrome and Edge on Android, Firefox, Edge on Windows, Safari. */
export const PUSH_SERVICES: readonly string[] = [
  'https://fcm.googleapis.com',
  'https://*.push.services.mozilla.com',
  'https://*.notify.windows.com',
  'https://*.push.apple.com',
]

/**
 * Whether an address is one of a push service: whoever is signed in names it, and this server must not be made to call any other.
 *
 * @param services origins; `*.` stands for any host below.
 */
export function isPushService(endpoint: string, services: readonly string[]): boolean {
  const { origin, protocol, host, username } = new URL(endpoint)
  if (username !== '') return false
  return services.some(service => {
    const [scheme = '', pattern = ''] = service.split('://')
    if (!pattern.startsWith('*.')) return origin === service
    return protocol === `${scheme}:` && host.endsWith(pattern.slice(1))
  })
}
