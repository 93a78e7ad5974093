import { setImmediate } from 'node:timers/promises'
import { REGISTER_FIELDS, type RegisterChange, type RegisterField } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import { type StationRow, type WantedStation, columnsOf, fieldText, wantedOf } from './register-row.ts'

type Tx = Kysely<RegistryTables>

/** Who changes it, and how. */
export interface ChangeOrigin {
  /** Login. */
  actor: string
  origin: RegisterChange['origin']
  atMs: number
}

export interface Difference {
  field: RegisterField
  before: string | undefined
  after: string | undefined
}

/** What would change, field by field; empty: nothing. `before` undefined: the station is new. */
export function differences(before: WantedStation | undefined, after: WantedStation): Difference[] {
  return REGISTER_FIELDS.flatMap(field => {
    const was = before && fieldText(before, field)
    const is = fieldText(after, field)
    return was === is ? [] : [{ field, before: was, after: is }]
  })
}

/** Makes a station as it is wanted and writes every change down; returns whether there was any. */
export async function writeStation(
  tx: Tx,
  row: StationRow,
  { wanted, origin }: { wanted: WantedStation; origin: ChangeOrigin },
): Promise<boolean> {
  const changes = differences(wantedOf(row), wanted)
  if (changes.length === 0) return false
  await tx
    .updateTable('station')
    .set({ ...columnsOf(wanted), revision: row.revision + changes.length })
    .where('id', '=', row.id)
    .execute()
  await tx
    .insertInto('station_change')
    .values(changeRows(row.id, { changes, after: row.revision, origin }))
    .execute()
  return true
}

/** A station that is new. */
export interface NewStation {
  id: string
  district: string
  wanted: WantedStation
}

/** Rows of a statement: with our widest table far below the 32,766 values that SQLite takes. */
const ROWS_PER_STATEMENT = 500

/** Registers planned stations, with all that is known of them as their first changes and the first step of their lives. */
export async function addStations(tx: Tx, added: readonly NewStation[], origin: ChangeOrigin): Promise<void> {
  const { actor, atMs } = origin
  for (const part of chunks(added)) {
    const rows = part.map(({ id, district, wanted }) => ({
      id,
      district,
      wanted,
      changes: differences(undefined, wanted),
    }))
    await tx
      .insertInto('station')
      .values(
        rows.map(({ id, district, wanted, changes }) => ({
          id,
          district,
          ...columnsOf(wanted),
          state: 'planned' as const,
          state_since_ms: atMs,
          revision: changes.length,
        })),
      )
      .execute()
    await tx
      .insertInto('station_step')
      .values(
        rows.map(({ id }) => ({
          station: id,
          seq: 1,
          at_ms: atMs,
          actor,
          from_state: null,
          to_state: 'planned' as const,
          reason: origin.origin === 'import' ? 'import' : 'new',
        })),
      )
      .execute()
    const changes = rows.flatMap(({ id, changes: first }) => changeRows(id, { changes: first, after: 0, origin }))
    for (const some of chunks(changes)) await tx.insertInto('station_change').values(some).execute()
    // Others have their turn: thousands of rows in one go would hold up the whole server.
    await setImmediate()
  }
}

function changeRows(
  station: string,
  {
    changes,
    after,
    origin: { actor, origin, atMs },
  }: { changes: readonly Difference[]; after: number; origin: ChangeOrigin },
) {
  return changes.map(({ field, before, after: is }, index) => ({
    station,
    seq: after + index + 1,
    at_ms: atMs,
    actor,
    origin,
    field,
    before: before ?? null,
    after: is ?? null,
  }))
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) yield rows.slice(from, from + ROWS_PER_STATEMENT)
}
