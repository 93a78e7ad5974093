import { isLoopback } from '../http/health.routes.ts'
import { networkOf } from '../people/sign-in-limits.ts'

/** How many may be connected at once. */
export interface ConnectionShare {
  /** Of all: an open connection costs some 20 KB and a file descriptor. */
  overall: number
  /** Of one address: a mobile carrier puts thousands of phones behind one. */
  fromAddress: number
}

export const CONNECTION_DEFAULTS: ConnectionShare = { overall: 20_000, fromAddress: 4_000 }

/** Counts who is connected. Callers on this machine count towards all, but have no share of their own. */
export interface ConnectionLimits {
  mayConnect: (address: string) => boolean
  connected: (address: string) => void
  disconnected: (address: string) => void
}

export function createConnectionLimits({ overall, fromAddress }: ConnectionShare): ConnectionLimits {
  const open = new Map<string, number>()
  let total = 0
  return {
    mayConnect: address =>
      total < overall && (isLoopback(address) || (open.get(networkOf(address)) ?? 0) < fromAddress),
    connected: address => {
      const network = networkOf(address)
      total += 1
      open.set(network, (open.get(network) ?? 0) + 1)
    },
    disconnected: address => {
      const network = networkOf(address)
      const left = (open.get(network) ?? 1) - 1
      total -= 1
      if (left === 0) open.delete(network)
      else open.set(network, left)
    },
  }
}
