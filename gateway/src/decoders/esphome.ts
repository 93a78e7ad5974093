import { createCollector } from './collector.ts'
import type { Decoded, Decoder } from './decoder.ts'
import { type ObjectMeaning, meaningOf } from './esphome-objects.ts'
import { readText } from './payload.ts'

/**
 * ESPHome's MQTT client (https://esphome.io/components/mqtt): `{prefix}/{component}/{object_id}/state` and
 * `{prefix}/status`. Units are not on the wire: they are the defaults of ESPHome's sensors.
 */
export const esphome: Decoder = {
  vendor: 'esphome',
  addressOf: topic => parseTopic(topic)?.address,
  decode: (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed === undefined) return { kind: 'ignored', why: 'not an ESPHome topic' }
    switch (parsed.kind) {
      case 'command':
        return { kind: 'ignored', why: 'a command' }
      case 'log':
        return { kind: 'ignored', why: 'a log line' }
      case 'status':
        return decodeStatus(parsed.address, payload)
      case 'state': {
        const meaning = meaningOf(parsed.component, parsed.objectId)
        if (meaning === undefined) return { kind: 'ignored', why: `no metric is named ${parsed.objectId.slice(0, 60)}` }
        return decodeState(parsed, meaning, payload)
      }
    }
  },
}

type EsphomeTopic = { address: string } & (
  { kind: 'command' | 'status' | 'log' } | { kind: 'state'; component: string; objectId: string }
)

const OBJECT =
  /^(.+)\/(sensor|binary_sensor|switch|text_sensor|number|select|light|fan|cover|climate|lock|button)\/([^/]+)\/(.+)$/

function parseTopic(topic: string): EsphomeTopic | undefined {
  const [, address, component, objectId, tail] = OBJECT.exec(topic) ?? []
  if (address !== undefined && component !== undefined && objectId !== undefined) {
    return tail === 'state' ? { kind: 'state', address, component, objectId } : { kind: 'command', address }
  }
  const [, prefix, last] = /^(.+)\/(status|debug)$/.exec(topic) ?? []
  return prefix === undefined ? undefined : { kind: last === 'status' ? 'status' : 'log', address: prefix }
}

function decodeStatus(address: string, payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  if (read.text === 'online') collector.state('online', true)
  else if (read.text === 'offline') collector.state('online', false)
  else if (read.text !== '') collector.reject({ reason: 'wrong_type', detail: 'status: expected online or offline' })
  return collector.result('an emptied last will')
}

function decodeState(
  { address, objectId }: { address: string; objectId: string },
  { metric, kind, channel, scale }: ObjectMeaning,
  payload: Uint8Array,
): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  const place = channel === undefined ? { part: objectId } : { part: objectId, channel }
  if (kind === 'state') collector.state(metric, read.text === '' ? null : read.text, place)
  else collector.number(metric, read.text, scale === undefined ? place : { ...place, scale })
  return collector.result('no value')
}
