import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isCorrupt } from './sqlite-error.ts'

/** Tables as they are in a file of this version, with the columns to take over; `reading` is the one that is counted. */
const TABLES = {
  series: 'id, device, metric, time_ms, value, raw, total',
  boot: 'id, name, anchor_ms',
  held: 'id, series, boot, up_ms, value',
  reading: 'id, series, time_ms, value',
  message: 'id, fingerprint, client, at_ms',
  sqlite_sequence: 'name, seq',
} as const

/**
 * Copies into `fresh`, which is empty, what can be read of the damaged file `aside`; says how many readings. Each table is
 * read from its beginning up to the damage, and from its end back to it.
 *
 * A file of another version, or one of which nothing can be read, gives 0: it stays aside for whoever can.
 */
export function salvage(aside: string, fresh: DatabaseSync): number {
  let old: DatabaseSync
  try {
    old = new DatabaseSync(aside, { readOnly: true })
  } catch {
    return 0 // no database at all: what could be said is said by whoever found it damaged
  }
  let saved = 0
  fresh.exec('BEGIN IMMEDIATE')
  try {
    for (const [table, columns] of Object.entries(TABLES)) {
      const marks = columns.replaceAll(/\w+/g, '?')
      const verb = table === 'sqlite_sequence' ? 'INSERT' : 'INSERT OR IGNORE'
      const insert = fresh.prepare(`${verb} INTO ${table} (${columns}) VALUES (${marks})`)
      let copied = 0
      for (const order of ['ASC', 'DESC']) {
        copied += copyRows(old, insert, `SELECT ${columns} FROM ${table} ORDER BY rowid ${order}`)
      }
      if (table === 'reading' || table === 'held') saved += copied
    }
    fresh.exec('COMMIT')
  } catch (error) {
    fresh.exec('ROLLBACK')
    throw error
  } finally {
    old.close()
  }
  return saved
}

/** Rows that were new, until the damage. */
function copyRows(old: DatabaseSync, insert: StatementSync, query: string): number {
  let copied = 0
  let rows: Iterator<Record<string, unknown>>
  try {
    rows = old.prepare(query).iterate()
  } catch {
    return 0 // the table is not there, or not to be found
  }
  for (;;) {
    let row: Record<string, unknown>
    try {
      const next = rows.next()
      if (next.done === true) return copied
      row = next.value
    } catch (error) {
      if (isCorrupt(error)) return copied
      throw error
    }
    try {
      copied += Number(insert.run(...(Object.values(row) as never[])).changes)
    } catch {
      continue // a row that the damage made senseless
    }
  }
}
