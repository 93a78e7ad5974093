import { APPLIANCE_KINDS, CAUSE_KINDS, SEVERITIES } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cause, LONGEST_GRACE_MS, type StandingFault, explanationOf, graceMs, settle } from './cause.ts'

const MINUTE_MS = 60_000
const T = Date.UTC(2026, 6, 30, 4)

const fault = (change: Partial<StandingFault> = {}): StandingFault => ({
  id: 'f',
  scope: 'appliance',
  rule: 'fridge_too_warm',
  severity: 'P2',
  appliance: 'fridge',
  applianceKind: 'fridge',
  metric: 'temperature',
  sinceMs: T,
  suppressedBy: undefined,
  ...change,
})
const cause = (kind: Cause['kind'], change: Partial<Cause> = {}): Cause => ({
  id: kind,
  kind,
  appliance: undefined,
  sinceMs: T,
  endedAtMs: undefined,
  ...change,
})
const kindOf = (one: StandingFault, causes: Cause[], nowMs = T) => explanationOf(one, causes, nowMs)?.kind

describe('what explains what', () => {
  test.each([
    ['a mains failure an appliance', [fault(), cause('mains_failure')] as const, true],
    [
      'a mains failure that the gateway is offline',
      [fault({ scope: 'station', rule: 'gateway_offline' }), cause('mains_failure')] as const,
      true,
    ],
    [
      'a mains failure no heat in the room',
      [fault({ scope: 'station', rule: 'heat_inside' }), cause('mains_failure')] as const,
      false,
    ],
    [
      'a mains failure itself',
      [fault({ scope: 'station', rule: 'station_mains_failure' }), cause('mains_failure')] as const,
      false,
    ],
    [
      'a gateway no mains failure',
      [fault({ scope: 'station', rule: 'station_mains_failure' }), cause('gateway_offline')] as const,
      false,
    ],
    [
      'a gateway that devices are silent',
      [fault({ scope: 'station', rule: 'devices_offline' }), cause('gateway_offline')] as const,
      true,
    ],
    ['a plug its own appliance', [fault(), cause('plug_off', { appliance: 'fridge' })] as const, true],
    ['a plug no other appliance', [fault(), cause('plug_off', { appliance: 'water' })] as const, false],
    [
      'a plug nothing of itself',
      [fault({ scope: 'device', rule: 'power_while_off' }), cause('plug_off', { appliance: 'fridge' })] as const,
      false,
    ],
    ['maintenance its appliance', [fault(), cause('maintenance', { appliance: 'fridge' })] as const, true],
    ['maintenance of the station all of it', [fault(), cause('maintenance')] as const, true],
    ['rebuilding what stood before it', [fault({ sinceMs: T - 9e9 }), cause('station_closed')] as const, true],
    ['nothing what may kill', [fault({ severity: 'P0' }), cause('station_closed')] as const, false],
    ['no lack of power a leak', [fault({ scope: 'device', metric: 'leak' }), cause('mains_failure')] as const, false],
    ['maintenance no fault from before it', [fault({ sinceMs: T - 1 }), cause('maintenance')] as const, false],
    [
      'a mains failure a fault from 5 min before it',
      [fault({ sinceMs: T - 5 * MINUTE_MS }), cause('mains_failure')] as const,
      true,
    ],
    [
      'a mains failure no fault from earlier',
      [fault({ sinceMs: T - 5 * MINUTE_MS - 1 }), cause('mains_failure')] as const,
      false,
    ],
  ])('%s', (_what, [one, by], isExplained) => {
    expect(explanationOf(one, [by], T) !== undefined).toBe(isExplained)
  })

  test('of several causes the one that explains most is named', () => {
    const causes = CAUSE_KINDS.toReversed().map(kind => cause(kind))
    expect(kindOf(fault(), causes)).toBe('station_closed')
    expect(kindOf(fault(), causes.slice(0, -2))).toBe('mains_failure')
  })
})

describe('after the cause', () => {
  test.each([
    ['a fridge after a cut of 30 min', { kind: 'mains_failure', applianceKind: 'fridge', lastedMin: 30 }, 60],
    ['a fridge after a cut of an hour', { kind: 'mains_failure', applianceKind: 'fridge', lastedMin: 60 }, 15],
    ['a water dispenser', { kind: 'mains_failure', applianceKind: 'water_dispenser', lastedMin: 30 }, 30],
    ['an air conditioner', { kind: 'mains_failure', applianceKind: 'air_conditioner', lastedMin: 30 }, 15],
    ['whatever the gateway was silent of', { kind: 'gateway_offline', applianceKind: 'fridge', lastedMin: 30 }, 5],
    ['whatever was in maintenance', { kind: 'maintenance', applianceKind: 'fridge', lastedMin: 30 }, 0],
  ] as const)('%s has its grace', (_what, { kind, applianceKind, lastedMin }, graceMin) => {
    const ended = cause(kind, { endedAtMs: T + lastedMin * MINUTE_MS })
    const endMs = T + (lastedMin + graceMin) * MINUTE_MS
    const one = fault({ applianceKind })
    expect(graceMs(ended, applianceKind)).toBe(graceMin * MINUTE_MS)
    expect(kindOf(one, [ended], endMs - 1)).toBe(kind)
    expect(kindOf(one, [ended], endMs)).toBeUndefined()
  })

  test('a fault that begins after the grace is a fault', () => {
    const ended = cause('mains_failure', { endedAtMs: T + MINUTE_MS })
    expect(kindOf(fault({ sinceMs: T + 62 * MINUTE_MS }), [ended], T + 62 * MINUTE_MS)).toBeUndefined()
  })
})

const minuteArb = fc.integer({ min: 0, max: 300 }).map(minutes => T + minutes * MINUTE_MS)
const causeArb: fc.Arbitrary<Cause> = fc
  .record({
    id: fc.uuid(),
    kind: fc.constantFrom(...CAUSE_KINDS),
    appliance: fc.constantFrom(undefined, 'a', 'b'),
    sinceMs: minuteArb,
    lastsMin: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  })
  .map(({ lastsMin, ...rest }) => ({
    ...rest,
    endedAtMs: lastsMin === undefined ? undefined : rest.sinceMs + lastsMin * MINUTE_MS,
  }))
const faultArb: fc.Arbitrary<StandingFault> = fc.record({
  id: fc.uuid(),
  scope: fc.constantFrom('appliance' as const, 'device' as const, 'station' as const),
  rule: fc.constantFrom('fridge_too_warm', 'device_offline', 'devices_offline', 'gateway_offline', 'heat_inside'),
  severity: fc.constantFrom(...SEVERITIES),
  appliance: fc.constantFrom(undefined, 'a', 'b'),
  applianceKind: fc.constantFrom(undefined, ...APPLIANCE_KINDS),
  metric: fc.constantFrom('temperature', 'online', 'leak', 'smoke'),
  sinceMs: minuteArb,
  suppressedBy: fc.constant(undefined),
})
const storyArb = fc.record({
  faults: fc.uniqueArray(faultArb, { selector: one => one.id, maxLength: 8 }),
  causes: fc.uniqueArray(causeArb, { selector: one => one.id, maxLength: 5 }),
})

/** The faults and the causes that are known at a time; a cause's end is known only when it has come. */
function knownAt({ faults, causes }: { faults: StandingFault[]; causes: Cause[] }, nowMs: number) {
  return {
    faults: faults.filter(({ sinceMs }) => sinceMs <= nowMs),
    causes: causes
      .filter(({ sinceMs }) => sinceMs <= nowMs)
      .map(one => ((one.endedAtMs ?? 0) > nowMs ? { ...one, endedAtMs: undefined } : one)),
  }
}

function applied(faults: readonly StandingFault[], changes: ReturnType<typeof settle>): StandingFault[] {
  return faults.map(one => {
    const change = changes.find(({ fault }) => fault === one.id)
    return change === undefined ? one : { ...one, suppressedBy: change.by?.id }
  })
}

/** Lives through a story, judging at these times, and returns who is suppressed by what at the end. */
function live(story: { faults: StandingFault[]; causes: Cause[] }, timesMs: readonly number[]): StandingFault[] {
  let judged = new Map<string, string | undefined>()
  let last: StandingFault[] = []
  for (const nowMs of timesMs) {
    const { faults, causes } = knownAt(story, nowMs)
    const before = faults.map(one => ({ ...one, suppressedBy: judged.get(one.id) }))
    last = applied(before, settle(before, causes, nowMs))
    judged = new Map(last.map(({ id, suppressedBy }) => [id, suppressedBy]))
  }
  return last
}

describe('settle', () => {
  test('loses no fault: each is told, or suppressed by a cause that is there', () => {
    fc.assert(
      fc.property(storyArb, minuteArb, (story, nowMs) => {
        const { faults, causes } = knownAt(story, nowMs)
        const after = applied(faults, settle(faults, causes, nowMs))
        expect(after.map(({ id }) => id)).toEqual(faults.map(({ id }) => id))
        const known = [undefined, ...causes.map(({ id }) => id)]
        for (const { suppressedBy } of after) expect(known).toContain(suppressedBy)
      }),
    )
  })

  test('does not depend on when it was judged before, nor on the order of causes', () => {
    fc.assert(
      fc.property(storyArb, fc.array(minuteArb, { maxLength: 10 }), minuteArb, (story, timesMs, endMs) => {
        const earlier = timesMs.filter(timeMs => timeMs < endMs).sort((a, b) => a - b)
        const straight = live(story, [endMs])
        expect(live(story, [...earlier, endMs])).toEqual(straight)
        expect(live({ ...story, causes: story.causes.toReversed() }, [endMs])).toEqual(straight)
      }),
    )
  })

  test('judged again at once, it changes nothing', () => {
    fc.assert(
      fc.property(storyArb, minuteArb, (story, nowMs) => {
        const { faults, causes } = knownAt(story, nowMs)
        const after = applied(faults, settle(faults, causes, nowMs))
        expect(settle(after, causes, nowMs)).toEqual([])
      }),
    )
  })

  test('tells every fault that still stands once all causes and their grace are over', () => {
    fc.assert(
      fc.property(storyArb, fc.array(minuteArb, { maxLength: 5 }), (story, timesMs) => {
        const causes = story.causes.map(one => ({ ...one, endedAtMs: one.endedAtMs ?? one.sinceMs }))
        const overMs = T + 501 * MINUTE_MS + LONGEST_GRACE_MS
        const after = live({ ...story, causes }, [...timesMs.sort((a, b) => a - b), overMs])
        // A closed station has no end in this story but its own: it explains while it is there.
        const told = after.filter(({ suppressedBy }) => suppressedBy === undefined)
        expect(told.map(({ id }) => id)).toEqual(story.faults.map(({ id }) => id))
      }),
    )
  })

  test('never suppresses what may kill', () => {
    fc.assert(
      fc.property(storyArb, minuteArb, (story, nowMs) => {
        const deadly = live(story, [nowMs]).filter(({ severity }) => severity === 'P0')
        for (const one of deadly) expect(one.suppressedBy).toBeUndefined()
      }),
    )
  })

  test('folds what was raised shortly before its cause was seen into it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 * MINUTE_MS }),
        fc.integer({ min: 0, max: 90_000 }),
        (aheadMs, seenMs) => {
          const child = fault({ sinceMs: T - aheadMs })
          expect(settle([child], [], T - aheadMs)).toEqual([])
          const by = cause('mains_failure')
          expect(settle([child], [by], T + seenMs)).toEqual([{ fault: 'f', by }])
        },
      ),
    )
  })
})
