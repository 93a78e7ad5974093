import type { StationView } from '@harbor/protocol'
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AutomationBench, openAutomationBench } from '../../test/automation-fixture.ts'
import { type StationStatuses, createStationStatuses } from './station-statuses.ts'

let bench: AutomationBench
let statuses: StationStatuses
let woken: number
beforeEach(async () => {
  bench = await openAutomationBench()
  await bench.db.deleteFrom('event_feed').execute()
  woken = 0
  open()
})
afterEach(() => bench[Symbol.asyncDispose]())

function open() {
  const { db, clock } = bench
  const log = pino({ level: 'silent' })
  statuses = createStationStatuses({
    db,
    onEvent: () => (woken += 1),
    nowMs: () => clock.nowMs,
    newId: randomUUID,
    log,
  })
}
async function become(...states: StationView['opening']['state'][]) {
  for (const state of states) {
    const names = { id: 'yuzhong-1', district: '500103', nameZh: '渝中一号', nameEn: 'Yuzhong 1' }
    statuses.take([{ ...names, opening: { state } } as StationView])
  }
  await statuses.tell()
}
async function told() {
  const rows = await bench.db.selectFrom('event_feed').select(['station', 'payload']).orderBy('seq').execute()
  return rows.map(({ station, payload }) => {
    const { data } = JSON.parse(payload) as { data: { before: string; status: string } }
    return `${station} ${data.before} ${data.status}`
  })
}

test('a station that opens, closes or is no longer known to be either is told of, each once', async () => {
  for (const state of ['closed', 'open', 'open', 'closing_soon', 'closed', 'unknown'] as const) await become(state)
  expect(await told()).toEqual(['yuzhong-1 closed open', 'yuzhong-1 open closed', 'yuzhong-1 closed unknown'])
  expect(woken).toBe(3)
})

test('what came and went before anybody looked is no news', async () => {
  await become('open')
  await become('closed', 'unknown', 'open')
  expect([await told(), woken]).toEqual([[], 0])
})

test('a restart tells of what changed meanwhile, and of nothing else', async () => {
  await become('open')
  open()
  await become('open')
  expect(await told()).toEqual([])
  open()
  await become('closed')
  expect(await told()).toEqual(['yuzhong-1 open closed'])
})
