import type { Vendor } from '@harbor/protocol'
import type { Decoded, Decoder } from '../decoders/decoder.ts'
import { DECODERS } from '../decoders/index.ts'
import type { AddressBook } from './address-book.ts'

/** What a message gave, and of whom it speaks. */
export type Dispatched = { vendor: Vendor; address: string; decoded: Decoded } | { vendor: undefined; decoded: Decoded }

/** Announcements that devices and hubs make beside their readings. */
const ANNOUNCEMENTS = /^(homeassistant|tasmota\/discovery|esphome\/(discover|ping)|shellies\/(announce|command))(\/|$)/

/**
 * Finds the dialect of a message: of the vendors whose topics have this shape, the one that the config gives the address
 * to; otherwise the first whose shape it is. Zigbee2MQTT's base topic may be any word, and then only a configured name
 * tells it.
 */
export function dispatch(topic: string, payload: Uint8Array, book: AddressBook): Dispatched {
  if (ANNOUNCEMENTS.test(topic)) return { vendor: undefined, decoded: { kind: 'ignored', why: 'an announcement' } }
  // How a retained message is taken back.
  if (payload.length === 0) return { vendor: undefined, decoded: { kind: 'ignored', why: 'an emptied topic' } }
  let first: { decoder: Decoder; address: string } | undefined
  for (const decoder of DECODERS) {
    const address = decoder.addressOf(topic)
    if (address === undefined) continue
    if (book.knows(decoder.vendor, address)) return decoded(decoder, { topic, address, payload })
    if (first === undefined && isPlainly(decoder.vendor, topic)) first = { decoder, address }
  }
  if (first !== undefined) return decoded(first.decoder, { topic, address: first.address, payload })
  return {
    vendor: undefined,
    decoded: { kind: 'rejected', reason: 'wrong_topic', detail: 'topic: no vendor has topics of this shape' },
  }
}

function isPlainly(vendor: Vendor, topic: string): boolean {
  return vendor !== 'zigbee2mqtt' || topic.startsWith('zigbee2mqtt/')
}

function decoded(
  decoder: Decoder,
  { topic, address, payload }: { topic: string; address: string; payload: Uint8Array },
): Dispatched {
  return { vendor: decoder.vendor, address, decoded: decoder.decode(topic, payload) }
}
