import type { EventEmitter } from 'node:events'
import { isLegalFilter } from '@harbor/protocol'
import type { Client } from 'aedes'
import { BrokerError } from '../errors.ts'

// What Aedes 1.2 has no hook for, taken from its insides in this one file. Its version is pinned; the tests notice a change.

/** The parts of a Client that are not in its types. */
interface ClientInternals {
  _parser?: EventEmitter
  subscriptions?: Record<string, unknown>
}

/** What an illegal filter begins with after `markIllegalFilters`: legal, so that Aedes asks whether to grant it, and never granted. */
export const ILLEGAL_FILTER = '$illegal/'

/** Aedes ends the connection of a client whose filter has more levels (its matcher would throw). */
const MAX_LEVELS = 100

/**
 * Makes every illegal filter of a SUBSCRIBE one that is refused with 0x80. Aedes grants some of them (`a+`, `a#`) and
 * ends the connection for others. Filters beyond `maxFilters` in one packet are refused the same way.
 *
 * @throws BrokerError BROKER_ENGINE_UNEXPECTED when Aedes has changed inside.
 */
export function markIllegalFilters(client: Client, maxFilters: number): void {
  const parser = (client as ClientInternals)._parser
  if (parser === undefined)
    throw new BrokerError('BROKER_ENGINE_UNEXPECTED', 'aedes: a client has no parser any longer')
  parser.prependListener('packet', (packet: { cmd: string; subscriptions?: { topic: string }[] }) => {
    if (packet.cmd !== 'subscribe') return
    for (const [index, subscription] of (packet.subscriptions ?? []).entries()) {
      const { topic } = subscription
      const isTooDeep = topic.split('/').length > MAX_LEVELS
      // Numbered: Aedes answers filters that are equal only once.
      if (index >= maxFilters || isTooDeep || !isLegalFilter(topic)) subscription.topic = `${ILLEGAL_FILTER}${index}`
    }
  })
}

/** How many filters a connection has. */
export function filterCount(client: Client): number {
  return Object.keys((client as ClientInternals).subscriptions ?? {}).length
}
