import type { DatabaseSync } from 'node:sqlite'

export const MARK_TABLE = 'CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT;'

/** Marks kept; beyond them the oldest are forgotten (chosen: three for each station of a large city). */
export const MAX_MARKS = 30_000

/** Remembers by name that something was done or seen, and when. */
export interface MarkBook {
  /** When it was marked, in ms since 1970; undefined: it was not. */
  at: (name: string) => number | undefined
  /** Marks it, unless it is marked already; true when it was not. */
  set: (name: string, atMs: number) => boolean
  clear: (name: string) => void
  /** How many whose name begins so were marked at `sinceMs` or later. */
  count: (prefix: string, sinceMs: number) => number
}

export function createMarkBook(db: DatabaseSync): MarkBook {
  const find = db.prepare('SELECT at_ms FROM mark WHERE name = ?')
  const put = db.prepare('INSERT INTO mark (name, at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const remove = db.prepare('DELETE FROM mark WHERE name = ?')
  const count = db.prepare('SELECT count(*) AS n FROM mark WHERE substr(name, 1, length(?1)) = ?1 AND at_ms >= ?2')
  const trim = db.prepare(
    `DELETE FROM mark WHERE name IN (SELECT name FROM mark ORDER BY at_ms DESC LIMIT -1 OFFSET ${MAX_MARKS})`,
  )
  return {
    at: name => find.get(name)?.['at_ms'] as number | undefined,
    set: (name, atMs) => {
      const isNew = put.run(name, atMs).changes === 1
      if (isNew) trim.run()
      return isNew
    },
    clear: name => void remove.run(name),
    count: (prefix, sinceMs) => Number(count.get(prefix, sinceMs)?.['n']),
  }
}
