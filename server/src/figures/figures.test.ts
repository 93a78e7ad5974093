import type { Figures, WorkOrderAct, WorkOrderState } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AlertStepRow, type OrderStepRow, downSpansOf, joinedSpans, orderFactOf } from './facts.ts'
import { tableCsv } from '../tables/sheet-files.ts'
import { figureTable } from './figure-table.ts'
import { bucketsOf } from './periods.ts'
import { REPEAT_WITHIN_MS, reckonFigures } from './reckon.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Everything happens at full half-hours, so that whoever looks at each of them misses nothing. */
const STEP_MS = 30 * MINUTE_MS
/** Histories begin within 70 days, so that repeats fall within 30 days and beyond. */
const STEPS = 70 * 48

interface History {
  thing: string
  kind: 'fridge' | 'microwave'
  steps: OrderStepRow[]
  alert: AlertStepRow[]
  createdMs: number
  state: WorkOrderState
}

/** Where an act leads from where; what is not here stays where it is. */
const MOVES: Readonly<Record<string, Partial<Record<WorkOrderAct, WorkOrderState>>>> = {
  open: { assign: 'assigned', accept: 'accepted', cancel: 'cancelled', pause: 'open', resume: 'open' },
  assigned: { accept: 'accepted', cancel: 'cancelled', pause: 'assigned', resume: 'assigned' },
  accepted: { arrive: 'on_site', pause: 'accepted', resume: 'accepted', part: 'accepted' },
  on_site: { finish: 'done', pause: 'on_site', resume: 'on_site', part: 'on_site' },
  done: { verify: 'verified', reopen: 'open' },
  verified: { reopen: 'open' },
  cancelled: { reopen: 'open' },
}

const historyArbitrary: fc.Arbitrary<History> = fc
  .record({
    thing: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('fridge' as const, 'microwave' as const),
    hasAlert: fc.boolean(),
    createdStep: fc.integer({ min: 1, max: STEPS }),
    acts: fc.array(
      fc.record({
        /** Which of the acts that lead on from where it stands. */
        choice: fc.nat(),
        afterSteps: fc.integer({ min: 0, max: 100 }),
        fen: fc.integer({ min: -500, max: 500 }),
      }),
      { maxLength: 25, size: 'max' },
    ),
    ackAfterSteps: fc.option(fc.integer({ min: 0, max: 20 })),
  })
  .map(({ thing, kind, hasAlert, createdStep, acts, ackAfterSteps }) => {
    let state: WorkOrderState = 'open'
    let atMs = createdStep * STEP_MS
    const steps: OrderStepRow[] = [{ act: 'create', atMs, from: undefined, fen: undefined }]
    for (const { choice, afterSteps, fen } of acts) {
      const moves = Object.entries(MOVES[state] ?? {}) as [WorkOrderAct, WorkOrderState][]
      const [act, to] = moves[choice % moves.length] as [WorkOrderAct, WorkOrderState]
      atMs += afterSteps * STEP_MS
      steps.push({ act, atMs, from: state, fen: act === 'part' ? fen : undefined })
      state = to
    }
    const raisedMs = (createdStep - 1) * STEP_MS
    const alert: AlertStepRow[] = hasAlert ? [{ change: 'raised', atMs: raisedMs, severity: 'P2' }] : []
    if (hasAlert && ackAfterSteps !== null)
      alert.push({ change: 'acknowledged', atMs: raisedMs + ackAfterSteps * STEP_MS, severity: undefined })
    return { thing, kind, steps, alert, createdMs: createdStep * STEP_MS, state }
  })

/** Alerts of one appliance: raised, graded and resolved at random. */
const alertArbitrary: fc.Arbitrary<AlertStepRow[]> = fc
  .array(
    fc.record({
      change: fc.constantFrom<AlertStepRow['change']>(
        'raised',
        'reopened',
        'suppressed',
        'unsuppressed',
        'escalated',
        'acknowledged',
        'resolved',
      ),
      afterSteps: fc.integer({ min: 0, max: 600 }),
      severity: fc.constantFrom<NonNullable<AlertStepRow['severity']>>('P1', 'P2', 'P3'),
    }),
    { maxLength: 10 },
  )
  .map(changes => {
    let atMs = 0
    let stands = false
    const steps: AlertStepRow[] = []
    for (const { change, afterSteps, severity } of changes) {
      // As the life of an alert has it: it begins before anything else can happen to it.
      const begins = ['raised', 'reopened', 'suppressed'].includes(change)
      if (!stands && !begins) continue
      if (stands && (change === 'raised' || change === 'reopened')) continue
      atMs += afterSteps * STEP_MS
      const isGraded = (begins && !stands) || change === 'escalated'
      stands = change !== 'resolved'
      steps.push({ change, atMs, severity: isGraded ? severity : undefined })
    }
    return steps
  })

/** The same figures, the slow way: every half-hour is looked at, every history is walked by hand. */
function naive(
  histories: readonly History[],
  appliances: readonly { sinceMs: number; alerts: readonly AlertStepRow[][] }[],
  { fromMs, toMs, nowMs }: { fromMs: number; toMs: number; nowMs: number },
): Figures {
  const within = (atMs: number) => atMs >= fromMs && atMs < toMs
  const mean = (values: number[]) =>
    values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length
  const detectedOf = ({ alert, createdMs }: History) => (alert[0] === undefined ? createdMs : alert[0].atMs)
  const verifiedOf = ({ steps, state }: History) =>
    state === 'verified' ? steps.filter(({ act }) => act === 'verify').at(-1)?.atMs : undefined
  const made = histories.filter(one => one.state !== 'cancelled' && within(detectedOf(one)))
  const verified = histories.filter(one => within(verifiedOf(one) ?? -1))
  const taken = made.flatMap(one => {
    const times = [
      ...one.alert.filter(({ change }) => change === 'acknowledged').map(({ atMs }) => atMs),
      ...one.steps.filter(({ act }) => act === 'accept').map(({ atMs }) => atMs),
    ]
    return times.length === 0 ? [] : [Math.min(...times) - detectedOf(one)]
  })
  const pausedOf = (one: History) => {
    let steps = 0
    const end = verifiedOf(one) ?? 0
    for (let atMs = one.createdMs; atMs < end; atMs += STEP_MS) {
      const last = one.steps.filter(step => step.atMs <= atMs && !['part', 'create', 'accept'].includes(step.act))
      // A pause while it is paused changes nothing, so that the last word decides.
      if (last.at(-1)?.act === 'pause') steps += 1
    }
    return steps * STEP_MS
  }
  const isRepeat = (one: History) =>
    one.steps.some(({ act, from }) => act === 'reopen' && from === 'verified') ||
    histories.some(other => {
      const before = detectedOf(one) - (verifiedOf(other) ?? Infinity)
      return other.thing === one.thing && before >= 0 && before <= REPEAT_WITHIN_MS
    })
  let faults = 0
  let watched = 0
  let down = 0
  for (const { sinceMs, alerts } of appliances) {
    let wasDown = false
    for (let atMs = 0; atMs < Math.min(toMs, nowMs); atMs += STEP_MS) {
      const isDown = alerts.some(steps => {
        const before = steps.filter(step => step.atMs <= atMs)
        if (before.length === 0 || before.at(-1)?.change === 'resolved') return false
        return before.findLast(({ severity }) => severity !== undefined)?.severity !== 'P3'
      })
      if (atMs >= Math.max(fromMs, sinceMs)) {
        watched += 1
        if (isDown) down += 1
        if (isDown && !wasDown) faults += 1
      }
      wasDown = isDown
    }
  }
  const costs = histories.flatMap(({ steps }) => steps.filter(({ atMs }) => within(atMs)).map(({ fen }) => fen ?? 0))
  return {
    faults,
    ordersMade: made.length,
    ordersVerified: verified.length,
    mttaMs: mean(taken),
    mttrMs: mean(verified.map(one => (verifiedOf(one) ?? 0) - detectedOf(one))),
    pausedMs: mean(verified.map(pausedOf)),
    mtbfMs: faults === 0 ? undefined : ((watched - down) * STEP_MS) / faults,
    firstTimeFix: mean(verified.map(({ steps }) => (steps.some(({ act }) => act === 'reopen') ? 0 : 1))),
    availability: watched === 0 ? undefined : 1 - down / watched,
    repeats: mean(made.map(one => (isRepeat(one) ? 1 : 0))),
    costFen: costs.reduce((a, b) => a + b, 0),
  }
}

const factOf = ({ thing, kind, steps, alert, createdMs, state }: History) =>
  orderFactOf({ station: 's', district: '500103', kind, model: undefined, thing, state, createdMs }, steps, alert)

describe('the figures', () => {
  test('are those that looking at every half-hour of every history gives', () => {
    fc.assert(
      fc.property(
        fc.array(historyArbitrary, { maxLength: 8, size: 'max' }),
        fc.array(
          fc.record({
            sinceMs: fc.constantFrom(-Infinity, 7 * DAY_MS),
            alerts: fc.array(alertArbitrary, { maxLength: 3 }),
          }),
          { maxLength: 2 },
        ),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (...drawn) => {
          const [histories, appliances, fromDay, days] = drawn
          const period = { fromMs: fromDay * DAY_MS, toMs: (fromDay + days) * DAY_MS, nowMs: 75 * DAY_MS }
          const facts = {
            orders: histories.map(factOf),
            appliances: appliances.map(({ sinceMs, alerts }, index) => ({
              id: `fridge-${index}`,
              station: 's',
              district: '500103',
              kind: 'fridge' as const,
              model: undefined,
              sinceMs,
              untilMs: Infinity,
              down: joinedSpans(alerts.flatMap(downSpansOf)),
            })),
          }
          const bucket = { key: 'all', fromMs: period.fromMs, toMs: period.toMs }
          const got = reckonFigures(facts, { buckets: [bucket], nowMs: period.nowMs, keyOf: undefined }).get('all')
          const expected = naive(histories, appliances, period)
          // Rounded, for the two sum up in another order.
          const rounded = (figures: Figures | undefined) =>
            Object.fromEntries(
              Object.entries(figures ?? {}).flatMap(([name, value]) =>
                value === undefined ? [] : [[name, value.toFixed(6)]],
              ),
            )
          expect(rounded(got)).toEqual(rounded(expected))
        },
      ),
      { numRuns: 150 },
    )
  })

  test('of the parts of a period come to those of the whole', () => {
    fc.assert(
      fc.property(
        fc.array(historyArbitrary, { maxLength: 12 }),
        fc.array(alertArbitrary, { maxLength: 4 }),
        (histories, alerts) => {
          const facts = {
            orders: histories.map(factOf),
            appliances: [
              {
                id: 'one',
                station: 's',
                district: '500103',
                kind: 'fridge' as const,
                model: undefined,
                sinceMs: -Infinity,
                untilMs: Infinity,
                down: joinedSpans(alerts.flatMap(downSpansOf)),
              },
            ],
          }
          const fromMs = Date.UTC(1970, 0, 3, 5)
          const toMs = fromMs + 33 * DAY_MS
          const nowMs = 200 * DAY_MS
          const whole = reckonFigures(facts, { buckets: [{ key: '', fromMs, toMs }], nowMs, keyOf: () => '' }).get('')
          for (const by of ['day', 'week', 'month'] as const) {
            const buckets = bucketsOf(by, { fromMs, toMs, timeZone: 'Asia/Shanghai' })
            const parts = [...reckonFigures(facts, { buckets, nowMs, keyOf: undefined }).values()]
            for (const name of ['faults', 'ordersMade', 'ordersVerified', 'costFen'] as const)
              expect(
                parts.reduce((sum, part) => sum + part[name], 0),
                `${by} ${name}`,
              ).toBe(whole?.[name] ?? 0)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('count a fault that began before the period as down time, not as a fault of it', () => {
    const appliance = {
      id: 'x',
      station: 's',
      district: '500103',
      kind: 'fridge' as const,
      model: undefined,
      sinceMs: -Infinity,
      untilMs: Infinity,
      down: [{ fromMs: 0, toMs: 12 * HOUR_MS }],
    }
    const bucket = { key: '', fromMs: 6 * HOUR_MS, toMs: 30 * HOUR_MS }
    const got = reckonFigures(
      { orders: [], appliances: [appliance] },
      { buckets: [bucket], nowMs: DAY_MS * 9, keyOf: undefined },
    ).get('')
    // 6 of 24 hours.
    expect(got).toEqual({ faults: 0, ordersMade: 0, ordersVerified: 0, costFen: 0, availability: 0.75 })
  })

  test('leave out what lies ahead: half a period gone without a fault is available', () => {
    const appliance = {
      id: 'x',
      station: 's',
      district: '500103',
      kind: 'fridge' as const,
      model: undefined,
      sinceMs: -Infinity,
      untilMs: Infinity,
      down: [{ fromMs: HOUR_MS, toMs: Infinity }],
    }
    const bucket = { key: '', fromMs: 0, toMs: 100 * HOUR_MS }
    const got = reckonFigures(
      { orders: [], appliances: [appliance] },
      { buckets: [bucket], nowMs: 4 * HOUR_MS, keyOf: undefined },
    ).get('')
    expect(got).toMatchObject({ faults: 1, availability: 0.25, mtbfMs: HOUR_MS })
  })
})

test.each([
  [REPEAT_WITHIN_MS, 0.5],
  [REPEAT_WITHIN_MS + 1, 0],
])('a fault %d ms after the repair of the same thing makes a share of %d repeats', (afterMs, share) => {
  const order = (detectedMs: number, verifiedMs: number | undefined) => ({
    ...factOf({ thing: 'a', kind: 'fridge', steps: [], alert: [], createdMs: detectedMs, state: 'open' }),
    verifiedMs,
  })
  const orders = [order(0, DAY_MS), order(DAY_MS + afterMs, undefined)]
  const bucket = { key: '', fromMs: 0, toMs: 90 * DAY_MS }
  const got = reckonFigures({ orders, appliances: [] }, { buckets: [bucket], nowMs: 90 * DAY_MS, keyOf: undefined })
  expect(got.get('')?.repeats).toBe(share)
})

test('weeks begin on Monday in the stations’ zone, and the first and the last are cut to the period', () => {
  // 2026-07-29 is a Wednesday.
  const fromMs = Date.UTC(2026, 6, 28, 17)
  const buckets = bucketsOf('week', { fromMs, toMs: fromMs + 8 * DAY_MS, timeZone: 'Asia/Shanghai' })
  expect(buckets.map(({ key }) => key)).toEqual(['2026-07-27', '2026-08-03'])
  expect(buckets[0]?.fromMs).toBe(fromMs)
  expect(buckets[0]?.toMs).toBe(Date.UTC(2026, 7, 2, 16))
  expect(() => bucketsOf('day', { fromMs: 0, toMs: 1_000 * DAY_MS, timeZone: 'UTC' })).toThrow('at most 400')
})

describe('the table', () => {
  test('has hours, percent and yuan, says what each figure means, and is empty where nothing can be said', () => {
    const figures = {
      faults: 2,
      ordersMade: 1,
      ordersVerified: 1,
      mttrMs: 5.5 * HOUR_MS,
      firstTimeFix: 0.5,
      costFen: -1_250,
    }
    const at = '2026-07-30T00:00:00.000Z'
    const report = { at, from: at, to: at, by: 'kind' as const, total: figures }
    const rows = [{ key: 'fridge', nameZh: '=冰箱', nameEn: 'Fridge', figures }]
    const table = figureTable({ ...report, rows }, 'Asia/Shanghai')
    const text = tableCsv(table, { language: 'zh', timeZone: 'Asia/Shanghai' })
    const lines = text.slice(1).split('\r\n')
    expect(text.charCodeAt(0)).toBe(0xfeff)
    expect(lines[0]).toContain('平均修复时间 (MTTR) (h)')
    expect(lines[1]).toBe("fridge,'=冰箱,2,1,1,,5.5,,,50,,,-12.5")
    expect(text).toContain('本期内确认的工单中，从未重新打开过的比例。')
    // Midnight in UTC is eight in the morning there.
    expect(text).toContain('统计期 2026-07-30 08:00 至 2026-07-30 08:00。')
  })
})
