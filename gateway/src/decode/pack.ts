import { createHash } from 'node:crypto'
import { type Reading, type SenmlRecord, type Vendor, encodePack } from '@harbor/protocol'
import type { DeviceTime, VendorReading } from '../decoders/decoder.ts'
import { FIRST_CHANNEL } from '../intake/address-book.ts'

export interface PackOptions {
  vendor: Vendor
  /** The id that the device's address stands for; absent: the address made into an id. */
  device: string | undefined
  /** When a reading was measured, by what its device says. */
  instantOf: (time: DeviceTime | undefined) => number
}

/**
 * Readings as a pack, each device with an id made of its address. The whole, its first channel and its only sensor of a
 * kind share the address's own id, as they do in a config; another channel is `{id}-{channel}`, one of several sensors
 * `{id}-{sensor}`.
 */
export function packOf(readings: readonly VendorReading[], options: PackOptions): SenmlRecord[] {
  const { vendor, instantOf } = options
  const taken = new Map<string, string>()
  const dated = readings.map((reading): Reading => {
    const base = options.device ?? reading.address
    const { address, channel, part, metric, value } = reading
    const isFirst = channel === undefined || channel === FIRST_CHANNEL[vendor]
    const plain = idOf(isFirst ? base : `${base}-${channel}`)
    const whose = `${address}/${part ?? ''}#${channel ?? ''}`
    const slot = `${plain} ${metric}`
    // A sum is told before its terms, so it is the one that keeps the plain id.
    const isFree = (taken.get(slot) ?? whose) === whose
    if (isFree) taken.set(slot, whose)
    const id = isFree ? plain : idOf([base, part ?? channel ?? address].join('-'))
    return { device: id, metric, timeMs: instantOf(reading.time), value }
  })
  return encodePack(dated)
}

const MAX_ID_LENGTH = 40

/** An address as an id: a-z, 0-9 and hyphens. One that is too long ends in a digest, so that two stay two. */
export function idOf(address: string): string {
  const id = address
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  if (id.length > 0 && id.length <= MAX_ID_LENGTH) return id
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 8)
  return id === '' ? `device-${digest}` : `${id.slice(0, MAX_ID_LENGTH - 9)}-${digest}`
}
