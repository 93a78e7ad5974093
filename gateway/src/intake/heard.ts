import type { Metric, Vendor } from '@harbor/protocol'

/** One value of a device of the config, the moment it was heard: before it is dated or kept. */
export interface HeardReading {
  device: string
  metric: Metric
  value: number
  vendor: Vendor
  /** The topic that it came on: how a device speaks is how it is spoken to. */
  topic: string
  /** What the vendor calls the device, and which part of it spoke. */
  address: string
  channel: number | undefined
}

/** A device that the config does not name, or a part of one. */
export interface HeardStranger {
  vendor: Vendor
  address: string
  metrics: readonly Metric[]
}
