import {
  type DeviceKind,
  type DiscoveredDevice,
  type GatewayConfig,
  MAX_DISCOVERED,
  MAX_MISSING,
  METRIC_NAMES,
  type Metric,
  errorText,
} from '@harbor/protocol'
import type { ControlFile } from '../control/control-file.ts'
import type { HeardReading, HeardStranger } from '../intake/heard.ts'
import type { Clock, Log } from '../log.ts'

/** The address's limit in the status. */
const MAX_ADDRESS_LENGTH = 120
/** Strangers remembered; of more, whoever was heard longest ago is forgotten. Chosen: a neighbour's whole house. */
const MAX_STRANGERS = 200

/** Knows who speaks on the station's LAN: devices that nobody configured, and configured ones that never spoke. */
export interface Discovery {
  heard: (readings: readonly HeardReading[]) => void
  stranger: (stranger: HeardStranger) => void
  /** Those heard last first, at most as many as a status names. */
  discovered: () => DiscoveredDevice[]
  /** Configured and never heard, also not by earlier runs. */
  missing: () => string[]
  reconfigure: (devices: GatewayConfig['devices']) => void
}

export interface DiscoveryDeps {
  file: Pick<ControlFile, 'seen' | 'putSeen'>
  clock: Clock
  log: Log
  /** A stranger, a new metric of one, or a missing device came. */
  onChanged: () => void
}

interface Stranger extends HeardStranger {
  known: Set<Metric>
  firstSeenMs: number
  lastSeenMs: number
}

export function createDiscovery(devices: GatewayConfig['devices'], deps: DiscoveryDeps): Discovery {
  const strangers = new Map<string, Stranger>()
  const seen = new Set(deps.file.seen())
  let configured = devices

  return {
    heard: readings => {
      for (const { device, metric, value } of readings) {
        if (seen.has(device) || (metric === 'online' && value === 0)) continue
        seen.add(device)
        try {
          deps.file.putSeen(device)
        } catch (error) {
          // It is only missing again after a restart, until it speaks.
          deps.log.error({ device, error: errorText(error) }, 'that a device was heard could not be kept')
        }
        deps.onChanged()
      }
    },
    stranger: ({ vendor, address, metrics }) => {
      if (address === '') return
      const name = address.slice(0, MAX_ADDRESS_LENGTH)
      const key = `${vendor}:${name}`
      const nowMs = Math.max(0, Math.round(deps.clock()))
      const before = strangers.get(key)
      const known = before?.known ?? new Set<Metric>()
      const had = known.size
      for (const metric of metrics) known.add(metric)
      // Put in again, so that the map's order is that of the last word.
      strangers.delete(key)
      const firstSeenMs = before?.firstSeenMs ?? nowMs
      strangers.set(key, { vendor, address: name, metrics: [], known, firstSeenMs, lastSeenMs: nowMs })
      const [oldest] = strangers.keys()
      if (strangers.size > MAX_STRANGERS && oldest !== undefined) strangers.delete(oldest)
      if (before === undefined || known.size > had) deps.onChanged()
    },
    discovered: () =>
      [...strangers.values()]
        .slice(-MAX_DISCOVERED)
        .toReversed()
        .map(({ vendor, address, known, firstSeenMs, lastSeenMs }) => ({
          vendor,
          address,
          metrics: METRIC_NAMES.filter(metric => known.has(metric)),
          firstSeenMs: Math.min(firstSeenMs, lastSeenMs),
          lastSeenMs,
          kind: kindOf(known),
        })),
    missing: () =>
      configured
        .map(({ id }) => id)
        .filter(id => !seen.has(id))
        .slice(0, MAX_MISSING),
    reconfigure: next => {
      configured = next
      // Who is named now speaks as a device; who is still not will be heard again.
      strangers.clear()
    },
  }
}

/** What a device most likely is, by what it measures; the first that fits. */
const KINDS: readonly { kind: DeviceKind; all: readonly Metric[]; any: readonly Metric[] }[] = [
  { kind: 'smoke', all: ['smoke'], any: [] },
  { kind: 'leak', all: ['leak'], any: [] },
  { kind: 'plug', all: ['relay'], any: [] },
  { kind: 'people', all: [], any: ['people', 'people_in', 'people_out'] },
  { kind: 'door', all: ['door'], any: [] },
  { kind: 'meter', all: [], any: ['power', 'current', 'energy'] },
  { kind: 'occupancy', all: ['occupancy'], any: [] },
  { kind: 'climate', all: [], any: ['temperature', 'humidity', 'co2', 'pressure', 'illuminance'] },
]

/** @param metrics all that it was heard to measure */
export function kindOf(metrics: ReadonlySet<Metric>): DeviceKind {
  const fits = ({ all, any }: (typeof KINDS)[number]) =>
    all.every(metric => metrics.has(metric)) && (any.length === 0 || any.some(metric => metrics.has(metric)))
  return KINDS.find(fits)?.kind ?? 'other'
}
