import { HALF_HOUR_MS, type ShiftAct } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { KeeperTables } from '../registry/keeper-tables.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { recordOf } from './rota-row.ts'
import { type Acting, type ShiftRecord, afterAct } from './shift-machine.ts'

type Row = KeeperTables['shift']

/** A shift to be. */
export interface NewShift {
  id: string
  station: string
  district: string
  fromMs: number
  toMs: number
  pattern?: { id: string; day: string } | undefined
  person?: string | undefined
}

/** Who writes, and when. */
export interface Writing {
  /** Login. */
  actor: string
  atMs: number
}

/**
 * Makes a shift, in the transaction of its caller. Of a pattern's day that there is already nothing is made.
 *
 * @returns whether it was made.
 * @throws ApiProblem `conflict` when the person is not free.
 */
export async function makeShift(tx: RegistryDb, shift: NewShift, { actor, atMs }: Writing): Promise<boolean> {
  const { id, station, district, fromMs, toMs, pattern, person } = shift
  const made = await tx
    .insertInto('shift')
    .values({
      id,
      station,
      district,
      from_ms: fromMs,
      to_ms: toMs,
      pattern: pattern?.id ?? null,
      day: pattern?.day ?? null,
      person: person ?? null,
      is_offered: 0,
      taken_by: null,
      checked_in_ms: null,
      shown_by: null,
      checked_out_ms: null,
      cancelled_at_ms: null,
      revision: 1,
    })
    .onConflict(conflict => conflict.columns(['pattern', 'day']).doNothing())
    .executeTakeFirst()
  if (made.numInsertedOrUpdatedRows !== 1n) return false
  await tx
    .insertInto('shift_act')
    .values({ shift: id, revision: 1, act: 'made', person: person ?? null, actor, at_ms: atMs })
    .execute()
  if (person !== undefined) await takeTime(tx, id, { person, fromMs, toMs })
  return true
}

/**
 * One act on a shift, in the transaction of its caller, with its line in the history (`login`: whose) and the person's time.
 *
 * @throws ApiProblem `conflict` when it cannot be, or the person is not free.
 */
export async function changeShift(tx: RegistryDb, row: Row, acting: Acting & { login: string }): Promise<void> {
  const outcome = afterAct(recordOf(row), acting)
  if (!outcome.ok) throw new ApiProblem('conflict', outcome.reason)
  await writeShift(tx, row, { next: outcome.shift, act: acting.act, actor: acting.login, atMs: acting.atMs })
}

interface Step extends Writing {
  next: ShiftRecord
  act: ShiftAct
}

/** Writes a shift as it now is; somebody who was faster is not written over. */
async function writeShift(tx: RegistryDb, row: Row, { next, act, actor, atMs }: Step): Promise<void> {
  const revision = row.revision + 1
  const { numUpdatedRows } = await tx
    .updateTable('shift')
    .set({
      person: next.person ?? null,
      is_offered: next.isOffered ? 1 : 0,
      taken_by: next.takenBy ?? null,
      checked_in_ms: next.checkedInMs ?? null,
      shown_by: next.shownBy ?? null,
      checked_out_ms: next.checkedOutMs ?? null,
      cancelled_at_ms: next.isCancelled ? (row.cancelled_at_ms ?? atMs) : null,
      revision,
    })
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new ApiProblem('conflict', 'somebody was faster')
  const person = next.person ?? null
  await tx.insertInto('shift_act').values({ shift: row.id, revision, act, person, actor, at_ms: atMs }).execute()
  if (next.person === (row.person ?? undefined) && !next.isCancelled) return
  await tx.deleteFrom('shift_half_hour').where('shift', '=', row.id).execute()
  if (next.person !== undefined && !next.isCancelled) await takeTime(tx, row.id, { ...next, person: next.person })
}

/** Whether a person has no shift in a stretch of time. */
export async function isFree(
  tx: RegistryDb,
  { person, fromMs, toMs }: { person: string; fromMs: number; toMs: number },
): Promise<boolean> {
  const taken = await tx
    .selectFrom('shift_half_hour')
    .select('shift')
    .where('person', '=', person)
    .where('half_hour', '>=', Math.floor(fromMs / HALF_HOUR_MS))
    .where('half_hour', '<', Math.ceil(toMs / HALF_HOUR_MS))
    .limit(1)
    .executeTakeFirst()
  return taken === undefined
}

/** A person's half hours are theirs once: the table's key refuses what this look has not seen. */
async function takeTime(
  tx: RegistryDb,
  shift: string,
  { person, fromMs, toMs }: { person: string; fromMs: number; toMs: number },
): Promise<void> {
  if (!(await isFree(tx, { person, fromMs, toMs })))
    throw new ApiProblem('conflict', 'this person has another shift at that time')
  const halfHours: KeeperTables['shift_half_hour'][] = []
  for (let half = Math.floor(fromMs / HALF_HOUR_MS); half < Math.ceil(toMs / HALF_HOUR_MS); half += 1)
    halfHours.push({ person, half_hour: half, shift })
  await tx.insertInto('shift_half_hour').values(halfHours).execute()
}
