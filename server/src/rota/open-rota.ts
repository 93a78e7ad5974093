import { timingSafeEqual } from 'node:crypto'
import { errorText } from '@harbor/protocol'
import { createVisitorKeys } from '../feedback/visitor-keys.ts'
import type { Route } from '../http/route.ts'
import type { ManagementDeps } from '../open-management.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readSecret } from '../registry/secret-file.ts'
import { createStock } from '../stock/stock.ts'
import { addDemoKeepers } from './demo-keepers.ts'
import { makeAhead } from './patterns.ts'
import { remind } from './rota-reminders.ts'
import { createRota } from './rota.ts'
import { rotaRoutes } from './rota.routes.ts'

/** How often it is looked who is to be reminded, and where nobody is. */
const LOOK_EVERY_MS = 60_000
const MINUTES_OF_HOUR = 60
const DAY_MS = 24 * 3_600_000
/** Names of volunteers are deleted so long after they left the last rota (the records of service stay without a name). */
const VOLUNTEER_KEPT_MS = 2 * 365 * DAY_MS

/** Rotas as the server runs them. @throws RegistryError `SECRET_MISSING`. */
export async function openRota(
  settings: { secretsDir: string; timeZone: string; demo?: unknown },
  { db, directory, hours, tell, onEvent, nowMs, newId, log }: ManagementDeps,
): Promise<{ routes: Route[]; start: () => Promise<void>; stop: () => Promise<void> }> {
  const { timeZone } = settings
  const keys = createVisitorKeys(await readSecret(settings.secretsDir, 'visitor-key'))
  const isDoorCode = async (tx: RegistryDb, station: string, code: string) => {
    const row = await tx.selectFrom('door_code').select('rotation').where('station', '=', station).executeTakeFirst()
    const [given, expected] = [Buffer.from(code), Buffer.from(keys.doorCode(station, row?.rotation ?? 0))]
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  const deps = { db, directory, hours, tell, isDoorCode, timeZone, nowMs, newId }
  const rota = createRota(deps)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let looks = 0
  const look = async () => {
    if (looks % MINUTES_OF_HOUR === 0) {
      await makeAhead(deps)
      await forgetVolunteers(db, nowMs())
    }
    looks += 1
    await remind({ ...deps, onEvent, log })
  }
  const run = () => {
    running ??= look()
      .catch((error: unknown) => log.warn({ reason: errorText(error) }, 'looking after rotas failed'))
      .finally(() => {
        running = undefined
      })
  }
  return {
    routes: rotaRoutes(rota, deps),
    start: async () => {
      if (settings.demo !== undefined) await addDemoKeepers({ rota, stock: createStock(deps) }, deps)
      timer = setInterval(run, LOOK_EVERY_MS)
      run()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await running
    },
  }
}

/** Deletes names and contacts of volunteers who left long ago. */
export async function forgetVolunteers(db: RegistryDb, atMs: number): Promise<void> {
  const beforeMs = atMs - VOLUNTEER_KEPT_MS
  const old = await db.selectFrom('volunteer').select('id').where('created_at_ms', '<', beforeMs).execute()
  if (old.length === 0) return
  const serving = await db
    .selectFrom('rota_member')
    .select('person')
    .where('person', 'like', 'volunteer:%')
    .where(eb => eb.or([eb('ended_at_ms', 'is', null), eb('ended_at_ms', '>=', beforeMs)]))
    .execute()
  const kept = new Set(serving.map(({ person }) => person))
  for (const { id } of old)
    if (!kept.has(`volunteer:${id}`)) await db.deleteFrom('volunteer').where('id', '=', id).execute()
}
