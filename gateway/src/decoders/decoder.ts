import type { Metric, RejectReason, Vendor } from '@harbor/protocol'

/**
 * When a device says it measured. `utc`: milliseconds since 1970. `local`: a wall clock without a zone, its fields read
 * as if they were UTC; whoever knows the station's zone makes an instant of it.
 */
export type DeviceTime = { kind: 'utc'; atMs: number } | { kind: 'local'; wallMs: number }

/** One value as a vendor's message gives it, in the metric's unit, before it is known whose device it is. */
export interface VendorReading {
  /** What the vendor's messages call the device. */
  address: string
  /** Channel of a multi-channel device, counted as the vendor counts: the config names it `address#n`. */
  channel?: number
  /** The sensor inside the device that measured, where one device may carry several of a kind: `address/part`. */
  part?: string
  metric: Metric
  value: number
  time?: DeviceTime
}

/** A message, or one value of it, that cannot be believed. */
export interface Rejection {
  reason: RejectReason
  /** What was wrong, naming the field; bounded. */
  detail: string
}

/** What a message gave. One bad value costs itself and not its neighbours: it is in `rejected`. */
export type Decoded =
  | { kind: 'readings'; readings: readonly VendorReading[]; rejected: readonly Rejection[] }
  | { kind: 'ignored'; why: string }
  | ({ kind: 'rejected' } & Rejection)

/** One vendor's dialect. Pure: no clock, no state; `decode` never throws, whatever the bytes. */
export interface Decoder {
  vendor: Vendor
  /** Whom a topic of this vendor's shape speaks of; undefined when the topic has another shape. */
  addressOf: (topic: string) => string | undefined
  /** Only for a topic that `addressOf` knows; any other is ignored. */
  decode: (topic: string, payload: Uint8Array) => Decoded
}
