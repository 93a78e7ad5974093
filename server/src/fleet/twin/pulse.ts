import type { Reading } from '@harbor/protocol'

/** Gateways remembered; more than the 200,000 stations of a country. */
const MAX_GATEWAYS = 250_000

/** When readings of each gateway came last. */
export interface Pulse {
  /** Readings just stored. */
  take: (readings: readonly Reading[], receivedAtMs: number) => void
  /** Undefined: none since this process began. */
  heardAtMs: (gateway: string) => number | undefined
}

/** @param gatewayOf the gateway of a device; undefined for one that is not registered */
export function createPulse(gatewayOf: (device: string) => string | undefined): Pulse {
  const heard = new Map<string, number>()
  return {
    take: (readings, receivedAtMs) => {
      // A pack is one gateway's.
      const [first] = readings
      const gateway = first && gatewayOf(first.device)
      if (gateway === undefined) return
      if (!heard.has(gateway) && heard.size >= MAX_GATEWAYS) {
        const [oldest] = heard.keys()
        if (oldest !== undefined) heard.delete(oldest)
      }
      heard.set(gateway, receivedAtMs)
    },
    heardAtMs: gateway => heard.get(gateway),
  }
}
