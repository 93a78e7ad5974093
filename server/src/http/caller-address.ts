import type { IncomingMessage } from 'node:http'
import { isLoopback } from './health.routes.ts'

/**
 * Whose request this is, as Express says it under `trust proxy: loopback`: the last address in X-Forwarded-For that is not
 * this machine's own, when a proxy on this machine asks; else who is connected.
 */
export function callerAddress({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
  const connected = socket.remoteAddress ?? 'unknown'
  const forwarded = headers['x-forwarded-for']
  if (!isLoopback(connected) || forwarded === undefined) return connected
  const named = String(forwarded)
    .split(',')
    .map(address => address.trim())
  return named.findLast(address => !isLoopback(address)) ?? named[0] ?? connected
}
