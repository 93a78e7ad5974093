import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertView, Fleet } from '@harbor/protocol'
import { type Alerts, createAlerts } from '../src/alerts/alerts.ts'
import type { FaultTransition } from '../src/faults/transition.ts'
import { loadDirectory } from '../src/registry/directory.ts'
import { importFleet } from '../src/registry/fleet-import.ts'
import type { RegistryDb } from '../src/registry/open-registry.ts'
import { openTestRegistry } from './test-registry.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'

/** What the fault engine would say of a fridge that is too warm. */
export function fridgeTransition(
  type: FaultTransition['type'],
  appliance = 'yuzhong-1-fridge',
  severity: FaultTransition['severity'] = 'P2',
): FaultTransition {
  const toMs = Date.UTC(2026, 6, 30, 4)
  return {
    type,
    atMs: toMs,
    device: appliance.startsWith('yubei') ? 'yubei-fridge-temp' : 'yuzhong-fridge-temp',
    appliance,
    rule: 'fridge_too_warm',
    ruleVersion: 1,
    severity,
    evidence: { metric: 'temperature', threshold: 8, observed: 14.2, fromMs: toMs - 3_600_000, toMs },
  }
}

/** Alerts on a real registry with the fleet of the tests, or another. */
export async function openAlerts(
  dataDir: string,
  nowMs: () => number,
  fleet: Fleet = twoDistrictFleet(),
): Promise<{ db: RegistryDb; alerts: Alerts }> {
  const db = await openTestRegistry(dataDir)
  await importFleet(db, fleet, () => undefined)
  const rules = [{ id: 'fridge_too_warm', scope: 'appliance' as const }]
  const alerts = createAlerts({ db, directory: await loadDirectory(db), rules, nowMs, newId: randomUUID })
  await alerts.start()
  return { db, alerts }
}

/** A data folder whose registry has one open alert in each district. */
export async function dataDirWithAlerts(): Promise<{ dataDir: string; yuzhong: AlertView; yubei: AlertView }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-server-'))
  const { db, alerts } = await openAlerts(dataDir, Date.now)
  const raised: AlertView[] = []
  alerts.onChanged(alert => raised.push(alert))
  await alerts.apply([fridgeTransition('raised'), fridgeTransition('raised', 'yubei-1-fridge')], async () => {})
  await db.destroy()
  return { dataDir, yuzhong: raised[0] as AlertView, yubei: raised[1] as AlertView }
}
