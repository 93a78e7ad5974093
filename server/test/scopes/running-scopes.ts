import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importFleet } from '../../src/registry/fleet-import.ts'
import { type RegistryDb, openRegistry } from '../../src/registry/open-registry.ts'
import { openTestRegistry } from '../test-registry.ts'
import { type RunningServer, startServer } from '../running-server.ts'
import { addFleetRecords } from './fleet-records.ts'
import { addManagementRecords } from './management-records.ts'
import { addFigures } from './scope-figures.ts'
import { addEverybody, addLookedAfter } from './scope-people.ts'
import { addRecords, scopeFleet, staffOnly } from './scope-records.ts'

/** A real server with everybody signed in and a record of each kind at each place. */
export async function startScopes(): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-scopes-'))
  await fill(await openTestRegistry(dataDir))
  return startServer({ dataDir, fleet: scopeFleet() })
}

/** The same with its registry in a file, whatever this run tests on. */
export async function startFileScopes(): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-scopes-'))
  await fill(await openRegistry(join(dataDir, 'registry.sqlite')))
  return startServer({ dataDir, fleet: scopeFleet(), env: { DATABASE_URL: '' } })
}

async function fill(db: RegistryDb): Promise<void> {
  const nowMs = Date.now()
  await importFleet(db, scopeFleet(), () => undefined)
  await addEverybody(db, nowMs)
  await addLookedAfter(db, place => staffOnly(place, 'person'))
  await addRecords(db, nowMs)
  await addManagementRecords(db, nowMs)
  await addFleetRecords(db, nowMs)
  await addFigures(db, nowMs)
  await db.destroy()
}
