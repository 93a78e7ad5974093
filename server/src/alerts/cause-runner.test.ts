import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAlerts } from '../../test/seeded-alerts.ts'
import type { HeardStatus } from '../ingest/gateway-statuses.ts'
import { loadDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Alerts } from './alerts.ts'
import { type CauseRunner, type CauseRunnerDeps, createCauseRunner } from './cause-runner.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const everyone = { login: 'chief', name: 'Chief', role: 'administrator' as const, districts: [] }

let dir: string
let db: RegistryDb
let alerts: Alerts
let runner: CauseRunner
let now: number
let isListening: boolean
let statuses: Map<string, HeardStatus>

const reading = (device = 'yubei-fridge-temp'): Reading => ({
  device,
  metric: 'temperature',
  value: 4,
  timeMs: now,
})
async function openRunner(
  newest: Reading[],
  applyFindings?: CauseRunnerDeps['alerts']['applyFindings'],
): Promise<void> {
  runner = createCauseRunner({
    db,
    alerts: applyFindings === undefined ? alerts : { applyFindings, sweep: alerts.sweep },
    directory: await loadDirectory(db),
    gatewayStatus: gateway => statuses.get(gateway),
    isListening: () => isListening,
    isOpen: () => true,
    lookEveryMs: HOUR_MS,
    nowMs: () => now,
    log: pino({ level: 'silent' }),
  })
  await runner.start(newest)
}
const standing = async () =>
  (await alerts.list(everyone, { state: 'standing', limit: 100 })).alerts.map(({ rule, state }) => `${rule} ${state}`)

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-causes-'))
  now = Date.UTC(2026, 6, 30, 4)
  isListening = true
  statuses = new Map()
  ;({ db, alerts } = await openAlerts(dir, () => now))
  await openRunner([])
})
afterEach(async () => {
  await runner.stop()
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

test('silence is a gateway’s when we listen, and our own while the broker is away', async () => {
  runner.take([reading()])
  await runner.look()
  isListening = false
  now += 3 * HOUR_MS
  await runner.look()
  isListening = true
  now += 4 * MINUTE_MS
  await runner.look()
  expect(await standing()).toEqual([])
  now += 2 * MINUTE_MS
  await runner.look()
  expect(await standing()).toEqual(['gateway_offline raised'])
})

test('what was silent before a restart is not silent because of it, and what stood goes on standing', async () => {
  runner.take([reading(), reading('yuzhong-room')])
  statuses.set('gw-yubei-1', { status: { online: false }, receivedAtMs: now + 1 })
  now += 20 * MINUTE_MS
  runner.take([reading('yuzhong-room')])
  await runner.look()
  expect(await standing()).toEqual(['gateway_offline raised'])
  await runner.stop()
  now += 10 * HOUR_MS
  const before = now - 10 * HOUR_MS
  await openRunner([
    { ...reading(), timeMs: before - 20 * MINUTE_MS },
    { ...reading('yuzhong-room'), timeMs: before },
  ])
  await runner.look()
  expect(await standing()).toEqual(['gateway_offline raised'])
  runner.take([reading()])
  await runner.look()
  expect(await standing()).toEqual([])
})

test('a registry that is away for a while loses no finding, and doubles none', async () => {
  await runner.stop()
  let failures = 2
  await openRunner([], async findings => {
    failures -= 1
    if (failures >= 0) throw new Error('the disk is full')
    await alerts.applyFindings(findings)
  })
  runner.take([reading()])
  await runner.look()
  now += 20 * MINUTE_MS
  for (let looks = 0; looks < 3; looks += 1) {
    await runner.look()
    now += MINUTE_MS
  }
  expect(await standing()).toEqual(['gateway_offline raised'])
})
