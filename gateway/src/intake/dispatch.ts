import type { Mapping, Vendor } from '@harbor/protocol'
import type { Decoded, Decoder } from '../decoders/decoder.ts'
import type { AnnouncedDevices } from '../decoders/homeassistant/announced-devices.ts'
import { DECODERS } from '../decoders/index.ts'
import { createMappingDecoder } from '../decoders/mapping.ts'
import type { AddressBook } from './address-book.ts'

/** What a message gave, and of whom it speaks. */
export type Dispatched = { vendor: Vendor; address: string; decoded: Decoded } | { vendor: undefined; decoded: Decoded }

/** Reads any message of the station's LAN. */
export type Dispatcher = (topic: string, payload: Uint8Array) => Dispatched

export interface DispatcherDeps {
  book: AddressBook
  /** What devices announced of themselves so far; announcements that come are added. It outlives a config. */
  announced: AnnouncedDevices
  /** The config's own. */
  mappings: readonly Mapping[] | undefined
}

/** Whether a topic is for what devices and hubs announce of themselves beside their readings. */
export function isAnnouncement(topic: string): boolean {
  return ANNOUNCEMENTS.test(topic)
}

const ANNOUNCEMENTS = /^(homeassistant|tasmota\/discovery|esphome\/(discover|ping)|shellies\/(announce|command))(\/|$)/

/**
 * Finds the dialect of a message: of the dialects whose topics have this shape, the one that the config gives the address
 * to; otherwise the first whose shape it is. The config's own mappings go first. Zigbee2MQTT's base topic may be any
 * word, and then only a configured name tells it; an announced topic has any shape, and is looked up.
 */
export function createDispatcher({ book, announced, mappings = [] }: DispatcherDeps): Dispatcher {
  const decoders: readonly Decoder[] = mappings.length === 0 ? DECODERS : [createMappingDecoder(mappings), ...DECODERS]

  const fromAnnounced = (topic: string, payload: Uint8Array, address: string): Dispatched => ({
    vendor: 'homeassistant',
    address,
    decoded: announced.decode(topic, payload),
  })
  const fromDecoder = (decoder: Decoder, address: string, [topic, payload]: [string, Uint8Array]): Dispatched => {
    const decoded = decoder.decode(topic, payload)
    // ESPHome says no unit on the wire but in its announcement: with that, nothing is left to the name.
    const isTold = decoder.vendor === 'esphome' && topic.endsWith('/state') && announced.addressesOf(topic).length > 0
    return {
      vendor: decoder.vendor,
      address,
      decoded: isTold ? asOf(address, topic, announced.decode(topic, payload)) : decoded,
    }
  }

  return (topic, payload) => {
    const heard = announced.hear(topic, payload)
    if (heard !== undefined) return { vendor: undefined, decoded: heard }
    if (isAnnouncement(topic)) return { vendor: undefined, decoded: { kind: 'ignored', why: 'an announcement' } }
    // How a retained message is taken back.
    if (payload.length === 0) return { vendor: undefined, decoded: { kind: 'ignored', why: 'an emptied topic' } }
    let first: { decoder: Decoder; address: string } | undefined
    for (const decoder of decoders) {
      const address = decoder.addressOf(topic)
      if (address === undefined) continue
      if (book.knows(decoder.vendor, address)) return fromDecoder(decoder, address, [topic, payload])
      if (first === undefined && isPlainly(decoder.vendor, topic)) first = { decoder, address }
    }
    const addresses = announced.addressesOf(topic)
    const known = addresses.find(address => book.knows('homeassistant', address))
    if (known !== undefined) return fromAnnounced(topic, payload, known)
    if (first !== undefined) return fromDecoder(first.decoder, first.address, [topic, payload])
    if (addresses[0] !== undefined) return fromAnnounced(topic, payload, addresses[0])
    return {
      vendor: undefined,
      decoded: { kind: 'rejected', reason: 'wrong_topic', detail: 'topic: no vendor has topics of this shape' },
    }
  }
}

function isPlainly(vendor: Vendor, topic: string): boolean {
  return vendor !== 'zigbee2mqtt' || topic.startsWith('zigbee2mqtt/')
}

/** What was read by an announcement, as the readings of an ESPHome node's object. */
function asOf(address: string, topic: string, decoded: Decoded): Decoded {
  if (decoded.kind !== 'readings') return decoded
  const part = topic.split('/').at(-2) ?? ''
  return { ...decoded, readings: decoded.readings.map(reading => ({ ...reading, address, part })) }
}
