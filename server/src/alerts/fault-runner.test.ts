import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fridgeTransition, openAlerts } from '../../test/seeded-alerts.ts'
import type { FaultInput, FaultTransition } from '../faults/transition.ts'
import { loadDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Alerts } from './alerts.ts'
import { type FaultRunner, type RememberingEngine, createFaultRunner } from './fault-runner.ts'

const everyone = { login: 'chief', name: 'Chief', role: 'administrator' as const, districts: [] }

/** An engine that raises at the third warm reading of a device: enough to see what is fed, saved and given back. */
function createCountingEngine(): RememberingEngine & { inputs: FaultInput[] } {
  const counts = new Map<string, number>()
  const inputs: FaultInput[] = []
  return {
    inputs,
    step: input => {
      inputs.push(input)
      if (input.metric !== 'temperature') return []
      const count = (counts.get(input.device) ?? 0) + 1
      counts.set(input.device, count)
      return count === 3 ? [fridgeTransition('raised', input.appliance)] : ([] as FaultTransition[])
    },
    advance: () => [],
    snapshot: device => counts.get(device),
    restore: (device, state) => {
      if (typeof state === 'number') counts.set(device, state)
      return typeof state === 'number'
    },
  }
}

let dir: string
let db: RegistryDb
let alerts: Alerts
let engine: ReturnType<typeof createCountingEngine>
let runner: FaultRunner
const now = Date.UTC(2026, 6, 30, 4)

async function openRunner(apply?: Alerts['apply']): Promise<void> {
  engine = createCountingEngine()
  runner = createFaultRunner({
    db,
    engine,
    alerts: apply === undefined ? alerts : { apply },
    directory: await loadDirectory(db),
    isOpen: () => true,
    nowMs: () => now,
    log: pino({ level: 'silent' }),
  })
  await runner.start()
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-faults-'))
  ;({ db, alerts } = await openAlerts(dir, () => now))
  await openRunner()
})

afterEach(async () => {
  await runner.stop()
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const warm = (ageMs: number, device = 'yuzhong-fridge-temp'): Reading => ({
  device,
  metric: 'temperature',
  timeMs: now - ageMs,
  value: 14,
})
const list = async (state: 'open' | 'all') => (await alerts.list(everyone, { state, limit: 100 })).alerts
const openAlertsNow = () => list('open')

describe('what reaches the engine', () => {
  test('readings of appliances, with appliance and model, and when they arrived: what is late is for the engine to tell', () => {
    runner.take([warm(120_001)], now)
    expect(engine.inputs).toMatchObject([
      {
        timeMs: now - 120_001,
        receivedAtMs: now,
        appliance: 'yuzhong-1-fridge',
        applianceKind: 'fridge',
        model: 'fast-fridge',
      },
    ])
  })

  test('readings of devices that watch the station itself, as the station’s', () => {
    runner.take([warm(0, 'yuzhong-room')], now)
    expect(engine.inputs).toMatchObject([
      { appliance: 'yuzhong-1', applianceKind: 'station', station: 'yuzhong-1', isOpen: true },
    ])
  })

  test('nothing of devices that are not registered', () => {
    runner.take([warm(0, 'a-stranger')], now)
    expect(engine.inputs).toEqual([])
  })
})

describe('what the engine remembers', () => {
  test('a restart goes on with a running hold', async () => {
    runner.take([warm(2), warm(1)], now)
    await runner.stop()
    await openRunner()
    runner.take([warm(0)], now)
    await vi.waitFor(async () => expect(await openAlertsNow()).toHaveLength(1))
  })

  test('is saved within about a second, without waiting for a stop', async () => {
    runner.take([warm(0)], now)
    await vi.waitFor(
      async () =>
        expect(await db.selectFrom('fault_state').select(['key', 'state']).execute()).toEqual([
          { key: 'yuzhong-fridge-temp', state: '1' },
        ]),
      { timeout: 3_000 },
    )
  })

  test('of a device that is no more, or that cannot be read, costs nobody else anything', async () => {
    runner.take([warm(2), warm(1)], now)
    await runner.stop()
    const row = (key: string, state: string) => ({ key, state, saved_at_ms: now })
    await db
      .insertInto('fault_state')
      .values([row('gone', '1'), row('yubei-fridge-temp', '{cut'), row('yuzhong-room', '"what?"')])
      .execute()
    await openRunner()
    runner.take([warm(0)], now)
    await vi.waitFor(async () => expect(await openAlertsNow()).toHaveLength(1))
    expect(await db.selectFrom('fault_state').select('key').where('key', '=', 'gone').execute()).toEqual([])
  })
})

test('a registry that is away for a while loses no alert, and doubles none', async () => {
  let failures = 2
  await runner.stop()
  await openRunner(async (...args) => {
    if (failures > 0) {
      failures -= 1
      throw new Error('the disk is full')
    }
    await alerts.apply(...args)
  })
  runner.take([warm(2), warm(1), warm(0)], now)
  await vi.waitFor(async () => expect(await openAlertsNow()).toHaveLength(1), { timeout: 6_000 })
  expect(failures).toBe(0)
  expect(await list('all')).toHaveLength(1)
})
