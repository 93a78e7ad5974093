import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChecklistFillRequest, Person, WorkOrder } from '@harbor/protocol'
import * as fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, KEEPER, MANAGER, OTHER, openOrders } from '../../test/order-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'
import { copyTestRegistry } from '../../test/test-registry.ts'
import { createPhotoStore } from '../photos/photo-store.ts'
import { listFills } from './fill-queries.ts'
import { FIRST_TEMPLATES } from './first-templates.ts'
import { type Checklists, createChecklists } from './open-checklists.ts'

const HOUR_MS = 3_600_000
const STATION = 'yubei-1'
const FRIDGE = 'yubei-1-fridge'

let template: string
let dataDir: string
let bench: Bench
let checklists: Checklists
let nowMs: number

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'harbor-checklists-'))
  const { db } = await openOrders(template, { nowMs: () => 0, people: [OTHER, MANAGER, KEEPER] })
  await db.destroy()
})
afterAll(() => rm(template, { recursive: true, force: true }))
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-checklists-'))
  await cp(template, dataDir, { recursive: true })
  await copyTestRegistry(template, dataDir)
  nowMs = Date.UTC(2026, 6, 30, 4)
  await open()
})
afterEach(async () => {
  await bench.db.destroy()
  await rm(dataDir, { recursive: true, force: true })
})

async function open() {
  bench = await openOrders(dataDir, { nowMs: () => nowMs })
  const photos = createPhotoStore({ folder: join(dataDir, 'photos'), quotaBytes: 1e9 })
  await photos.start()
  checklists = createChecklists({
    db: bench.db,
    change: bench.orders.change,
    photos,
    onTemplatesChanged: () => undefined,
    nowMs: () => nowMs,
  })
  await checklists.templates.start()
}

const keyOf = (n: number) => n.toString(16).padStart(32, '0')
const GOOD: Readonly<Record<string, string | number>> = { medicine_box: 'complete', on_map: 'right' }

/** The six haves with everything good but what is said otherwise. */
function sixHaves(n: number, values: Readonly<Record<string, string | number>> = {}): ChecklistFillRequest {
  const lines = FIRST_TEMPLATES['six-haves']?.lines ?? []
  return {
    key: keyOf(n),
    template: 'six-haves',
    version: 1,
    station: STATION,
    filledAt: new Date(nowMs).toISOString(),
    answers: lines
      .filter(({ id, isOptional }) => isOptional !== true || id in values)
      .map(({ id }) => ({ line: id, value: values[id] ?? GOOD[id] ?? 'pass', photos: 0 })),
  }
}
const orders = async (): Promise<WorkOrder[]> =>
  (await bench.orders.list(MANAGER, { choice: 'all', sort: 'newest', limit: 500 })).orders
const fill = (request: ChecklistFillRequest, person: Person = KEEPER) => checklists.submit(person, request)

describe('a failed line', () => {
  test('opens one order with the words of the checklist and the note, and a passed one none', async () => {
    const request = sixHaves(1, { seats: 'fail' })
    const noted = request.answers.map(answer =>
      answer.line === 'seats' ? { ...answer, note: '两把椅子坏了' } : answer,
    )
    const { fill: kept, isNew } = await fill({ ...request, answers: noted })
    expect(isNew).toBe(true)
    expect(kept.failed).toBe(1)
    const [order, ...others] = await orders()
    expect(others).toEqual([])
    expect(order).toMatchObject({
      source: 'checklist',
      severity: 'P3',
      station: STATION,
      titleZh: '“六有”检查：桌椅够用、完好、干净',
    })
    expect(kept.answers.find(({ line }) => line === 'seats')).toMatchObject({ failed: true, workOrder: order?.id })
    const { history } = await bench.orders.detail(MANAGER, order?.id ?? '')
    expect(history[0]).toMatchObject({ act: 'create', note: '两把椅子坏了', actorName: KEEPER.name })
  })

  test('opens its order once, however often a phone sends it again, also after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            n: fc.integer({ min: 1, max: 3 }),
            isRestart: fc.boolean(),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.subarray(['seats', 'sign', 'sockets', 'rules'], { minLength: 1 }),
        async (sendings, failing) => {
          for (const { n, isRestart } of sendings) {
            await fill(sixHaves(n, Object.fromEntries(failing.map(line => [line, 'fail']))))
            if (isRestart) {
              await bench.db.destroy()
              await open()
            }
          }
          const made = await orders()
          const distinct = new Set(sendings.map(({ n }) => n)).size
          expect(made).toHaveLength(failing.length)
          expect((await listFills(bench.db, MANAGER, { limit: 50 })).fills).toHaveLength(distinct)
          // A line that another inspection found joins: its history says so once for each of them.
          for (const { id } of made) {
            const { history } = await bench.orders.detail(MANAGER, id)
            expect(history.filter(({ act }) => act === 'create' || act === 'join')).toHaveLength(distinct)
          }
          for (const table of ['checklist_answer', 'checklist_fill', 'work_order_step', 'work_order'] as const)
            await bench.db.deleteFrom(table).execute()
        },
      ),
      { numRuns: 15 },
    )
  })

  test('sent twice at the same moment, opens one', async () => {
    const sent = await Promise.all([1, 1, 1, 1].map(n => fill(sixHaves(n, { sign: 'fail' }))))
    expect(sent.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await orders()).toHaveLength(1)
  })

  test('of an appliance joins the order that its alert made', async () => {
    await checklists.templates.put('fridge', { ...fridgeCheck(), replaces: 0 }, MANAGER)
    await bench.alerts.apply([fridgeTransition('raised', FRIDGE, 'P1')], async () => {})
    await bench.orders.sweep()
    const request = { ...sixHaves(5), template: 'fridge', answers: [{ line: 'cold', value: 'fail', photos: 0 }] }
    const { fill: kept } = await fill(request)
    const made = await orders()
    expect(made).toHaveLength(1)
    expect(kept.answers[0]?.workOrder).toBe(made[0]?.id)
    expect(made[0]?.source).toBe('alert')
  })

  test('that a phone sends days late, of what was repaired meanwhile, opens nothing', async () => {
    const seenAt = new Date(nowMs).toISOString()
    await fill(sixHaves(1, { seats: 'fail' }))
    const [{ id } = { id: '' }] = await orders()
    for (const act of ['accept', 'arrive', 'finish'] as const) {
      nowMs += HOUR_MS
      const { revision } = await bench.orders.detail(OTHER, id)
      await bench.orders.act(OTHER, id, { act, revision })
    }
    const { revision } = await bench.orders.detail(MANAGER, id)
    await bench.orders.act(MANAGER, id, { act: 'verify', revision })
    nowMs += HOUR_MS
    const { fill: late } = await fill({ ...sixHaves(2, { seats: 'fail' }), filledAt: seenAt })
    expect(late.answers.find(({ line }) => line === 'seats')?.workOrder).toBe(id)
    expect((await orders()).map(({ state }) => state)).toEqual(['verified'])
    // What is seen again afterwards is a fault again.
    await fill(sixHaves(3, { seats: 'fail' }))
    expect((await orders()).map(({ state }) => state)).toEqual(['open'])
  })
})

const fridgeCheck = () => ({
  titleZh: '冰箱',
  titleEn: 'Fridge',
  use: 'inspection' as const,
  lines: [
    {
      id: 'cold',
      type: 'pass_fail' as const,
      labelZh: '够冷',
      labelEn: 'Cold enough',
      severity: 'P2' as const,
      applianceKind: 'fridge' as const,
    },
  ],
})

describe('what cannot be', () => {
  test.each([
    ['a line without an answer', { answers: [] }, 'line sign: expected an answer'],
    [
      'a line that is not in it',
      (r: ChecklistFillRequest) => ({ answers: [...r.answers, { line: 'x', value: 'pass', photos: 0 }] }),
      'has no line x',
    ],
    [
      'an answer of another type',
      (r: ChecklistFillRequest) => ({ answers: r.answers.map(a => (a.line === 'sign' ? { ...a, value: 3 } : a)) }),
      'line sign: expected an answer of its type',
    ],
    ['a station that is not there', { station: 'nowhere' }, 'there is no station nowhere'],
    ['a station of another district', { station: 'yuzhong-1' }, 'there is no station yuzhong-1'],
    ['a version that was never made', { version: 2 }, 'no version 2'],
    ['an order that is not there', { workOrder: 'none' }, 'no work order none'],
  ])('%s is refused by name and leaves nothing', async (_what, change, says) => {
    const request = sixHaves(1, { seats: 'fail' })
    const wrong = { ...request, ...(typeof change === 'function' ? change(request) : change) }
    await expect(fill(wrong)).rejects.toThrow(says)
    expect(await orders()).toEqual([])
    expect((await listFills(bench.db, MANAGER, { limit: 5 })).fills).toEqual([])
  })

  test("another person's key is no key for mine", async () => {
    await fill(sixHaves(1))
    await expect(fill(sixHaves(1), OTHER)).rejects.toThrow('another checklist has it')
  })
})

test('a range fails outside both ends, not on them', async () => {
  for (const [n, [value, failed]] of (
    [
      [9.9, 1],
      [10, 0],
      [30, 0],
      [30.1, 1],
    ] as const
  ).entries())
    expect((await fill(sixHaves(n, { room_temperature: value }))).fill.failed).toBe(failed)
})

test('a checklist is changed by making its next version; what was filled in keeps its own words', async () => {
  await fill(sixHaves(1))
  const request = { ...fridgeCheck(), titleEn: 'New words', replaces: 1 }
  expect((await checklists.templates.put('six-haves', request, MANAGER)).version).toBe(2)
  await expect(checklists.templates.put('six-haves', { ...request, titleZh: '别的' }, MANAGER)).rejects.toThrow(
    'is at version 2',
  )
  const [kept] = (await listFills(bench.db, MANAGER, { limit: 5 })).fills
  expect(kept?.titleEn).toBe('“Six haves” inspection')
  const offered = await checklists.templates.list({ use: 'inspection', withRetired: false })
  expect(offered.map(({ id, version }) => `${id} ${version}`)).toEqual(['six-haves 2'])
  // A phone that was offline has the old version still.
  expect((await fill(sixHaves(2))).isNew).toBe(true)
  // The next start puts nothing back.
  await checklists.templates.start()
  expect((await checklists.templates.list({ use: 'inspection', withRetired: false }))[0]?.version).toBe(2)
})

test('the history is read a page at a time, newest first, each once, own districts alone', async () => {
  for (let n = 1; n <= 5; n += 1) {
    if (n % 2 === 0) nowMs += 1_000
    await fill(sixHaves(n))
  }
  const keys: string[] = []
  let after: string | undefined
  do {
    const page: Awaited<ReturnType<typeof listFills>> = await listFills(bench.db, MANAGER, {
      limit: 2,
      after,
      station: STATION,
    })
    keys.push(...page.fills.map(({ key }) => key))
    after = page.next
  } while (after !== undefined)
  expect(keys).toEqual([5, 4, 3, 2, 1].map(keyOf))
  expect((await listFills(bench.db, { ...MANAGER, districts: ['500103'] }, { limit: 5 })).fills).toEqual([])
})

test('a picture comes once into its place, and only where one was announced', async () => {
  const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  const request = sixHaves(1)
  await fill({ ...request, answers: [...request.answers, { line: 'front', photos: 1 }] })
  const place = { key: request.key, line: 'front', n: 1 }
  await checklists.addPhoto(KEEPER, place, jpeg)
  const kept = await checklists.addPhoto(KEEPER, place, jpeg)
  const answer = kept.answers.find(({ line }) => line === 'front')
  expect(answer).toMatchObject({ photosMissing: 0 })
  expect(answer?.photos).toHaveLength(1)
  const name = answer?.photos[0]?.split('/').at(-1) ?? ''
  expect((await checklists.readPhoto(MANAGER, request.key, name)).length).toBeGreaterThan(100)
  await expect(checklists.addPhoto(KEEPER, { ...place, n: 2 }, jpeg)).rejects.toThrow('announced no picture 2')
  await expect(checklists.addPhoto(OTHER, { ...place, n: 1 }, jpeg)).rejects.toThrow('whoever filled')
  await expect(checklists.readPhoto({ ...MANAGER, districts: ['500103'] }, request.key, name)).rejects.toThrow(
    'no checklist',
  )
})
