import type { GatewayConfig, Metric, Vendor } from '@harbor/protocol'
import type { VendorReading } from '../decoders/decoder.ts'

/** What is the device's as a whole and so holds for each of its channels: they share mains, radio, case and cell. */
const SHARED_BY_CHANNELS = new Set<Metric>(['online', 'rssi', 'battery', 'device_temperature', 'voltage', 'frequency'])

/** The channel that a device's own name stands for, too: the vendors begin to count here. */
export const FIRST_CHANNEL: Readonly<Record<Vendor, number>> = {
  shelly: 0,
  tasmota: 1,
  zigbee2mqtt: 1,
  esphome: 1,
  chirpstack: 1,
  homeassistant: 1,
  mapping: 1,
}

/** Two sensors of one kind send under one name: which of them is meant is for the config to say. */
const AMBIGUOUS = Symbol('ambiguous')

/** Whose a reading is. */
export interface AddressBook {
  /** Whether the config has the device, or a channel or part of it. */
  knows: (vendor: Vendor, address: string) => boolean
  /** The devices of each reading of one message, in order; none for what the config does not name. */
  assign: (vendor: Vendor, readings: readonly VendorReading[]) => readonly Assignment[]
}

export interface Assignment {
  reading: VendorReading
  devices: readonly string[]
}

/**
 * The config's devices by vendor and address. `x#2` is channel 2 of x, `x/DS18B20` the sensor of that name inside it;
 * plain `x` is the whole, its first channel, and its only sensor of a kind.
 */
export function createAddressBook(devices: GatewayConfig['devices']): AddressBook {
  const exact = new Map<string, string>()
  const channels = new Map<string, string[]>()
  const bases = new Set<string>()
  for (const { id, vendor, address } of devices) {
    exact.set(key(vendor, address), id)
    bases.add(key(vendor, address))
    const base = /^(.+)#\d{1,3}$/.exec(address)?.[1]
    if (base !== undefined) {
      bases.add(key(vendor, base))
      channels.set(key(vendor, base), [...(channels.get(key(vendor, base)) ?? []), id])
    }
  }
  // Which part of a device a plain name's metric comes from; at most one entry per configured device and metric.
  const sources = new Map<string, string | typeof AMBIGUOUS>()

  const claim = (device: string, { metric, part, channel }: VendorReading) => {
    const slot = `${device}:${metric}`
    // The whole goes before its first channel, so a sum is never mixed with one of its terms.
    const source = `${part ?? ''}#${channel ?? ''}`
    const known = sources.get(slot)
    if (known === undefined || known === source) sources.set(slot, source)
    else if (known !== AMBIGUOUS && known.split('#')[0] === (part ?? '')) {
      if (channel === undefined) sources.set(slot, source)
    } else sources.set(slot, AMBIGUOUS)
  }
  const isClaimedBy = (device: string, { metric, part, channel }: VendorReading) =>
    sources.get(`${device}:${metric}`) === `${part ?? ''}#${channel ?? ''}`

  const named = (vendor: Vendor, { address, part, channel }: VendorReading) =>
    (part === undefined ? undefined : exact.get(key(vendor, `${address}/${part}`))) ??
    // An announced component's unique id is unique by itself.
    (part === undefined || vendor !== 'homeassistant' ? undefined : exact.get(key(vendor, part))) ??
    (channel === undefined || part !== undefined ? undefined : exact.get(key(vendor, `${address}#${channel}`)))

  const general = (vendor: Vendor, { address, channel, part }: VendorReading) =>
    (channel === undefined || part === undefined ? undefined : exact.get(key(vendor, `${address}#${channel}`))) ??
    (channel === undefined || channel === FIRST_CHANNEL[vendor] ? exact.get(key(vendor, address)) : undefined)

  return {
    knows: (vendor, address) => bases.has(key(vendor, address)) || hasPart(exact, key(vendor, `${address}/`)),
    assign: (vendor, readings) => {
      const found = readings.map(reading => {
        const device = named(vendor, reading)
        if (device !== undefined) return { reading, devices: [device], isGeneral: false }
        const whole = general(vendor, reading)
        if (whole !== undefined) {
          claim(whole, reading)
          return { reading, devices: [whole], isGeneral: true }
        }
        const shared = reading.channel === undefined && SHARED_BY_CHANNELS.has(reading.metric)
        return { reading, devices: shared ? (channels.get(key(vendor, reading.address)) ?? []) : [], isGeneral: false }
      })
      // Only now, when all parts of the message have spoken, is it known which metrics are said by two.
      return found.map(({ reading, devices: ids, isGeneral }) => ({
        reading,
        devices: isGeneral ? ids.filter(device => isClaimedBy(device, reading)) : ids,
      }))
    },
  }
}

function key(vendor: Vendor, address: string): string {
  return `${vendor}:${address}`
}

function hasPart(exact: ReadonlyMap<string, string>, prefix: string): boolean {
  for (const address of exact.keys()) if (address.startsWith(prefix)) return true
  return false
}
