import { type HarborTopic, TOPIC_ROOT, gatewayPrefix, isFilterBelow, isLegalFilter, parseTopic } from '@harbor/protocol'
import type { Account } from './account.ts'

/** What each kind of account says; all else is forbidden. Node-RED only listens: what it wants done it asks the server over HTTP. */
const SPEAKS: Readonly<Record<Account['kind'], ReadonlySet<HarborTopic['kind']>>> = {
  gateway: new Set<HarborTopic['kind']>(['telemetry', 'status', 'check-in', 'config-reported', 'command-result']),
  server: new Set<HarborTopic['kind']>(['ack', 'config-desired', 'command', 'event', 'broker-accounts']),
  'node-red': new Set<HarborTopic['kind']>(),
  weather: new Set<HarborTopic['kind']>(['weather']),
  anybody: new Set<HarborTopic['kind']>(),
}

/** The one filter that `anybody` may not have: suites of tests ask for one to see it refused. */
export const NO_SUBSCRIBE = 'nosubscribe'

/** Kinds of which the newest message is the whole truth. On any other topic an old message would come back as if new. */
const RETAINED: ReadonlySet<HarborTopic['kind']> = new Set<HarborTopic['kind']>([
  'status',
  'config-reported',
  'config-desired',
  'broker-status',
  'weather',
])

/** Whether `account` may publish to `topic`; for a gateway only what it says, and only about itself. */
export function mayPublish(account: Account, topic: string): boolean {
  if (account.kind === 'anybody') return !topic.startsWith('$SYS')
  const parsed = parseTopic(topic)
  if (parsed === undefined || !SPEAKS[account.kind].has(parsed.kind)) return false
  if (account.kind !== 'gateway') return true
  return (
    'address' in parsed &&
    parsed.address.gateway === account.address.gateway &&
    parsed.address.district === account.address.district
  )
}

/** Whether a message of `account` on `topic` may be kept for later subscribers. */
export function mayRetain(account: Account, topic: string): boolean {
  if (account.kind === 'anybody') return true
  const parsed = parseTopic(topic)
  return parsed !== undefined && RETAINED.has(parsed.kind)
}

/** Whether `account` may subscribe to `filter`: everything that the filter can match is something it may read. */
export function maySubscribe(account: Account, filter: string): boolean {
  if (!isLegalFilter(filter)) return false
  switch (account.kind) {
    case 'gateway':
      return isFilterBelow(filter, gatewayPrefix(account.address))
    case 'server':
      return isFilterBelow(filter, TOPIC_ROOT)
    case 'node-red':
      return isEventFilter(filter)
    case 'weather':
      return false
    case 'anybody':
      return filter !== NO_SUBSCRIBE
  }
}

/**
 * Whether a message on `topic` may be handed to `account`. Asked for each message again, so that a subscription that was
 * stored under other rights gives nothing away.
 */
export function mayRead(account: Account, topic: string): boolean {
  // A topic is a filter without wildcards, so one rule serves both.
  return maySubscribe(account, topic)
}

/** `harbor/v1/`, one level for the district, `event`, and at least one level more. */
function isEventFilter(filter: string): boolean {
  const [harbor, version, , event, ...rest] = filter.split('/')
  return `${harbor}/${version}` === TOPIC_ROOT && event === 'event' && rest.length > 0
}
