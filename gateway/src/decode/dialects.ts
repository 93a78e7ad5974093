import { type Mapping, VENDORS, type Vendor } from '@harbor/protocol'
import type { Decoded, Decoder } from '../decoders/decoder.ts'
import { createAnnouncedDevices } from '../decoders/homeassistant/announced-devices.ts'
import { DECODERS } from '../decoders/index.ts'
import { createMappingDecoder } from '../decoders/mapping.ts'
import { isAnnouncement } from '../intake/dispatch.ts'

/** What people call a vendor beside the name that the config uses. */
const ALIASES: Readonly<Record<string, Vendor>> = {
  'shelly-gen1': 'shelly',
  'shelly-gen2': 'shelly',
  'shelly-gen3': 'shelly',
  'shelly-gen4': 'shelly',
  'shelly-blu': 'shelly',
  milesight: 'chirpstack',
  lorawan: 'chirpstack',
  z2m: 'zigbee2mqtt',
  'home-assistant': 'homeassistant',
}

/** All names that `vendorNamed` takes. */
export const VENDOR_NAMES: readonly string[] = [...VENDORS, ...Object.keys(ALIASES)]

/** The vendor of a name or alias, in any case; undefined when there is none. */
export function vendorNamed(name: string): Vendor | undefined {
  const lower = name.toLowerCase()
  return VENDORS.find(vendor => vendor === lower) ?? (Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined)
}

/** What the dialects need to know beside the message. */
export interface Knowledge {
  mappings: readonly Mapping[]
  /** Announcements heard before, in order. */
  announcements: readonly { topic: string; payload: Uint8Array }[]
}

/** What one vendor's dialect makes of a message. */
export function decodeAs(vendor: Vendor, knowledge: Knowledge, [topic, payload]: [string, Uint8Array]): Decoded {
  if (payload.length === 0) return { kind: 'ignored', why: 'an empty payload: a retained message is taken back so' }
  if (vendor === 'homeassistant') return decodeAnnounced(knowledge, topic, payload)
  if (vendor !== 'mapping' && isAnnouncement(topic)) return { kind: 'ignored', why: 'an announcement' }
  const decoder: Decoder | undefined =
    vendor === 'mapping' ? createMappingDecoder(knowledge.mappings) : DECODERS.find(one => one.vendor === vendor)
  if (decoder?.addressOf(topic) === undefined) {
    return { kind: 'rejected', reason: 'wrong_topic', detail: `topic: ${vendor} has no topics of this shape` }
  }
  return decoder.decode(topic, payload)
}

function decodeAnnounced({ announcements }: Knowledge, topic: string, payload: Uint8Array): Decoded {
  const announced = createAnnouncedDevices()
  for (const announcement of announcements) announced.hear(announcement.topic, announcement.payload)
  const heard = announced.hear(topic, payload)
  if (heard !== undefined) return heard
  if (announced.addressesOf(topic).length === 0) {
    return { kind: 'rejected', reason: 'wrong_topic', detail: 'topic: nobody has announced it' }
  }
  return announced.decode(topic, payload)
}
