import type { ApplianceKind, Metric, Reading } from '@harbor/protocol'

const MINUTE_MS = 60_000

/** Above this a microwave heats (docs/domain.md 3: 200 W in NILM tools; 3.4: lamp and fan draw up to 80 W). */
export const MICROWAVE_HEATS_W = 200
/** Above this an air conditioner is on, if only its fan turns; up to the other it stands by (docs/domain.md 3.3: 15 to 40 W; up to 10 W). */
const COOLER_ON_W = 15
const COOLER_STANDBY_W = 10
/** Whoever heats has pauses without fan or compressor, of half an hour at most; what was off for longer was switched on by somebody (chosen). */
const COOLER_OFF_MS = 60 * MINUTE_MS
/**
 * A count that stays the same for longer counts nobody: stays are 10 to 35 minutes, and a counter that missed one who left
 * says 1 until the next morning (docs/domain.md 3.7).
 */
const COUNT_MOVES_WITHIN_MS = 120 * MINUTE_MS

/** Metrics of a station's own devices that show whether somebody is there. */
export const WATCH_METRICS = [
  'door',
  'people',
  'people_in',
  'people_out',
  'occupancy',
] as const satisfies readonly Metric[]
const WATCHES: ReadonlySet<Metric> = new Set(WATCH_METRICS)

/**
 * When each kind of sensor last showed that somebody was there, ms since 1970. Water dispensers and fridges heat and cool by
 * themselves and show nothing.
 */
export interface SignsOfLife {
  /** The door was open. */
  door?: number
  /** People were counted, or went in or out. */
  people?: number
  /** The count was another than before. */
  countMovedMs?: number
  presence?: number
  /** A microwave heated, or an air conditioner was switched on. */
  appliance?: number
  /** Since when the air conditioner stands by. */
  coolerOffMs?: number
  /** The oldest reading known of a sensor that would show somebody: what was before it was not watched. */
  watchedSinceMs?: number
}

/**
 * Takes what a reading shows into `signs`.
 *
 * @param before the reading of the same device and metric before it
 * @param kind of the appliance that the device is on
 */
export function noteSign(
  signs: SignsOfLife,
  { metric, value, timeMs }: Reading,
  { before, kind }: { before: Reading | undefined; kind: ApplianceKind | undefined },
): void {
  if (kind !== undefined) {
    if (kind === 'microwave' && metric === 'power' && value >= MICROWAVE_HEATS_W) signs.appliance = timeMs
    if (kind === 'air_conditioner' && metric === 'power' && noteCooler(signs, timeMs, value)) signs.appliance = timeMs
    return
  }
  if (WATCHES.has(metric)) signs.watchedSinceMs = Math.min(signs.watchedSinceMs ?? timeMs, timeMs)
  switch (metric) {
    case 'door':
      if (value === 1) signs.door = timeMs
      return
    case 'occupancy':
      if (value === 1) signs.presence = timeMs
      return
    case 'people_in':
    case 'people_out':
      if (before !== undefined && value > before.value) signs.people = timeMs
      return
    case 'people':
      noteCount(signs, { value, timeMs, before: before?.value })
      return
    default:
  }
}

function noteCount(
  signs: SignsOfLife,
  { value, timeMs, before }: { value: number; timeMs: number; before: number | undefined },
): void {
  if (value !== (before ?? 0)) signs.countMovedMs = signs.people = timeMs
  else if (value > 0 && signs.countMovedMs !== undefined && timeMs - signs.countMovedMs <= COUNT_MOVES_WITHIN_MS)
    signs.people = timeMs
}

/**
 * Whether somebody has switched an air conditioner on: it takes power after it stood by for an hour. Of two in one station the one that
 * runs hides the other, for who left it on is not there.
 *
 * @param watts a reading, or the highest of a window
 */
export function noteCooler(signs: Pick<SignsOfLife, 'coolerOffMs'>, timeMs: number, watts: number): boolean {
  if (watts <= COOLER_STANDBY_W) {
    signs.coolerOffMs ??= timeMs
    return false
  }
  if (watts < COOLER_ON_W) return false
  const offMs = signs.coolerOffMs
  delete signs.coolerOffMs
  return offMs !== undefined && timeMs - offMs >= COOLER_OFF_MS
}

/** Whether a device that is on no appliance would show somebody who opens or comes in. */
export function watchesPeople(readings: ReadonlyMap<Metric, Reading>): boolean {
  for (const metric of readings.keys()) if (WATCHES.has(metric)) return true
  return false
}
