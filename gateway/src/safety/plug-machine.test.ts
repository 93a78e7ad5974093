import type { Metric, SafetyEvent } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PlugLimits, limitsOf } from './limits.ts'
import {
  CONFIRM_MS,
  FIRST_RETRY_MS,
  NEW_PLUG,
  type PlugInput,
  type PlugState,
  eventOf,
  keepPlug,
  plugDueMs,
  resetRefusal,
  resumePlug,
  stepPlug,
} from './plug-machine.ts'
import { MAX_SILENCE_MS, PAUSE_MS } from './plug-watch.ts'

const T0 = Date.UTC(2026, 6, 30)
const S = 1_000
const MIN = 60 * S
const MICROWAVE = limitsOf({ id: 'plug', vendor: 'tasmota', address: 'plug', applianceKind: 'microwave' })
const FRIDGE = limitsOf({ id: 'plug', vendor: 'tasmota', address: 'plug', applianceKind: 'fridge' })

/** A plug that is stepped whenever its machine asks for it, with all orders it was given. */
function createBench(limits: PlugLimits = MICROWAVE) {
  let state: PlugState = NEW_PLUG
  const bench = {
    nowMs: 0,
    /** Times of the orders to be off. */
    orders: [] as number[],
    moment: () => ({ clockMs: T0 + bench.nowMs, stopwatchMs: bench.nowMs }),
    give: (input: PlugInput) => {
      const stepped = stepPlug(state, input, { limits, device: 'plug', moment: bench.moment() })
      state = stepped.state
      if (stepped.orders > 0) bench.orders.push(bench.nowMs)
    },
    say: (metric: Metric, value: number) => bench.give({ kind: 'reading', metric, value }),
    alarm: (cause: 'leak' | 'smoke', isOn: boolean, sensor = 'sensor') =>
      bench.give({ kind: 'alarm', cause, sensor, isOn }),
    /** Time passes, with every tick that is due on the way. */
    pass: (ms: number) => {
      const untilMs = bench.nowMs + ms
      for (;;) {
        const dueMs = plugDueMs(state, limits)
        if (dueMs === undefined || dueMs > untilMs) break
        const stood = state
        bench.nowMs = Math.max(bench.nowMs, dueMs)
        bench.give({ kind: 'tick' })
        // A tick that is due and changes nothing would be due for ever.
        expect(state).not.toBe(stood)
      }
      bench.nowMs = untilMs
      bench.give({ kind: 'tick' })
    },
    /** The same value said every `everyMs`. */
    keep: (metric: Metric, value: number, span: { forMs: number; everyMs: number }) => {
      for (let ms = 0; ms < span.forMs; ms += span.everyMs) {
        bench.say(metric, value)
        bench.pass(Math.min(span.everyMs, span.forMs - ms))
      }
    },
    restart: (downMs = 0) => {
      const kept = keepPlug(state, bench.moment())
      bench.nowMs += downMs
      state = kept === undefined ? NEW_PLUG : resumePlug(JSON.parse(JSON.stringify(kept)), bench.moment())
      bench.give({ kind: 'tick' })
    },
    event: (): SafetyEvent | undefined => eventOf(state, 'plug'),
    refusal: () => resetRefusal(state),
    state: () => state,
  }
  return bench
}

describe('a microwave', () => {
  it.each([2 * S, 30 * S, 5 * MIN])(
    'heating on is cut after 35 min, not before, when it reports every %i ms',
    everyMs => {
      const bench = createBench()
      bench.keep('power', 1_150, { forMs: 35 * MIN - 1, everyMs })
      expect(bench.orders).toEqual([])
      bench.pass(1)
      expect(bench.orders).toEqual([35 * MIN])
      expect(bench.event()).toMatchObject({
        cause: 'overrun',
        severity: 'P0',
        phase: 'cutting',
        metric: 'power',
        threshold: 500,
        observed: 1_150,
        fromMs: T0,
        atMs: T0 + 35 * MIN,
      })
    },
  )

  it('is not cut for one meal after the other with 20 s between them', () => {
    const bench = createBench()
    for (let meal = 0; meal < 40; meal += 1) {
      bench.keep('power', 1_150, { forMs: 4 * MIN, everyMs: 10 * S })
      bench.keep('power', 1, { forMs: PAUSE_MS, everyMs: 5 * S })
    }
    expect(bench.orders).toEqual([])
  })

  it('at a reduced level, which is full power in turns, is cut all the same', () => {
    const bench = createBench()
    for (let burst = 0; burst < 76; burst += 1) {
      bench.keep('power', 1_150, { forMs: 14 * S, everyMs: 2 * S })
      bench.keep('power', 40, { forMs: 14 * S, everyMs: 2 * S })
    }
    // The 76th burst begins after 75 of 28 s, which are 35 min.
    expect(bench.orders.length).toBeGreaterThan(0)
  })

  it('that was silent for longer than 10 min begins anew', () => {
    const bench = createBench()
    bench.keep('power', 1_150, { forMs: 20 * MIN, everyMs: MIN })
    bench.pass(MAX_SILENCE_MS)
    bench.keep('power', 1_150, { forMs: 34 * MIN, everyMs: MIN })
    expect(bench.orders).toEqual([])
  })

  it('that runs on over a restart of the gateway is cut at its time', () => {
    const bench = createBench()
    bench.keep('power', 1_150, { forMs: 20 * MIN, everyMs: MIN })
    bench.restart()
    bench.keep('power', 1_150, { forMs: 15 * MIN, everyMs: MIN })
    expect(bench.orders).toEqual([35 * MIN])
  })
})

describe('a plug', () => {
  it.each<[string, Metric, number, number]>([
    ['at its rating', 'current', 10, 1],
    ['just below it', 'current', 9.99, 0],
    ['above it by the power it draws, giving no current of its own', 'power', 2_200, 1],
    ['below it by the power', 'power', 2_199, 0],
    ['with its clamp the wrong way round', 'current', -12, 1],
  ])('%s is cut at once or not at all', (...[, metric, value, cuts]) => {
    const bench = createBench()
    bench.say(metric, value)
    expect(bench.orders).toEqual(cuts === 0 ? [] : [0])
  })

  it('is not judged by its power where it tells its current', () => {
    const bench = createBench()
    bench.say('current', 9)
    bench.say('power', 2_400)
    expect(bench.orders).toEqual([])
  })

  it('at 90 % of its rating is warned of after 60 s, until it is well below', () => {
    const bench = createBench()
    bench.keep('current', 9, { forMs: 60 * S - 1, everyMs: 10 * S })
    expect(bench.event()).toBeUndefined()
    bench.pass(1)
    expect(bench.event()).toMatchObject({ phase: 'warning', severity: 'P2', cause: 'overcurrent', threshold: 9 })
    bench.say('current', 8.6)
    expect(bench.event()).toBeDefined()
    bench.say('current', 8.4)
    expect(bench.event()).toBeUndefined()
    expect(bench.orders).toEqual([])
  })

  it('above 70 Cel is cut after 2 min, and its cause stands until it has cooled by 10 K', () => {
    const bench = createBench()
    bench.say('device_temperature', 71)
    bench.pass(2 * MIN - 1)
    expect(bench.orders).toEqual([])
    bench.pass(1)
    expect(bench.orders).toEqual([2 * MIN])
    bench.say('relay', 0)
    bench.say('device_temperature', 61)
    expect(bench.refusal()).toContain('overheat')
    bench.say('device_temperature', 60)
    expect(bench.refusal()).toBeUndefined()
  })

  it('that was hot for a moment is not cut', () => {
    const bench = createBench()
    bench.say('device_temperature', 90)
    bench.pass(MIN)
    bench.say('device_temperature', 69)
    bench.pass(5 * MIN)
    expect(bench.orders).toEqual([])
  })

  it("of a fridge outlives its compressor's start, and not an overload that stays", () => {
    const bench = createBench(FRIDGE)
    bench.say('current', 14)
    bench.pass(30 * S)
    bench.say('current', 0.5)
    bench.pass(5 * MIN)
    expect(bench.orders).toEqual([])
    bench.say('current', 14)
    bench.pass(MIN)
    expect(bench.orders.length).toBe(1)
  })

  it('that nothing may cut is only told of', () => {
    const bench = createBench({ ...MICROWAVE, mayCut: false })
    bench.say('current', 20)
    bench.alarm('smoke', true)
    bench.pass(MIN)
    expect(bench.orders).toEqual([])
    expect(bench.event()).toMatchObject({ phase: 'warning', severity: 'P0', cause: 'smoke' })
  })
})

describe('a cut', () => {
  it('is ordered at once, and again after 1, 2, 4 s, until the plug itself says that it is off', () => {
    const bench = createBench()
    bench.alarm('leak', true)
    bench.pass(7 * S)
    expect(bench.orders).toEqual([0, 1 * S, 3 * S, 7 * S])
    expect(bench.event()).toMatchObject({ phase: 'cutting' })
    bench.say('relay', 0)
    bench.pass(10 * MIN)
    expect(bench.orders.length).toBe(4)
    expect(bench.event()).toMatchObject({ phase: 'cut', severity: 'P1', source: 'sensor' })
  })

  it('that is not confirmed within 10 s is said to be so, as gravely as there is, and goes on', () => {
    const bench = createBench()
    bench.alarm('leak', true)
    bench.pass(CONFIRM_MS - 1)
    expect(bench.event()).toMatchObject({ phase: 'cutting', severity: 'P1' })
    bench.pass(1)
    expect(bench.event()).toMatchObject({ phase: 'unconfirmed', severity: 'P0' })
    const before = bench.orders.length
    bench.pass(10 * MIN)
    expect(bench.orders.length).toBeGreaterThanOrEqual(before + 9)
    // The plug comes back and is told at once.
    bench.say('relay', 1)
    expect(bench.orders.at(-1)).toBe(bench.nowMs)
    bench.say('relay', 0)
    expect(bench.event()).toMatchObject({ phase: 'cut', severity: 'P0' })
  })

  it('of a plug that was off already and reports changes alone is taken as done when it speaks', () => {
    const bench = createBench()
    bench.say('relay', 0)
    bench.alarm('leak', true)
    bench.say('voltage', 221)
    bench.pass(CONFIRM_MS)
    expect(bench.event()).toMatchObject({ phase: 'cut' })
  })

  it('of a plug that says off and goes on drawing power is unconfirmed: its contact is welded', () => {
    const bench = createBench()
    bench.alarm('leak', true)
    bench.say('relay', 0)
    bench.say('power', 900)
    expect(bench.event()).toMatchObject({ phase: 'cut' })
    bench.pass(CONFIRM_MS)
    bench.say('power', 900)
    expect(bench.event()).toMatchObject({ phase: 'unconfirmed', severity: 'P0' })
  })

  it('is made again when somebody presses the button while the cause stands, and only told of when it has gone', () => {
    const bench = createBench()
    bench.alarm('leak', true)
    bench.say('relay', 0)
    bench.pass(MIN)
    bench.say('relay', 1)
    expect(bench.orders.at(-1)).toBe(MIN)
    expect(bench.event()).toMatchObject({ phase: 'cutting', recuts: 1 })
    bench.say('relay', 0)
    bench.alarm('leak', false)
    const before = bench.orders.length
    bench.say('relay', 1)
    bench.pass(10 * MIN)
    expect(bench.orders.length).toBe(before)
    expect(bench.event()).toMatchObject({ phase: 'on-again', isStanding: false })
    // The next cause cuts it as before.
    bench.say('current', 11)
    expect(bench.orders.length).toBe(before + 1)
  })

  it('takes the graver cause for its own', () => {
    const bench = createBench()
    bench.alarm('leak', true)
    bench.say('relay', 0)
    bench.alarm('smoke', true, 'detector')
    expect(bench.event()).toMatchObject({ cause: 'smoke', source: 'detector', severity: 'P0', phase: 'cut' })
  })

  it('stands after every cause has gone, and after a restart, until a person lifts it', () => {
    const bench = createBench()
    bench.alarm('smoke', true)
    bench.say('relay', 0)
    bench.alarm('smoke', false)
    bench.restart(24 * 60 * MIN)
    expect(bench.event()).toMatchObject({ cause: 'smoke', phase: 'cut', isStanding: false, atMs: T0 })
    bench.give({ kind: 'reset' })
    expect(bench.event()).toBeUndefined()
    expect(keepPlug(bench.state(), bench.moment())).toBeUndefined()
  })

  it('that was not confirmed before a restart is ordered right after it', () => {
    const bench = createBench()
    bench.alarm('smoke', true)
    bench.nowMs = FIRST_RETRY_MS / 2
    bench.restart()
    expect(bench.orders).toEqual([0, FIRST_RETRY_MS / 2])
  })
})

const inputArb: fc.Arbitrary<PlugInput | { kind: 'pass'; ms: number } | { kind: 'restart' }> = fc.oneof(
  fc.record({
    kind: fc.constant('reading' as const),
    metric: fc.constantFrom<Metric>('power', 'current', 'voltage', 'device_temperature'),
    value: fc.oneof(fc.constantFrom(0, 9, 10, 69, 71, 220, 1_150), fc.double({ min: -200, max: 3_000, noNaN: true })),
  }),
  fc.record({
    kind: fc.constant('reading' as const),
    metric: fc.constant<Metric>('relay'),
    value: fc.constantFrom(0, 1),
  }),
  fc.record({
    kind: fc.constant('alarm' as const),
    cause: fc.constantFrom('leak' as const, 'smoke' as const),
    sensor: fc.constantFrom('s1', 's2'),
    isOn: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.oneof(fc.nat(3 * S), fc.nat(40 * MIN)) }),
  fc.record({ kind: fc.constant('restart' as const) }),
)

describe('whatever is said, in any order, over any restarts', () => {
  it('a cut is never lifted by itself, and what stands against a plug has always cut it', () => {
    fc.assert(
      fc.property(fc.constantFrom(MICROWAVE, FRIDGE), fc.array(inputArb, { maxLength: 40 }), (limits, inputs) => {
        const bench = createBench(limits)
        let wasCut = false
        for (const input of inputs) {
          const ordersBefore = bench.orders.length
          if (input.kind === 'pass') bench.pass(input.ms)
          else if (input.kind === 'restart') bench.restart()
          else bench.give(input)
          const event = bench.event()
          const isCut = event !== undefined && event.phase !== 'warning'
          const isStanding = bench.refusal() !== undefined
          expect({ input, isCut }).toEqual({ input, isCut: isCut || wasCut || isStanding })
          // The order goes out in the very step that latches.
          expect(!isCut || wasCut || bench.orders.length > ordersBefore).toBe(true)
          // A plug that says it is on while a cause stands has been told to be off.
          expect(isStanding && event?.phase === 'on-again').toBe(false)
          wasCut = isCut
        }
      }),
    )
  })

  it('what is not confirmed is told at least once a minute', () => {
    fc.assert(
      fc.property(fc.array(inputArb, { maxLength: 30 }), inputs => {
        const bench = createBench()
        bench.alarm('smoke', true)
        for (const input of inputs) {
          if (input.kind === 'pass') bench.pass(input.ms)
          else if (input.kind === 'restart') bench.restart()
          else bench.give(input)
        }
        const phase = bench.event()?.phase
        if (phase !== 'cutting' && phase !== 'unconfirmed') return
        const before = bench.orders.length
        bench.pass(MIN)
        expect(bench.orders.length > before || bench.event()?.phase === 'cut').toBe(true)
      }),
    )
  })
})
