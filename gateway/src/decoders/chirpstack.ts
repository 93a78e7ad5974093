import { type Collector, createCollector } from './collector.ts'
import type { Decoded, Decoder } from './decoder.ts'
import { guessCounter, readTlv, tableOf } from './milesight-tlv.ts'
import { type Fields, asFields, field, instantOf, readJson, readObject } from './payload.ts'
import { collectUplinkObject } from './uplink-object.ts'

/**
 * ChirpStack v4's MQTT integration in JSON (https://www.chirpstack.io/docs/chirpstack/integrations/mqtt.html):
 * `application/{id}/device/{devEui}/event/{event}`. The address is the device's EUI in lower case. An uplink that the
 * server's codec has decoded is read from its `object`; one that it has not, from the bytes in `data` where the model is
 * known.
 */
export const chirpstack: Decoder = {
  vendor: 'chirpstack',
  addressOf: topic => parseTopic(topic)?.address,
  decode: (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed === undefined) return { kind: 'ignored', why: 'not a ChirpStack topic' }
    if (parsed.event !== 'up' && parsed.event !== 'status') {
      return { kind: 'ignored', why: `no readings in the event ${parsed.event}` }
    }
    const read = readObject(payload)
    if ('reason' in read) return { kind: 'rejected', ...read }
    const atMs = instantOf(field(read.fields, 'time'))
    const collector = createCollector(parsed.address, atMs === undefined ? undefined : { kind: 'utc', atMs })
    if (parsed.event === 'up') return decodeUplink(collector, parsed.address, read.fields)
    return decodeStatus(collector, read.fields)
  },
}

function parseTopic(topic: string): { address: string; event: string } | undefined {
  // Installations for several regions put the region before it.
  const [, eui, event] =
    /(?:^|\/)application\/[^/]+\/device\/([0-9a-f]{16})\/(?:event\/)?([a-z]+)(?:\/.*)?$/i.exec(topic) ?? []
  return eui === undefined || event === undefined ? undefined : { address: eui.toLowerCase(), event }
}

function decodeUplink(collector: Collector, eui: string, fields: Fields): Decoded {
  const model = modelOf(fields)
  const object = objectOf(fields)
  if (object !== undefined && Object.keys(object).length > 0) collectUplinkObject(collector, object, model)
  else collectBytes(collector, { eui, model, fields })
  collector.number('rssi', bestRssi(field(fields, 'rxInfo')))
  return collector.result('an uplink that no codec has decoded, of a model that is not known here')
}

/** `object`; in the older JSON of version 3 it is text. */
function objectOf(fields: Fields): Fields | undefined {
  const text = field(fields, 'objectJSON')
  if (typeof text !== 'string') return asFields(field(fields, 'object'))
  const read = readJson(Buffer.from(text))
  return 'value' in read ? asFields(read.value) : undefined
}

/** What the server's operator has said of the model: the device profile is named for it as a rule. */
function modelOf(fields: Fields): string {
  const info = asFields(field(fields, 'deviceInfo')) ?? fields
  const tags = asFields(field(info, 'tags')) ?? {}
  return [field(tags, 'model'), field(info, 'deviceProfileName'), field(info, 'deviceName')]
    .filter(text => typeof text === 'string')
    .map(text => text.slice(0, 120))
    .join(' ')
}

/** Milesight's own block of EUIs, and the port it sends on. */
const MILESIGHT_EUI = '24e124'
const MILESIGHT_PORT = 85

function collectBytes(
  collector: Collector,
  { eui, model, fields }: { eui: string; model: string; fields: Fields },
): void {
  const data = field(fields, 'data')
  if (typeof data !== 'string' || field(fields, 'fPort') !== MILESIGHT_PORT || !eui.startsWith(MILESIGHT_EUI)) return
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) {
    return collector.reject({ reason: 'wrong_type', detail: 'data: expected base64' })
  }
  const bytes = Buffer.from(data, 'base64')
  const table = tableOf(model) ?? guessCounter(bytes)
  if (table === undefined) return
  const { fields: object, fault } = readTlv(table, bytes)
  collectUplinkObject(collector, object, model)
  if (fault !== undefined) collector.reject({ reason: 'wrong_shape', detail: `data: ${fault}` })
}

/** How the best of the LoRaWAN gateways heard it. */
function bestRssi(rxInfo: unknown): number | undefined {
  const heard = (Array.isArray(rxInfo) ? rxInfo.slice(0, 50) : []).flatMap((one: unknown) => {
    const rssi = field(asFields(one) ?? {}, 'rssi')
    // 0 is what protobuf leaves out, so it stands for "not said" here.
    return typeof rssi === 'number' && rssi < 0 ? [rssi] : []
  })
  return heard.length === 0 ? undefined : Math.max(...heard)
}

/** The device's answer to the network's question for its battery. */
function decodeStatus(collector: Collector, fields: Fields): Decoded {
  const isUnknown = field(fields, 'batteryLevelUnavailable') === true || field(fields, 'externalPowerSource') === true
  if (!isUnknown) collector.number('battery', field(fields, 'batteryLevel'))
  return collector.result('no battery level')
}
