import type { Vendor } from '@harbor/protocol'

/** A message that tells a relay what to do: `on` or `off` goes to `topic`. */
export interface RelayOrder {
  topic: string
  on: string
  off: string
}

/** How one relay is spoken to in its vendor's own dialect. Plain data, so that it can be kept. */
export interface RelayRoute {
  /** Ways to say the same; the first is the usual one, the others are tried when it is not obeyed. Each may be sent twice. */
  orders: readonly RelayOrder[]
  /** Makes the device say what its relay is, for one that keeps silent when nothing changed. */
  asks: readonly { topic: string; payload: string }[]
}

/** Whose relay it is. */
export interface RelayPlace {
  vendor: Vendor
  /** What the vendor's messages call the device. */
  address: string
  /** Counted as the vendor counts; undefined: its only one. */
  channel: number | undefined
}

/**
 * How a relay is spoken to, by the topic on which the device spoke of it: a device's base topic, the order of its topic's
 * levels, its generation and the name of its switch are all in there. Undefined when the topic is of no dialect known here.
 */
export function routeOfReport(place: RelayPlace, topic: string): RelayRoute | undefined {
  // A topic with a wildcard would be a filter: no device can have said something on it in order.
  if (/[+#\0]/.test(topic)) return undefined
  switch (place.vendor) {
    case 'tasmota':
      return tasmotaRoute(topic, place)
    case 'shelly':
      return shelly1Route(topic, place.channel ?? 0) ?? shelly2Route(shellyPrefix(topic), place.channel ?? 0)
    case 'zigbee2mqtt':
      return zigbee2mqttRoute(topic, place)
    case 'esphome':
      return esphomeRoute(topic)
    default:
      return undefined
  }
}

/**
 * How it is most likely spoken to while it has not been heard, by what the config calls it (`address`, `address#2`,
 * `prefix/object`): as the vendor ships it. Undefined where the config alone does not tell.
 */
export function routeOfConfig(vendor: Vendor, address: string): RelayRoute | undefined {
  if (/[+\0]/.test(address)) return undefined
  const [, base = address, number] = /^(.+)#(\d{1,3})$/.exec(address) ?? []
  if (base.includes('#')) return undefined
  const channel = number === undefined ? undefined : Number(number)
  switch (vendor) {
    case 'tasmota':
      return tasmotaRoute(`stat/${base}/RESULT`, { address: base, channel })
    case 'shelly':
      return shellyRoute(base, channel ?? 0)
    case 'zigbee2mqtt':
      return zigbee2mqttRoute(`zigbee2mqtt/${base}`, { address: base, channel })
    case 'esphome': {
      const [, prefix, object] = /^(.+)\/([^/]+)$/.exec(base) ?? []
      return prefix === undefined || object === undefined ? undefined : esphomeRoute(`${prefix}/switch/${object}/state`)
    }
    default:
      return undefined
  }
}

/** https://tasmota.github.io/docs/MQTT/: `cmnd/{topic}/POWER{n}`, answered on stat/…/RESULT and POWER, also if nothing changed. */
function tasmotaRoute(
  topic: string,
  { address, channel }: Pick<RelayPlace, 'address' | 'channel'>,
): RelayRoute | undefined {
  const levels = topic.split('/')
  const isPrefix = (level: string | undefined) => level === 'tele' || level === 'stat'
  // FullTopic is %prefix%/%topic%/ as shipped, or %topic%/%prefix%/.
  const at = isPrefix(levels[0]) ? 0 : levels.length - 2
  if (levels.length < 3 || !isPrefix(levels[at])) return undefined
  // What a bridge says of another device is no word on its own relay.
  if (levels.slice(0, -1).toSpliced(at, 1).join('/') !== address) return undefined
  const to = [...levels.slice(0, -1), `POWER${channel ?? ''}`]
  to[at] = 'cmnd'
  return { orders: [{ topic: to.join('/'), on: 'ON', off: 'OFF' }], asks: [] }
}

/** https://shelly-api-docs.shelly.cloud/gen1/#shelly1-1pm-mqtt: `shellies/{id}/relay/{n}/command`; `update` asks for the state. */
function shelly1Route(topic: string, channel: number): RelayRoute | undefined {
  const [, device, relay] = /^(shellies\/.+?)\/(?:relay\/(\d{1,2})|info|status)$/.exec(topic) ?? []
  if (device === undefined) return undefined
  return {
    orders: [{ topic: `${device}/relay/${relay ?? channel}/command`, on: 'on', off: 'off' }],
    asks: [{ topic: `${device}/command`, payload: 'update' }],
  }
}

/** Of a Shelly that was not heard yet: below `shellies/` it is of the first generation, unless somebody named a later one so. */
function shellyRoute(prefix: string, channel: number): RelayRoute | undefined {
  const later = shelly2Route(prefix, channel)
  const first = shelly1Route(`${prefix}/relay/${channel}`, channel)
  if (first === undefined || later === undefined) return later
  return { orders: [...first.orders, ...later.orders], asks: [...first.asks, ...later.asks] }
}

function shellyPrefix(topic: string): string | undefined {
  return /^(.+?)\/(?:events\/rpc|rpc|status\/switch:\d{1,3})$/.exec(topic)?.[1]
}

/** Names us to a device that answers; the answers, on `{this}/rpc`, say nothing of the relay and are not listened to. */
const RPC_SOURCE = 'harbor-gateway'

/**
 * https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Switch: the RPC Switch.Set, and MQTT control on
 * `{prefix}/command/switch:{n}`. Either can be switched off in the device. A switch that is told what it already is keeps
 * silent; `status_update` makes it say `{prefix}/status/switch:{n}`.
 */
function shelly2Route(prefix: string | undefined, id: number): RelayRoute | undefined {
  if (prefix === undefined) return undefined
  const set = (on: boolean) =>
    JSON.stringify({ id: on ? 1 : 2, src: RPC_SOURCE, method: 'Switch.Set', params: { id, on } })
  const control = `${prefix}/command/switch:${id}`
  return {
    orders: [
      { topic: `${prefix}/rpc`, on: set(true), off: set(false) },
      { topic: control, on: 'on', off: 'off' },
    ],
    asks: [{ topic: control, payload: 'status_update' }],
  }
}

/** https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html: `{base}/{name}/set` and `/get`. */
function zigbee2mqttRoute(
  topic: string,
  { address, channel }: Pick<RelayPlace, 'address' | 'channel'>,
): RelayRoute | undefined {
  const base = topic.split('/', 1)[0]
  if (base === undefined || base === '' || !topic.startsWith(`${base}/${address}`)) return undefined
  const key = channel === undefined ? 'state' : `state_l${channel}`
  const payload = (state: string) => JSON.stringify({ [key]: state })
  const to = `${base}/${address}`
  return {
    orders: [{ topic: `${to}/set`, on: payload('ON'), off: payload('OFF') }],
    asks: [{ topic: `${to}/get`, payload: payload('') }],
  }
}

/** https://esphome.io/components/switch/#mqtt: `{prefix}/switch/{object}/command`. It cannot be asked. */
function esphomeRoute(topic: string): RelayRoute | undefined {
  const [, object] = /^(.+\/switch\/[^/]+)\/state$/.exec(topic) ?? []
  return object === undefined ? undefined : { orders: [{ topic: `${object}/command`, on: 'ON', off: 'OFF' }], asks: [] }
}
