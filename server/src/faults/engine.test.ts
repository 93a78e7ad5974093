import { describe, expect, test } from 'vitest'
import { createFaultEngine } from './engine.ts'
import {
  type Level,
  MINUTE_MS,
  START_MS,
  fridgeReading,
  later,
  readingsOf,
  runAll,
  TOO_WARM,
  tooWarmEngine,
} from './test-traces.ts'
import type { FaultInput } from './transition.ts'

const newEngine = tooWarmEngine

/** Type, severity, and minutes since the start, of all that the levels showed. */
const seen = (levels: readonly Level[], options = {}) =>
  runAll(newEngine(), readingsOf(levels, options)).map(({ type, severity, atMs }) => [
    type,
    severity,
    (atMs - START_MS) / MINUTE_MS,
  ])

describe('fridge_too_warm, one reading a minute', () => {
  // Judged is the median of three, so a level counts from its second reading on: one minute.
  test.each<[string, Level[], unknown[]]>([
    [
      'above 8 for 60 min',
      [
        { value: 4, minutes: 30 },
        { value: 9, minutes: 70 },
      ],
      [['raised', 'P2', 91]],
    ],
    [
      'above 10 for 45 min',
      [
        { value: 4, minutes: 30 },
        { value: 11, minutes: 60 },
      ],
      [['raised', 'P2', 76]],
    ],
    [
      'above 12 for 30 min',
      [
        { value: 4, minutes: 30 },
        { value: 13, minutes: 40 },
      ],
      [['raised', 'P2', 61]],
    ],
    ['exactly 8, for ever', [{ value: 8, minutes: 600 }], []],
    [
      'above 8 for 59 min',
      [
        { value: 4, minutes: 30 },
        { value: 9, minutes: 60 },
        { value: 4, minutes: 60 },
      ],
      [],
    ],
    [
      'above 10 for 2 h is worse',
      [
        { value: 4, minutes: 30 },
        { value: 11, minutes: 200 },
      ],
      [
        ['raised', 'P2', 76],
        ['escalated', 'P1', 151],
      ],
    ],
    [
      'cleared below 6 for 20 min',
      [
        { value: 9, minutes: 90 },
        { value: 5, minutes: 30 },
      ],
      [
        ['raised', 'P2', 60],
        ['cleared', 'P2', 111],
      ],
    ],
    [
      'a fault that grew worse keeps its severity until it is cleared',
      [
        { value: 11, minutes: 130 },
        { value: 9, minutes: 60 },
        { value: 5, minutes: 30 },
      ],
      [
        ['raised', 'P2', 45],
        ['escalated', 'P1', 120],
        ['cleared', 'P1', 211],
      ],
    ],
    [
      '6 is not cold enough',
      [
        { value: 9, minutes: 90 },
        { value: 6, minutes: 300 },
      ],
      [['raised', 'P2', 60]],
    ],
    [
      'below 6 for 19 min is not long enough',
      [
        { value: 9, minutes: 90 },
        { value: 5, minutes: 19 },
        { value: 9, minutes: 90 },
      ],
      [['raised', 'P2', 60]],
    ],
    [
      'after it was cleared it is raised again',
      [
        { value: 9, minutes: 62 },
        { value: 5, minutes: 30 },
        { value: 9, minutes: 70 },
      ],
      [
        ['raised', 'P2', 60],
        ['cleared', 'P2', 83],
        ['raised', 'P2', 153],
      ],
    ],
  ])('%s', (_rule, levels, transitions) => {
    expect(seen(levels)).toEqual(transitions)
  })

  test('above 12 and falling by 1 in 15 min is left to recover; when it stops falling it is a fault', () => {
    const fall = (perMinute: number) =>
      Array.from({ length: 41 }, (_, minute) => fridgeReading(START_MS + minute * MINUTE_MS, 16 - perMinute * minute))
    expect(runAll(newEngine(), fall(0.08))).toEqual([]) // 1.2 in 15 min
    expect(runAll(newEngine(), fall(0.05))).toHaveLength(1) // 0.75 in 15 min
    const stops = [...fall(0.08), ...readingsOf([{ value: 12.8, minutes: 30 }]).map(later(41 * MINUTE_MS))]
    expect(runAll(newEngine(), stops).map(({ type }) => type)).toEqual(['raised'])
  })

  test('the evidence says what was seen, of whom, and since when', () => {
    const [raised] = runAll(
      newEngine(),
      readingsOf([
        { value: 4, minutes: 30 },
        { value: 9.25, minutes: 70 },
      ]),
    )
    expect(raised).toEqual({
      type: 'raised',
      atMs: START_MS + 91 * MINUTE_MS,
      device: 'fridge-temp',
      appliance: 'fridge-1',
      rule: 'fridge_too_warm',
      ruleVersion: 1,
      severity: 'P2',
      evidence: {
        metric: 'temperature',
        threshold: 8,
        observed: 9.25,
        fromMs: START_MS + 31 * MINUTE_MS,
        toMs: START_MS + 91 * MINUTE_MS,
      },
    })
  })

  test('a single wrong reading neither raises nor ends a hold nor clears', () => {
    const warm = readingsOf([{ value: 9, minutes: 70 }])
    const glitch = (inputs: FaultInput[], at: number, value: number) =>
      inputs.map((input, index) => (index === at ? { ...input, value } : input))
    expect(runAll(newEngine(), glitch(warm, 40, -40))).toEqual(runAll(newEngine(), warm))
    const cold = readingsOf([{ value: 4, minutes: 300 }])
    expect(runAll(newEngine(), glitch(cold, 40, 125))).toEqual([])
  })
})

describe('a silence longer than ten minutes', () => {
  const warmFor = (minutes: number, afterMinutes = 0) =>
    readingsOf([{ value: 9, minutes }]).map(later(afterMinutes * MINUTE_MS))

  test('starts the hold anew', () => {
    // 30 min, 11 min of silence, then 60 min more are needed.
    const atMs = runAll(newEngine(), [...warmFor(30), ...warmFor(80, 40)]).map(transition => transition.atMs)
    expect(atMs).toEqual([START_MS + 100 * MINUTE_MS])
  })

  test('of exactly ten minutes is none', () => {
    const atMs = runAll(newEngine(), [...warmFor(30), ...warmFor(80, 39)]).map(transition => transition.atMs)
    expect(atMs).toEqual([START_MS + 60 * MINUTE_MS])
  })

  test('neither clears a fault nor raises it twice', () => {
    expect(runAll(newEngine(), [...warmFor(70), ...warmFor(90, 600)]).map(({ type }) => type)).toEqual(['raised'])
    const clears = readingsOf([{ value: 4, minutes: 30 }]).map(later(600 * MINUTE_MS))
    const transitions = runAll(newEngine(), [...warmFor(70), ...clears])
    expect(transitions.map(({ type, atMs }) => [type, (atMs - START_MS) / MINUTE_MS])).toEqual([
      ['raised', 60],
      ['cleared', 620],
    ])
  })
})

describe('who is watched', () => {
  const warm = readingsOf([{ value: 13, minutes: 100 }])

  test.each<[string, Partial<FaultInput>]>([
    ['another kind of appliance', { applianceKind: 'microwave' }],
    ['another metric', { metric: 'device_temperature' }],
  ])('%s is not, and nothing is remembered of it', (_what, change) => {
    const engine = newEngine()
    expect(
      runAll(
        engine,
        warm.map(input => ({ ...input, ...change })),
      ),
    ).toEqual([])
    expect(engine.snapshot('fridge-temp')).toBeUndefined()
  })

  test('each device is judged by itself', () => {
    const engine = newEngine()
    const other = warm.map(input => ({ ...input, device: 'other', appliance: 'fridge-2', value: 4 }))
    const mixed = warm.flatMap((input, index) => [input, other[index] ?? input])
    expect(runAll(engine, mixed).map(({ appliance }) => appliance)).toEqual(['fridge-1'])
  })

  test('a device that moves to another appliance, or was forgotten, starts anew', () => {
    const engine = newEngine()
    runAll(engine, warm.slice(0, 25))
    const moved = warm.slice(25, 50).map(input => ({ ...input, appliance: 'fridge-2' }))
    expect(runAll(engine, moved)).toEqual([])
    engine.forget('fridge-temp')
    expect(engine.snapshot('fridge-temp')).toBeUndefined()
    expect(runAll(engine, warm.slice(50, 75))).toEqual([])
  })
})

test('a reading that comes after newer ones were judged changes nothing', () => {
  const warm = readingsOf([{ value: 9, minutes: 70 }])
  const cold = fridgeReading(START_MS + 10_000, 2)
  const engine = newEngine()
  const transitions = warm.flatMap((input, index) => [...engine.step(input), ...(index > 1 ? engine.step(cold) : [])])
  expect(transitions).toEqual(runAll(newEngine(), warm))
})

test('a clock that ran ahead for one reading holds up nothing', () => {
  const warm = readingsOf([{ value: 9, minutes: 70 }])
  const ahead = fridgeReading(START_MS + 5 * MINUTE_MS + 9 * MINUTE_MS + 1, 9)
  const transitions = runAll(newEngine(), [...warm.slice(0, 5), ahead, ...warm.slice(5)])
  expect(transitions.map(({ atMs }) => atMs)).toEqual([START_MS + 60 * MINUTE_MS])
})

test('a sensor of twenty readings a second is judged too, in bounded memory', () => {
  const engine = newEngine()
  // Every 50 ms for 31 min above 12
  const inputs = Array.from({ length: 37_200 }, (_, n) => fridgeReading(START_MS + n * 50, 13.123456))
  expect(runAll(engine, inputs).map(({ type }) => type)).toEqual(['raised'])
  const kept = engine.snapshot('fridge-temp')
  expect(kept).toMatchObject({ rules: { fridge_too_warm: { severity: 'P2' } } })
  expect(JSON.stringify(kept).length).toBeLessThan(1024)
})

test.each([undefined, null, 7, {}, { appliance: 'fridge-1' }, { appliance: 'fridge-1', atMs: 1, queue: 3, rules: {} }])(
  'a kept state that cannot be read (%o) is refused, and the device starts anew',
  kept => {
    const engine = newEngine()
    engine.step(fridgeReading(START_MS, 9))
    expect(engine.restore('fridge-temp', kept)).toBe(false)
    expect(engine.snapshot('fridge-temp')).toBeUndefined()
  },
)

describe('when the numbers change', () => {
  const older = createFaultEngine({ catalogue: TOO_WARM, overrides: [] })

  test('a new version of a rule starts holds anew and keeps a fault that stands', () => {
    const newer = createFaultEngine({
      catalogue: TOO_WARM.map(rule => ({ ...rule, version: 2 })),
      overrides: [],
    })
    runAll(older, readingsOf([{ value: 9, minutes: 70 }]))
    newer.restore('fridge-temp', older.snapshot('fridge-temp'))
    const after = readingsOf([
      { value: 9, minutes: 90 },
      { value: 4, minutes: 30 },
    ]).map(later(70 * MINUTE_MS))
    expect(runAll(newer, after).map(({ type, ruleVersion }) => [type, ruleVersion])).toEqual([['cleared', 2]])
  })

  test('a hold that was counted by the numbers of an older version is not gone on with', () => {
    const newer = createFaultEngine({
      catalogue: TOO_WARM.map(rule => ({ ...rule, version: 2 })),
      overrides: [],
    })
    const warm = readingsOf([{ value: 9, minutes: 110 }])
    const elder = newEngine()
    runAll(elder, warm.slice(0, 40))
    newer.restore('fridge-temp', elder.snapshot('fridge-temp'))
    const [raised] = runAll(newer, warm.slice(40))
    // The 40th reading still waited for its turn: 39 + 60 minutes.
    expect(((raised?.atMs ?? 0) - START_MS) / MINUTE_MS).toBe(99)
  })

  test('other overrides count from the next reading on', () => {
    const engine = newEngine()
    const warm = readingsOf([{ value: 9, minutes: 30 }], { model: 'slow' })
    expect(runAll(engine, warm.slice(0, 20))).toEqual([])
    engine.setOverrides([{ rule: 'fridge_too_warm', model: 'slow', timeScale: 4 }]) // 60 min become 15
    expect(runAll(engine, warm.slice(20)).map(({ type }) => type)).toEqual(['raised'])
  })

  test.each([
    [[{ rule: 'no_such_rule', model: 'm', timeScale: 2 }], 'no such rule'],
    [[1, 2].map(timeScale => ({ rule: 'fridge_too_warm', model: 'm', timeScale })), 'there are two'],
  ])('an override that cannot be meant is refused', (overrides, message) => {
    expect(() => createFaultEngine({ catalogue: TOO_WARM, overrides })).toThrow(message)
  })
})
