import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person, WorkOrder, WorkOrderActRequest } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { KEEPER, MANAGER, OTHER, openOrders } from '../../test/order-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'
import { ApiProblem } from '../errors.ts'

const MINUTE_MS = 60_000
const FRIDGE = 'yubei-1-fridge'

type Command =
  | { does: 'raise' | 'clear' | 'report' | 'repair' }
  | { does: 'wait'; minutes: number }
  | { does: 'act'; by: Person; act: string; withNote: boolean; at: 'seen' | 'newest' }
  | { does: 'both'; act: string }

const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constantFrom('raise' as const, 'clear' as const, 'report' as const, 'repair' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ does: fc.constant('wait' as const), minutes: fc.constantFrom(1, 5, 59, 130, 400, 1_500) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        does: fc.constant('act' as const),
        by: fc.constantFrom(OTHER, MANAGER, KEEPER),
        act: fc.constantFrom(
          'accept',
          'arrive',
          'finish',
          'verify',
          'verify',
          'verify',
          'reopen',
          'cancel',
          'pause',
          'resume',
          'note',
        ),
        withNote: fc.boolean(),
        at: fc.constantFrom('seen' as const, 'newest' as const, 'newest' as const, 'newest' as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constant('both' as const), act: fc.constantFrom('accept', 'cancel') }),
    },
  ),
  // By itself the library makes lists of ten at most.
  { maxLength: 30, size: 'max' },
)

test('whatever faults, reports and people do in whatever order: one open order, a history without a gap, no proof while a fault stands', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-any-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  let nowMs = Date.UTC(2026, 6, 30, 4)
  const { db, alerts, orders, failures } = await openOrders(dataDir, {
    nowMs: () => nowMs,
    people: [OTHER, MANAGER, KEEPER],
  })
  onTestFinished(() => db.destroy())
  let reports = 0
  const wrong: string[] = []
  /** How often somebody tried to verify work whose fault stood. */
  let tried = 0
  /** What a page that was not looked at for a while shows. */
  let seen: WorkOrder | undefined

  const newest = async () => {
    const page = await orders.list(MANAGER, { choice: 'all', sort: 'newest', limit: 1 })
    return page.orders[0]
  }
  const press = (
    by: Person,
    of: { id: string; revision: number },
    { act, withNote }: { act: string; withNote: boolean },
  ) => {
    const needsNote = ['reopen', 'cancel', 'pause', 'note'].includes(act)
    const mayNote = needsNote || act === 'finish' || act === 'verify'
    const note = needsNote || (withNote && mayNote) ? { note: '说明' } : {}
    return orders.act(by, of.id, { act, revision: of.revision, ...note } as WorkOrderActRequest)
  }
  /** Without a reason nobody gets past a fault that stands. */
  const verifyInVain = async () => {
    const of = await newest()
    if (of?.state !== 'done' || (await orders.detail(MANAGER, of.id)).faultStands !== true) return
    tried += 1
    const answer = await press(MANAGER, of, { act: 'verify', withNote: false }).catch((error: unknown) => error)
    if (!(answer instanceof ApiProblem)) wrong.push('a standing fault was verified')
  }
  const run = async (command: Command) => {
    switch (command.does) {
      case 'raise':
      case 'clear': {
        const type = command.does === 'raise' ? 'raised' : 'cleared'
        await alerts.apply([fridgeTransition(type, FRIDGE)], async () => {})
        break
      }
      case 'report':
        reports += 1
        await orders.takeReport({ id: `r${reports}`, station: 'yubei-1', appliance: FRIDGE, topic: 'broken' })
        break
      case 'repair':
        for (const act of ['accept', 'arrive', 'finish']) {
          const of = await newest()
          // What this order is not ready for is refused.
          if (of !== undefined) await press(MANAGER, of, { act, withNote: false }).catch(() => undefined)
        }
        await verifyInVain()
        break
      case 'wait':
        nowMs += command.minutes * MINUTE_MS
        break
      case 'act': {
        const now = await newest()
        const of = command.at === 'seen' ? seen : now
        if (of === undefined) break
        const before = command.at === 'newest' ? now : undefined
        const faultStands = (await orders.detail(MANAGER, of.id)).faultStands
        const answer = await press(command.by, of, command).catch((error: unknown) => error)
        if (answer instanceof Error && !(answer instanceof ApiProblem)) wrong.push(String(answer))
        if (answer instanceof Error || command.act !== 'verify') break
        if (faultStands === true && !(command.withNote && command.by === MANAGER))
          wrong.push('a standing fault was verified')
        if (before?.state !== 'done') wrong.push('what was not done was verified')
        break
      }
      case 'both': {
        const of = await newest()
        if (of === undefined) break
        const answers = await Promise.allSettled(
          [OTHER, MANAGER].map(by => press(by, of, { act: command.act, withNote: true })),
        )
        if (answers.every(({ status }) => status === 'fulfilled')) wrong.push('both won')
        break
      }
    }
    if (command.does !== 'act' || command.at === 'seen') seen = (await newest()) ?? seen
    await orders.sweep()
  }
  const check = async () => {
    const rows = await db.selectFrom('work_order').selectAll().execute()
    expect(rows.filter(row => row.closed_at_ms === null).length).toBeLessThanOrEqual(1)
    for (const row of rows) {
      const isClosed = row.state === 'verified' || row.state === 'cancelled'
      expect(row.closed_at_ms !== null).toBe(isClosed)
      expect(row.verified_at_ms !== null).toBe(row.state === 'verified')
      // A cancelled order may have been in somebody's hands or not.
      expect(row.state === 'cancelled' || (row.assignee === null) === (row.state === 'open')).toBe(true)
      const { history } = await orders.detail(MANAGER, row.id)
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_step, index) => index + 1))
      expect(history.at(-1)?.to).toBe(row.state)
      expect(history.slice(1).map(({ from }) => from)).toEqual(history.slice(0, -1).map(({ to }) => to))
      const told = new Set<string>()
      for (const { act, level } of history) {
        if (act === 'reopen') told.clear()
        expect(level !== undefined && told.has(level)).toBe(false)
        if (level !== undefined) told.add(level)
      }
    }
  }

  await fc.assert(
    fc.asyncProperty(commands, async all => {
      await run({ does: 'raise' })
      await run({ does: 'wait', minutes: 5 })
      for (const command of all) await run(command)
      await check()
      expect([...failures, ...wrong]).toEqual([])
      // The next run begins with nothing that stands, on another day.
      await alerts.apply([fridgeTransition('cleared', FRIDGE)], async () => {})
      const open = await newest()
      if (open !== undefined && open.state !== 'verified' && open.state !== 'cancelled')
        await orders.act(MANAGER, open.id, { act: 'cancel', revision: open.revision, note: '下一轮' })
      nowMs += 48 * 60 * MINUTE_MS
    }),
    { numRuns: 25 },
  )
  expect(tried).toBeGreaterThan(5)
})
