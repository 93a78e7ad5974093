import type { DeviceReading } from './device-reading.ts'

/** One MQTT message. All of these vendors publish at QoS 0 as they come from the box. */
export interface Message {
  topic: string
  payload: string
  retain?: boolean
}

/** An order to a relay, understood. */
export interface RelayOrder {
  /** Device id. */
  device: string
  on: boolean
  /** What the device says at once, before its state changes. */
  answer: readonly Message[]
}

/** What a device senses, with its id. */
export interface Sensed {
  id: string
  address: string
  reading: DeviceReading
}

/**
 * How one vendor's device (or its coordinator, for several) speaks on the LAN. Pure: what it says follows from what it
 * senses, the moment, and what it said before.
 */
export interface Dialect {
  /** MQTT client id, as the vendor's firmware makes it. */
  clientId: string
  will: Message
  /** What is said on each connection. */
  hello: (sensed: readonly Sensed[], nowMs: number) => Message[]
  /** What is said of one device; `told` is what was said of it last. */
  report: (sensed: Sensed, told: DeviceReading | undefined, nowMs: number) => Message[]
  /** Topics on which orders come. */
  orders: readonly string[]
  /** The order in a message; undefined: none that is understood. */
  understand: (topic: string, payload: string) => RelayOrder | undefined
}

/** JSON from the wire as an object; undefined for anything else. */
export function tryParseObject(payload: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(payload)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined // not JSON: no order that this device understands
  }
}
