import { createCollector } from './collector.ts'
import type { Decoded, Decoder } from './decoder.ts'
import { type Fields, asFields, field, readObject } from './payload.ts'
import { MAC, decodeBthome } from './shelly-bthome.ts'
import { type Component, collectComponent } from './shelly-components.ts'
import { decodeGen1 } from './shelly-gen1.ts'
import { decodeTwoStates } from './two-states.ts'

/**
 * Shelly of every generation. The second and later (https://shelly-api-docs.shelly.cloud/gen2/) speak under
 * `{prefix}/events/rpc`, `{prefix}/status/{component}:{n}` and `{prefix}/online`, the prefix being the device's id unless
 * somebody set another; the first speaks below `shellies/{id}/`. The address is all before that.
 */
export const shelly: Decoder = {
  vendor: 'shelly',
  addressOf: topic => parseTopic(topic)?.address,
  decode: (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed === undefined) return { kind: 'ignored', why: 'not a Shelly topic' }
    switch (parsed.kind) {
      case 'events':
        return decodeNotification(parsed.address, payload)
      case 'status':
        return decodeStatus(parsed, payload)
      case 'online':
        return decodeTwoStates(parsed.address, payload, { metric: 'online', on: 'true', off: 'false' })
      case 'bthome':
        return decodeAdvertisement(parsed.address, payload)
      case 'gen1':
        return decodeGen1(parsed.address, parsed.tail, payload)
      case 'command':
        return { kind: 'ignored', why: 'a command' }
    }
  },
}

type ShellyTopic = { address: string } & (
  | { kind: 'events' | 'online' | 'command' | 'bthome' }
  | { kind: 'status'; component: string }
  | { kind: 'gen1'; tail: string }
)

function parseTopic(topic: string): ShellyTopic | undefined {
  const [, address, tail, component] =
    /^(.+?)\/(events\/rpc|online|rpc|status\/([a-z][a-z0-9_]*(?::\d{1,3})?))$/.exec(topic) ?? []
  if (address !== undefined && tail !== undefined) {
    if (component !== undefined) return { kind: 'status', address, component }
    if (tail === 'events/rpc') return { kind: 'events', address }
    return { kind: tail === 'online' ? 'online' : 'command', address }
  }
  const advertiser = /\/events\/([^/]+)$/.exec(topic)?.[1]
  if (advertiser !== undefined && MAC.test(advertiser)) return { kind: 'bthome', address: advertiser.toLowerCase() }
  const [, first, below] = /^(shellies\/[^/]+)\/(.+)$/.exec(topic) ?? []
  if (first !== undefined && below !== undefined) {
    if (/(^|\/)command(\/|$)/.test(below)) return { kind: 'command', address: first }
    return { kind: 'gen1', address: first, tail: below }
  }
  const [, commanded] = /^(.+?)\/command(?:\/.*)?$/.exec(topic) ?? []
  return commanded === undefined ? undefined : { kind: 'command', address: commanded }
}

function decodeAdvertisement(mac: string, payload: Uint8Array): Decoded {
  const read = readObject(payload)
  return 'reason' in read ? { kind: 'rejected', ...read } : decodeBthome(mac, read.fields)
}

function decodeStatus({ address, component }: { address: string; component: string }, payload: Uint8Array): Decoded {
  const read = readObject(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  collectComponent(collector, {
    ...parseComponent(component),
    fields: read.fields,
    hasInnerProbe: hasInnerProbe(address),
  })
  return collector.result(`no readings in ${component}`)
}

/** NotifyStatus carries what changed, NotifyFullStatus all there is: of both, only what is said becomes a reading. */
function decodeNotification(address: string, payload: Uint8Array): Decoded {
  const read = readObject(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const method = field(read.fields, 'method')
  if (method !== 'NotifyStatus' && method !== 'NotifyFullStatus' && method !== 'NotifyEvent') {
    return { kind: 'ignored', why: 'no notification' }
  }
  const params = asFields(field(read.fields, 'params'))
  if (params === undefined) return { kind: 'rejected', reason: 'wrong_shape', detail: 'params: expected an object' }
  if (method === 'NotifyEvent') return decodeEvents(params)
  const inner = hasInnerProbe(address) || hasInnerProbe(String(field(read.fields, 'src'))) || hasMeter(params)
  const collector = createCollector(address, timeOf(params))
  for (const [name, value] of Object.entries(params)) {
    const fields = asFields(value)
    if (fields !== undefined) collectComponent(collector, { ...parseComponent(name), fields, hasInnerProbe: inner })
  }
  return collector.result('no readings in this notification')
}

/** Buttons and scripts; only a BLU sensor's advertisement has readings, and there is one in a notification. */
function decodeEvents(params: Fields): Decoded {
  const events = field(params, 'events')
  for (const event of Array.isArray(events) ? events.slice(0, 20) : []) {
    const fields = asFields(event)
    const data = fields === undefined ? undefined : asFields(field(fields, 'data'))
    if (fields === undefined || data === undefined || field(fields, 'event') !== 'shelly-blu') continue
    const mac = field(data, 'address')
    if (typeof mac === 'string' && MAC.test(mac)) return decodeBthome(mac, data, timeOf(fields))
  }
  return { kind: 'ignored', why: 'an event without readings' }
}

/** `ts` is seconds since 1970 in UTC, with a fraction. */
function timeOf(params: Fields): { kind: 'utc'; atMs: number } | undefined {
  const ts = field(params, 'ts')
  return typeof ts === 'number' && Number.isFinite(ts) ? { kind: 'utc', atMs: Math.round(ts * 1000) } : undefined
}

function parseComponent(name: string): Pick<Component, 'type' | 'channel'> {
  const [type = '', id] = name.split(':', 2)
  return id !== undefined && /^\d{1,3}$/.test(id) ? { type, channel: Number(id) } : { type, channel: undefined }
}

/** The energy meters (Pro 3EM, Pro EM, EM Gen3): their `temperature:0` is inside the meter, not in the room. */
function hasInnerProbe(id: string): boolean {
  return /(^|\/)shelly(pro)?\d?em/i.test(id)
}

function hasMeter(params: Fields): boolean {
  return Object.keys(params).some(name => /^em1?(data)?:/.test(name))
}
