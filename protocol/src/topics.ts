import { districtSchema, gatewayIdSchema, idSchema, isDistrict, isId } from './ids.ts'

/** The root of every topic. A change of meaning on the wire takes a new version, never a new reading of this one. */
export const TOPIC_ROOT = 'harbor/v1'

/** A gateway's place in the topic tree. */
export interface GatewayAddress {
  district: string
  gateway: string
}

/** What a gateway's topic carries. `command` and `command-result` also name the command. */
export type GatewayTopic =
  | {
      kind: 'telemetry' | 'ack' | 'status' | 'check-in' | 'config-desired' | 'config-reported'
      address: GatewayAddress
    }
  | { kind: 'command' | 'command-result'; address: GatewayAddress; commandId: string }

/** Every topic of the system, parsed. */
export type HarborTopic =
  | GatewayTopic
  | { kind: 'event'; district: string; event: string }
  | { kind: 'weather'; district: string }
  | { kind: BrokerTopicKind }

/** The broker's own topics: the accounts that the server gives it, how far it has stored them, and what it refused a gateway. */
export type BrokerTopicKind = 'broker-accounts' | 'broker-status' | 'broker-refusals'

/** `harbor/v1/{district}/{gateway}`: all that a gateway may touch lies below it. */
export function gatewayPrefix({ district, gateway }: GatewayAddress): string {
  return `${TOPIC_ROOT}/${districtSchema.parse(district)}/${gatewayIdSchema.parse(gateway)}`
}

/** Builders of every topic; they throw a ZodError on an id that is none, so that no wildcard slips into a topic. */
export const topics = {
  telemetry: (a: GatewayAddress) => `${gatewayPrefix(a)}/telemetry`,
  ack: (a: GatewayAddress) => `${gatewayPrefix(a)}/ack`,
  status: (a: GatewayAddress) => `${gatewayPrefix(a)}/status`,
  checkIn: (a: GatewayAddress) => `${gatewayPrefix(a)}/check-in`,
  configDesired: (a: GatewayAddress) => `${gatewayPrefix(a)}/config/desired`,
  configReported: (a: GatewayAddress) => `${gatewayPrefix(a)}/config/reported`,
  command: (a: GatewayAddress, id: string) => `${gatewayPrefix(a)}/command/${idSchema.parse(id)}`,
  commandResult: (a: GatewayAddress, id: string) => `${gatewayPrefix(a)}/command/${idSchema.parse(id)}/result`,
  event: (district: string, kind: string) =>
    `${TOPIC_ROOT}/${districtSchema.parse(district)}/event/${idSchema.parse(kind)}`,
  weather: (district: string) => `${TOPIC_ROOT}/${districtSchema.parse(district)}/weather`,
  brokerAccounts: `${TOPIC_ROOT}/broker/accounts`,
  brokerStatus: `${TOPIC_ROOT}/broker/status`,
  brokerRefusals: `${TOPIC_ROOT}/broker/refusals`,
} as const

/** Subscription filters. `district` undefined means all of them. */
export const filters = {
  telemetry: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/+/telemetry`,
  status: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/+/status`,
  checkIns: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/+/check-in`,
  configReported: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/+/config/reported`,
  commandResults: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/+/command/+/result`,
  commands: (a: GatewayAddress) => `${gatewayPrefix(a)}/command/+`,
  events: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/event/+`,
  weather: (district?: string) => `${TOPIC_ROOT}/${districtLevel(district)}/weather`,
} as const

function districtLevel(district: string | undefined): string {
  return district === undefined ? '+' : districtSchema.parse(district)
}

/** The parts of a topic, or undefined when it is none of ours. Never throws. */
export function parseTopic(topic: string): HarborTopic | undefined {
  const levels = topic.split('/')
  if (levels[0] !== 'harbor' || levels[1] !== 'v1') return undefined
  const [, , district, gateway, ...rest] = levels
  if (district === 'broker') {
    if (levels.length !== 4) return undefined
    if (gateway === 'accounts') return { kind: 'broker-accounts' }
    if (gateway === 'refusals') return { kind: 'broker-refusals' }
    return gateway === 'status' ? { kind: 'broker-status' } : undefined
  }
  if (district === undefined || gateway === undefined || !isDistrict(district)) return undefined
  if (gateway === 'weather' && rest.length === 0) return { kind: 'weather', district }
  if (gateway === 'event') {
    const [event] = rest
    return rest.length === 1 && event !== undefined && isId(event) ? { kind: 'event', district, event } : undefined
  }
  return isId(gateway) ? parseGatewayTopic({ district, gateway }, rest) : undefined
}

function parseGatewayTopic(address: GatewayAddress, rest: string[]): GatewayTopic | undefined {
  const path = rest.join('/')
  switch (path) {
    case 'telemetry':
    case 'ack':
    case 'status':
    case 'check-in':
      return { kind: path, address }
    case 'config/desired':
      return { kind: 'config-desired', address }
    case 'config/reported':
      return { kind: 'config-reported', address }
  }
  const [head, commandId, tail] = rest
  if (head !== 'command' || commandId === undefined || !isId(commandId)) return undefined
  if (rest.length === 2) return { kind: 'command', address, commandId }
  return rest.length === 3 && tail === 'result' ? { kind: 'command-result', address, commandId } : undefined
}

/**
 * Whether a topic filter is legal (MQTT 3.1.1, 4.7.1): `#` alone in the last level, `+` alone in its level, not empty,
 * no NUL, at most 65,535 bytes. Aedes grants `a+` and `a#`; this is what we ask before it does.
 */
export function isLegalFilter(filter: string): boolean {
  if (filter.length === 0 || filter.includes('\u0000') || new TextEncoder().encode(filter).length > 65_535) return false
  const levels = filter.split('/')
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1 // [MQTT-4.7.1-2]
    if (level === '+') return true // [MQTT-4.7.1-3]
    return !level.includes('#') && !level.includes('+')
  })
}

/**
 * Whether every topic that `filter` can match lies below `prefix` (which has no wildcard and no trailing slash), or is it:
 * `a/#` also matches `a` (4.7.1.2), where nothing is published.
 * Used to decide whether a subscription stays within what an account may read.
 */
export function isFilterBelow(filter: string, prefix: string): boolean {
  return isLegalFilter(filter) && filter.startsWith(`${prefix}/`)
}
