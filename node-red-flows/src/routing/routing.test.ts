import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { notifyRequestSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Ledger, openLedger } from '../ledger/open-ledger.ts'
import { anAlert } from '../test-alerts.ts'
import { DEFAULT_POLICY, type Policy, policySchema } from './policy.ts'
import { type Routing, createRouting } from './routing.ts'

const POLICY: Policy = {
  P1: [
    { afterMin: 0, to: 'groups' },
    { afterMin: 10, to: 'shift' },
    { afterMin: 20, to: 'district' },
  ],
}
const MINUTE_MS = 60_000

function ledgerFile(): string {
  const dir = mkdtempSync(join(tmpdir(), 'harbor-ledger-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'automation.sqlite')
}

/** A routing on a ledger that can be closed and opened again, as a restart does. */
function routingOn(file: string): { routing: Routing; ledger: Ledger } {
  const ledger = openLedger(file)
  onTestFinished(ledger.close)
  const names = { names: (rule: string) => ({ zh: rule, en: rule }), refresh: () => Promise.resolve() }
  return { routing: createRouting(ledger.escalations, names), ledger }
}

async function tellDue(routing: Routing, nowMs: number): Promise<string[]> {
  const steps = await routing.due(POLICY, nowMs)
  for (const { escalation } of steps) routing.told(POLICY, escalation, nowMs)
  return steps.map(({ request }) => request.dedupeKey)
}

test('each step comes its minutes after the one before was told', async () => {
  const { routing } = routingOn(ledgerFile())
  routing.heard(anAlert(), 0)
  const told: [number, string[]][] = []
  for (let minute = 0; minute <= 60; minute += 1) {
    const steps = await tellDue(routing, minute * MINUTE_MS)
    if (steps.length > 0) told.push([minute, steps])
  }
  expect(told).toEqual([
    [0, ['0/alert-1/1/P1']],
    [10, ['1/alert-1/1/P1']],
    [30, ['2/alert-1/1/P1']],
  ])
})

test('after a restart in the middle the next step comes when it was due, and none comes again', async () => {
  const file = ledgerFile()
  const before = routingOn(file)
  before.routing.heard(anAlert(), 0)
  expect(await tellDue(before.routing, 0)).toHaveLength(1)
  before.ledger.close()
  const { routing } = routingOn(file)
  // The same event is delivered again: its place was not yet noted.
  routing.heard(anAlert(), MINUTE_MS)
  expect(await tellDue(routing, 9 * MINUTE_MS)).toEqual([])
  expect(await tellDue(routing, 10 * MINUTE_MS)).toEqual(['1/alert-1/1/P1'])
})

test('a step that was handed out and never told comes again with the same key, so that the server tells it once', async () => {
  const { routing } = routingOn(ledgerFile())
  routing.heard(anAlert(), 0)
  const [first] = await routing.due(POLICY, 0)
  expect(await routing.due(POLICY, 59_000)).toEqual([])
  const [again] = await routing.due(POLICY, 60_000)
  expect(again?.request.dedupeKey).toBe(first?.request.dedupeKey)
})

test.each([
  ['is acknowledged', { state: 'acknowledged' }],
  ['is over', { state: 'resolved' }],
  ['is explained by a cause above it', { suppression: { cause: 'mains_failure', since: '2026-07-01T08:00:00.000Z' } }],
  [
    'is silenced',
    { silence: { since: '2026-07-01T08:00:00.000Z', until: '2026-07-02T08:00:00.000Z', isFlapping: false } },
  ],
] as const)('nobody is told any more of an alert that %s', async (_what, change) => {
  const { routing } = routingOn(ledgerFile())
  routing.heard(anAlert(), 0)
  routing.heard(anAlert({ ...change, revision: 2 }), 1)
  expect(await routing.due(POLICY, 3_600_000)).toEqual([])
})

test('a fault that comes back, or grows worse, begins anew', async () => {
  const { routing } = routingOn(ledgerFile())
  const policy: Policy = { ...POLICY, P0: [{ afterMin: 0, to: 'city' }] }
  routing.heard(anAlert(), 0)
  await tellDue(routing, 0)
  routing.heard(anAlert({ severity: 'P0', revision: 2 }), 1_000)
  const [worse] = await routing.due(policy, 1_000)
  expect(worse?.request).toMatchObject({ severity: 'P0', to: { level: 'city' }, dedupeKey: '0/alert-1/2/P0' })
  routing.heard(anAlert({ state: 'resolved', revision: 3 }), 2_000)
  routing.heard(anAlert({ revision: 4 }), 3_000)
  expect(await tellDue(routing, 3_000)).toEqual(['0/alert-1/4/P1'])
})

test('however events, steps and restarts fall, no step of one standing is told twice nor out of turn', async () => {
  const actArb = fc.constantFrom('heard', 'due', 'restart', 'crash', 'wait')
  await fc.assert(
    fc.asyncProperty(fc.array(actArb, { maxLength: 40 }), async acts => {
      const file = ledgerFile()
      let { routing, ledger } = routingOn(file)
      let nowMs = 0
      // What the server does: the same key is told once.
      const told: string[] = []
      for (const act of acts) {
        if (act === 'heard') routing.heard(anAlert(), nowMs)
        if (act === 'wait') nowMs += 7 * MINUTE_MS
        if (act === 'due' || act === 'crash') {
          for (const { request, escalation } of await routing.due(POLICY, nowMs)) {
            if (!told.includes(request.dedupeKey)) told.push(request.dedupeKey)
            if (act === 'due') routing.told(POLICY, escalation, nowMs)
          }
        }
        if (act === 'restart' || act === 'crash') {
          ledger.close()
          ;({ routing, ledger } = routingOn(file))
        }
      }
      expect(told).toEqual(['0/alert-1/1/P1', '1/alert-1/1/P1', '2/alert-1/1/P1'].slice(0, told.length))
    }),
    { numRuns: 30 },
  )
})

test('every step of our own policy is a request that the server takes', async () => {
  expect(policySchema.parse(DEFAULT_POLICY)).toEqual(DEFAULT_POLICY)
  const { routing } = routingOn(ledgerFile())
  for (const severity of ['P0', 'P1', 'P2'] as const) routing.heard(anAlert({ id: `alert-${severity}`, severity }), 0)
  let nowMs = 0
  let count = 0
  for (let round = 0; round < 10; round += 1) {
    for (const { request, escalation } of await routing.due(DEFAULT_POLICY, nowMs)) {
      notifyRequestSchema.parse(request)
      routing.told(DEFAULT_POLICY, escalation, nowMs)
      count += 1
    }
    nowMs += 300 * MINUTE_MS
  }
  expect(count).toBe(4 + 4 + 2)
})
