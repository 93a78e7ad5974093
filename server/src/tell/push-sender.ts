import { createECDH } from 'node:crypto'
import { errorText } from '@harbor/protocol'
import webPush from 'web-push'
import type { PushTarget, SendPush, SendResult } from './channels.ts'
import { isPushService } from './push-services.ts'

/** A push service that does not answer within this is tried again later. */
const TIMEOUT_MS = 10_000
/** What a service keeps for a phone that is off: older news is no news. */
const KEEP_S = 6 * 3_600

/** The public half of the key that push services know this server by (P-256, RFC 8292), in base64url. */
export function pushPublicKey(privateKey: string): string {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(Buffer.from(privateKey, 'base64url'))
  return curve.getPublicKey('base64url')
}

/**
 * Sends by Web Push: encrypted for the browser alone (RFC 8291), signed by this server (RFC 8292).
 *
 * @param options `subject`: an https: or mailto: address under which the service finds whoever runs this server.
 */
export function createPushSender(options: {
  privateKey: string
  subject: string
  services: readonly string[]
}): SendPush {
  const { privateKey, subject, services } = options
  const vapidDetails = { subject, publicKey: pushPublicKey(privateKey), privateKey }
  return async ({ endpoint, p256dh, auth }: PushTarget, message, { isUrgent }) => {
    // Also what was kept before the setting was changed.
    if (!isPushService(endpoint, services)) return { result: 'refused', reason: 'not an allowed push service' }
    try {
      const { method, headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(message),
        { vapidDetails, TTL: KEEP_S, urgency: isUrgent ? 'high' : 'normal', contentEncoding: 'aes128gcm' },
      )
      const response = await fetch(endpoint, {
        method,
        headers: headers as Record<string, string>,
        body: new Uint8Array(body),
        // A service that sends elsewhere would undo the check above.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await response.body?.cancel()
      return resultOf(response)
    } catch (error) {
      return { result: 'later', reason: errorText(error) }
    }
  }
}

function resultOf({ ok, status, headers }: Response): SendResult {
  if (ok) return { result: 'sent' }
  const reason = `the push service answers ${status}`
  if (status === 404 || status === 410) return { result: 'gone', reason }
  if (status !== 429 && status !== 408 && status < 500) return { result: 'refused', reason }
  const seconds = Number(headers.get('retry-after') ?? '')
  return { result: 'later', reason, ...(Number.isFinite(seconds) && seconds > 0 && { afterMs: seconds * 1_000 }) }
}
