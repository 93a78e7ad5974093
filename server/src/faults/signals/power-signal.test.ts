import { describe, expect, test } from 'vitest'
import { POWER_SPECS } from '../rules/power-specs.ts'
import { baselineOf } from './baseline.ts'
import { localHour } from './local-time.ts'
import { followPower, runningAboveW } from './power-signal.ts'
import type { PowerSpec } from './power-spec.ts'
import { type PowerState, freshPowerState, powerStateFromRow, powerStateToRow } from './power-state.ts'

const START_MS = Date.UTC(2026, 6, 5, 16) // midnight in China
const CHINA_MS = 8 * 3_600_000
const MINUTE_MS = 60_000
const FRIDGE = POWER_SPECS.fridge

/** A level for so many seconds; undefined: silence. */
type Span = [w: number | undefined, seconds: number]

function follow(
  spans: readonly Span[],
  { spec = FRIDGE, everyS = 10, state = freshPowerState(START_MS), fromMs = START_MS }: FollowOptions = {},
): PowerState {
  let timeMs = fromMs
  for (const [w, seconds] of spans) {
    for (const endMs = timeMs + seconds * 1000; timeMs < endMs; timeMs += everyS * 1000) {
      if (w === undefined) continue
      const nothing = () => undefined
      const sample = { timeMs, w, localHour: localHour(timeMs, CHINA_MS), isOpen: undefined }
      followPower(spec, state, { ...sample, ownC: nothing, roomC: nothing, voltageV: nothing })
    }
  }
  return state
}

interface FollowOptions {
  spec?: PowerSpec
  everyS?: number
  state?: PowerState
  fromMs?: number
}

const cycle: Span[] = [
  [2, 1800],
  [300, 10],
  [90, 890],
]
const times = (n: number, spans: readonly Span[]): Span[] => Array.from({ length: n }, () => spans).flat()

describe('watts become runs and rests', () => {
  test('a whole cycle has a run of 15 min and a rest of 30 min', () => {
    const state = follow([...times(3, cycle), [2, 600]])
    expect([state.dayMaxRunS, state.lastRestS, state.cycles]).toEqual([900, 1800, 3])
  })

  test('a lamp of 30 s is no run, and a dip of 60 s no rest', () => {
    const state = follow([
      [2, 1800],
      [40, 30],
      [2, 900],
      [90, 600],
      [0, 60],
      [90, 600],
      [2, 600],
    ])
    expect([state.cycles, state.lastRestS, state.dayMaxRunS]).toEqual([1, -1, 1260])
  })

  test('a power between the two limits goes on with what it was doing', () => {
    // Of its 90 W half are 45 W, and 0.6 of that 27 W.
    const [fromRest, fromRun] = [2, 90].map(w =>
      follow([
        [90, 1800],
        [w, 1800],
        [35, 600],
      ]),
    )
    expect([fromRest?.phase, fromRun?.phase]).toEqual([1, 2])
  })

  test('a silence longer than a lost report leaves nothing known, and no length spans it', () => {
    const state = follow([
      [90, 600],
      [undefined, 340],
      [90, 600],
    ])
    expect([state.phase, state.phaseSeen]).toEqual([2, 0])
    expect(state.phaseAt - START_MS).toBe(940_000)
    const ended = follow([[2, 600]], { state, fromMs: START_MS + 1_540_000 })
    expect([ended.dayRuns, ended.cycles]).toEqual([0, 0])
  })

  test('a silence of one lost report of five minutes is none', () => {
    const state = follow(
      [
        [90, 600],
        [undefined, 300],
        [90, 600],
      ],
      { everyS: 30 },
    )
    expect(state.phaseAt).toBe(START_MS)
  })

  test('a start that trips within 30 s is a failed one', () => {
    const state = follow([
      ...times(3, cycle),
      ...times(4, [
        [2, 150],
        [450, 20],
      ] as Span[]),
      [2, 60],
    ])
    expect(state.bursts).toHaveLength(4)
    expect(state.cycles).toBe(3)
  })
})

describe('what is learnt', () => {
  test.each([
    ['a small freezer of 40 W', 40, 20],
    ['an old fridge of 200 W', 200, 60],
  ])('%s runs above half of its own power, within limits', (_what, runW, aboveW) => {
    const state = follow(
      times(20, [
        [1, 1800],
        [runW, 900],
      ]),
    )
    expect(state.runW).toBeCloseTo(runW, 0)
    expect(runningAboveW(FRIDGE, state)).toBeCloseTo(aboveW, 0)
  })

  test('a day’s habits count once half of it is known, and the middle of the days is the norm', () => {
    const state = follow(times(100, cycle), { everyS: 30 }) // 75 h: three whole days
    const { days, duty, runMeanS, runMaxS, restMaxS } = baselineOf(state)
    expect(days).toBe(3)
    // Of each 2,730 s (the spike takes a whole 30 s here) it runs 930: 34 %.
    expect(Math.abs((duty ?? 0) - 34)).toBeLessThan(2)
    // One step of the memory is 3.5 %.
    for (const [learnt, true_] of [
      [runMeanS, 900],
      [runMaxS, 900],
      [restMaxS, 1800],
    ] as const)
      expect(Math.abs((learnt ?? 0) - true_) / true_).toBeLessThan(0.04)
  })

  test('a day in which a fault stood is not learnt', () => {
    const state = follow(times(30, cycle), { everyS: 30 }) // 22.5 h
    state.dayFaulty = 1
    follow(times(10, cycle), { everyS: 30, state, fromMs: START_MS + 30 * 45 * MINUTE_MS })
    expect(baselineOf(state).days).toBe(0)
  })

  test('no more than fourteen days are remembered', () => {
    const state = follow(times(32 * 20, cycle), { everyS: 60 })
    expect(baselineOf(state).days).toBe(14)
  })
})

test('what is kept as JSON is what was known', () => {
  const state = follow([...times(40, cycle), [90, 100], [2, 20]], { everyS: 30 })
  const atMs = state.lastAt
  const row: unknown = JSON.parse(JSON.stringify(powerStateToRow(state, atMs)))
  expect(powerStateFromRow(row, atMs)).toEqual(state)
})

test.each([[undefined], [{}], [[]], [[1, 2, 3]], [powerStateToRow(freshPowerState(0), 0).map(() => 'x')]])(
  'a row that is none (%o) is refused',
  row => {
    expect(powerStateFromRow(row, 0)).toBeUndefined()
  },
)
