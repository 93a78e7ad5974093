import { z } from 'zod'
import { METRIC_NAMES, type Metric } from './metrics.ts'
import { VENDORS } from './registry.ts'

/** What a device that nobody configured looks like, by what it measures. */
export const DEVICE_KINDS = [
  'plug',
  'meter',
  'climate',
  'door',
  'leak',
  'smoke',
  'people',
  'occupancy',
  'other',
] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]

/** A device that was heard and that no line of the config names: enough to offer it to whoever sets the station up. */
export const discoveredDeviceSchema = z.object({
  vendor: z.enum(VENDORS),
  /** As a config would name it. */
  address: z.string().min(1).max(120),
  metrics: z.array(z.enum(METRIC_NAMES as [Metric, ...Metric[]])).max(METRIC_NAMES.length),
  /** Milliseconds since 1970. */
  firstSeenMs: z.int().nonnegative(),
  lastSeenMs: z.int().nonnegative(),
  /** A guess by its metrics. */
  kind: z.enum(DEVICE_KINDS),
})
export type DiscoveredDevice = z.infer<typeof discoveredDeviceSchema>

/** The most of them that a status names: those heard last. */
export const MAX_DISCOVERED = 50
/** The most missing devices that a status names. */
export const MAX_MISSING = 200
