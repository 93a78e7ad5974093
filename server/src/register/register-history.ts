import type { RegisterDetail } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** Lines of one answer (protocol, registerDetailSchema). */
const MAX_HISTORY = 500
const MAX_STEPS = 200

function changesOf(db: Kysely<RegistryTables>, station: string) {
  return db
    .selectFrom('station_change')
    .leftJoin('person', 'person.login', 'station_change.actor')
    .selectAll('station_change')
    .select('person.name')
    .where('station', '=', station)
    .orderBy('seq', 'desc')
    .limit(MAX_HISTORY)
}

/** What people changed of a station, newest first. */
export async function historyOf(db: Kysely<RegistryTables>, station: string): Promise<RegisterDetail['history']> {
  const rows = await changesOf(db, station).execute()
  return rows.map(({ seq, at_ms: atMs, actor, name, origin, field, before, after }) => ({
    seq,
    at: new Date(atMs).toISOString(),
    by: name ?? actor,
    origin,
    field,
    ...(before !== null && { before }),
    ...(after !== null && { after }),
  }))
}

/** A station's life so far, newest first. */
export async function stepsOf(db: Kysely<RegistryTables>, station: string): Promise<RegisterDetail['steps']> {
  const rows = await db
    .selectFrom('station_step')
    .leftJoin('person', 'person.login', 'station_step.actor')
    .selectAll('station_step')
    .select('person.name')
    .where('station', '=', station)
    .orderBy('seq', 'desc')
    .limit(MAX_STEPS)
    .execute()
  return rows.map(({ at_ms: atMs, actor, name, from_state: from, to_state: to, reason }) => ({
    at: new Date(atMs).toISOString(),
    by: name ?? actor,
    ...(from !== null && { from }),
    to,
    reason,
  }))
}

/** What to tell somebody whose revision is an old one: who changed what since. */
export async function overtaken(tx: Kysely<RegistryTables>, station: string, revision: number): Promise<ApiProblem> {
  const rows = await changesOf(tx, station).where('seq', '>', revision).execute()
  const who = rows[0]?.name ?? rows[0]?.actor ?? 'somebody'
  const what = rows
    .toReversed()
    .map(({ field, before, after }) => `${field} ${before ?? '-'} → ${after ?? '-'}`)
    .join('; ')
  return new ApiProblem('conflict', `${who} changed it meanwhile: ${what}. Load it again`)
}
