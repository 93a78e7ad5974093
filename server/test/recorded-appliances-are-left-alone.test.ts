import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ApplianceKind } from '@harbor/protocol'
import { describe, expect, test } from 'vitest'
import { FAULT_CATALOGUE } from '../src/faults/catalogue.ts'
import { createFaultEngine } from '../src/faults/engine.ts'
import { type Recording, parseRecording } from '../src/faults/replay/csv.ts'
import { replay } from '../src/faults/replay/replay.ts'
import type { FaultTransition } from '../src/faults/transition.ts'
import { sharedData } from './shared-data.ts'

// Whole days of real appliances on smart plugs, from the tracebase data set, http://www.tracebase.org, under the ODbL.
const TRACES = sharedData('traces')

/** What another plug would have told of the same. */
type Reported = (recording: Recording) => Recording

/** Every so many seconds, or when the power changes by 5 W and 5 %. */
function reportedBy(everyS: number, isOnChange: boolean): Reported {
  return ({ seconds, values }) => {
    const kept: Recording = { seconds: [], values: [] }
    let [lastS, lastW] = [-Infinity, 0]
    for (const [index, s] of seconds.entries()) {
      const w = values[index] as number
      const hasChanged = isOnChange && Math.abs(w - lastW) >= Math.max(5, 0.05 * lastW)
      if (s - lastS < everyS && !hasChanged) continue
      kept.seconds.push(s)
      kept.values.push(w)
      ;[lastS, lastW] = [s, w]
    }
    return kept
  }
}

interface Told {
  days: number
  raised: FaultTransition[]
}

/** Replays the files of each device, or of each day by itself, and says what was raised. */
function tell(kind: ApplianceKind, groupOf: (file: string) => string, reported: Reported = all => all): Told {
  const told: Told = { days: 0, raised: [] }
  const folder = join(TRACES ?? '', kind)
  for (const files of Map.groupBy(readdirSync(folder).sort(), groupOf).values()) {
    const engine = createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides: [] })
    const watts = files.map(file => reported(parseRecording(readFileSync(join(folder, file), 'utf8'), file)))
    const summary = replay(engine, { kind, model: undefined, watts, temperature: [], people: [] }, transition => {
      if (transition.type === 'raised') told.raised.push(transition)
    })
    told.days += summary.daysCovered
  }
  return told
}

const byDevice = (file: string) => file.split('_', 1)[0] ?? ''
/** A fridge of these traces ran for three hours on end on this evening: the one alert that is right. */
const isRight = ({ rule, atMs }: FaultTransition) =>
  rule === 'fridge_compressor_never_stops' && new Date(atMs).toISOString().startsWith('2012-05-25')

describe.skipIf(TRACES === undefined)('with nothing but the watts known, appliances that work are left alone', () => {
  test('over all days of each device', () => {
    const all = (['fridge', 'microwave', 'water_dispenser'] as const).map(kind => tell(kind, byDevice))
    const days = all.reduce((sum, told) => sum + told.days, 0)
    const raised = all.flatMap(told => told.raised)
    expect(days).toBeGreaterThan(130)
    // At most one false alert in a hundred appliance-days is the promise; here there is none.
    expect(raised.filter(transition => !isRight(transition))).toEqual([])
    expect(raised.filter(isRight)).toHaveLength(1)
  })

  test('and each day by itself, before anything was learnt', () => {
    const all = (['fridge', 'microwave', 'water_dispenser'] as const).map(kind => tell(kind, file => file))
    expect(all.flatMap(told => told.raised)).toEqual([])
  })

  test.each([
    ['each minute', reportedBy(60, false)],
    ['every five minutes', reportedBy(300, false)],
    ['every ten minutes', reportedBy(600, false)],
    ['on change, and every hour', reportedBy(3_600, true)],
  ])('reported %s', (_how, reported) => {
    const all = (['fridge', 'microwave', 'water_dispenser'] as const).map(kind => tell(kind, byDevice, reported))
    expect(all.flatMap(({ raised }) => raised).filter(transition => !isRight(transition))).toEqual([])
  })
})
