import { createCollector } from './collector.ts'
import type { Decoded, Decoder } from './decoder.ts'
import { type Fields, asFields, field, readObject, readText } from './payload.ts'
import { type Component, collectComponent } from './shelly-components.ts'

/**
 * Shelly of the second generation and later (https://shelly-api-docs.shelly.cloud/gen2/): `{prefix}/events/rpc`,
 * `{prefix}/status/{component}:{n}`, `{prefix}/online`. The prefix is the device's id unless somebody set another.
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
        return decodeOnline(parsed.address, payload)
      case 'command':
        return { kind: 'ignored', why: 'a command' }
    }
  },
}

type ShellyTopic = { address: string } & (
  { kind: 'events' | 'online' | 'command' } | { kind: 'status'; component: string }
)

function parseTopic(topic: string): ShellyTopic | undefined {
  const match = /^(.+?)\/(events\/rpc|online|rpc|command(?:\/.*)?|status\/([a-z][a-z0-9_]*(?::\d{1,3})?))$/.exec(topic)
  const [, address, tail, component] = match ?? []
  if (address === undefined || tail === undefined) return undefined
  if (component !== undefined) return { kind: 'status', address, component }
  if (tail === 'events/rpc') return { kind: 'events', address }
  return { kind: tail === 'online' ? 'online' : 'command', address }
}

function decodeOnline(address: string, payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  if (read.text === 'true' || read.text === 'false') collector.state('online', read.text)
  else if (read.text !== '') collector.reject({ reason: 'wrong_type', detail: 'online: expected true or false' })
  return collector.result('an emptied last will')
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
  if (method !== 'NotifyStatus' && method !== 'NotifyFullStatus') {
    return { kind: 'ignored', why: 'neither NotifyStatus nor NotifyFullStatus' }
  }
  const params = asFields(field(read.fields, 'params'))
  if (params === undefined) return { kind: 'rejected', reason: 'wrong_shape', detail: 'params: expected an object' }
  const inner = hasInnerProbe(address) || hasInnerProbe(String(field(read.fields, 'src'))) || hasMeter(params)
  const collector = createCollector(address, timeOf(params))
  for (const [name, value] of Object.entries(params)) {
    const fields = asFields(value)
    if (fields !== undefined) collectComponent(collector, { ...parseComponent(name), fields, hasInnerProbe: inner })
  }
  return collector.result('no readings in this notification')
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
