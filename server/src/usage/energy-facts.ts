import type { ApplianceKind } from '@harbor/protocol'
import { steps } from '../assets/energy.ts'
import { MINUTE_MS } from './local-day.ts'
import { type Point, WINDOW_MS } from './people-facts.ts'

/** An energy meter's windows of a day, and of a while before that say where it stood. */
export interface MeterReadings {
  /** What it is on; undefined: on no appliance. */
  kind: ApplianceKind | undefined
  windows: readonly Point[]
}

export interface EnergyFacts {
  /** Mean over the meters of the minutes for which each was heard. */
  minutes: number
  /** By kind; absent: no meter of it was heard. `other`: what is on no appliance. */
  kWh: Partial<Record<ApplianceKind | 'other', number>>
  byHour: (number | null)[]
  coolingByHour: (number | null)[]
  waterByHour: (number | null)[]
}

/** What a station's meters counted from `fromMs` to `toMs`. What rose while nothing was heard counts when it is heard again. */
export function energyFacts(
  meters: readonly MeterReadings[],
  { fromMs, toMs, hourOf }: { fromMs: number; toMs: number; hourOf: (atMs: number) => number },
): EnergyFacts {
  const none = (): (number | null)[] => Array.from({ length: 24 }, () => null)
  const facts: EnergyFacts = { minutes: 0, kWh: {}, byHour: none(), coolingByHour: none(), waterByHour: none() }
  let heardWindows = 0
  let heardMeters = 0
  for (const { kind, windows } of meters) {
    const key = kind ?? 'other'
    if (windows.length > 0) heardMeters += 1
    for (const { startMs, rise } of steps(windows)) {
      if (startMs < fromMs || startMs >= toMs) continue
      heardWindows += 1
      const kWh = rise / 1_000
      const hour = hourOf(startMs)
      facts.kWh[key] = (facts.kWh[key] ?? 0) + kWh
      facts.byHour[hour] = (facts.byHour[hour] ?? 0) + kWh
      if (kind === 'air_conditioner') facts.coolingByHour[hour] = (facts.coolingByHour[hour] ?? 0) + kWh
      if (kind === 'water_dispenser') facts.waterByHour[hour] = (facts.waterByHour[hour] ?? 0) + kWh
    }
  }
  facts.minutes = (heardWindows * WINDOW_MS) / MINUTE_MS / Math.max(1, heardMeters)
  return facts
}
