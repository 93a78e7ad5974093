import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person, Reading } from '@harbor/protocol'
import { fleetSchema } from '@harbor/protocol'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { createDuckdbStore } from '../telemetry/duckdb-store.ts'
import { savingOf } from './automated.ts'
import { DAY_MS, HOUR_MS } from './local-day.ts'

const OFF_MS = Date.UTC(2026, 9, 20, 12)
const PLUG = { id: 'plug', gateway: 'gw-yuzhong-1', vendor: 'shelly', address: 'p', appliance: 'yuzhong-1-fridge' }
const city: Person = { login: 'c', name: 'c', role: 'manager', districts: [] }

test('what a program switched off saves what the hours usually took; what a person switched, or is another’s, does not count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-saving-'))
  const db = await openTestRegistry(folder)
  const log = pino({ level: 'silent' })
  const store = createDuckdbStore({ file: join(folder, 't.duckdb'), memoryLimitMb: 256, threads: 1 }, { log })
  onTestFinished(async () => {
    await store.stop()
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  await store.start()
  const known = twoDistrictFleet()
  await importFleet(db, fleetSchema.parse({ ...known, devices: [...known.devices, PLUG] }), () => 'ab'.repeat(32))
  // 0.5 kWh an hour for ten days, and nothing from the command on.
  const readings: Reading[] = []
  for (let step = -10 * 24 * 4; step <= 8 * 4; step++)
    readings.push({
      device: 'plug',
      metric: 'energy',
      timeMs: OFF_MS + step * (HOUR_MS / 4) - 60_000,
      value: 100_000 + Math.min(step, 0) * 125,
    })
  await store.write(readings)
  const period = { region: undefined, fromMs: OFF_MS - DAY_MS, toMs: OFF_MS + 8 * HOUR_MS }
  const command = (id: string, by: string, [action, atMs]: ['relay-on' | 'relay-off', number]) => ({
    id,
    device: 'plug',
    gateway: 'gw-yuzhong-1',
    station: 'yuzhong-1',
    district: '500103',
    action,
    state: 'done' as const,
    reason: null,
    requested_by: by,
    requested_at_ms: atMs,
    expires_at_ms: atMs,
    finished_at_ms: atMs,
  })
  await db
    .insertInto('command')
    .values(command('a', 'wang', ['relay-off', OFF_MS]))
    .execute()
  expect((await savingOf({ db, store }, city, period)).commands).toBe(0)
  await db
    .insertInto('command')
    .values([
      command('b', 'service:night', ['relay-off', OFF_MS]),
      command('c', 'wang', ['relay-on', OFF_MS + 4 * HOUR_MS]),
    ])
    .execute()
  const saving = await savingOf({ db, store }, city, period)
  expect(saving.commands).toBe(1)
  expect(saving.savedKWh).toBeCloseTo(2)
  expect((await savingOf({ db, store }, { ...city, districts: ['500112'] }, period)).commands).toBe(0)
})
