import type { DatabaseSync } from 'node:sqlite'
import type { Boot, HeldReading } from './outbox.ts'
import type { SeriesBook } from './series.ts'

/** Readings without a date, in the caller's transactions. */
export interface HeldReadings {
  add: (reading: HeldReading) => void
  /** Ends the holding of all up to this id; says of how many. */
  release: (upToId: number) => number
  first: (limit: number) => (HeldReading & { id: number })[]
  count: () => number
  boots: () => (Boot & { lastUpMs: number })[]
  noteBoot: (boot: Boot) => void
  /** Moves dated readings back here; says how many. */
  undate: (wrong: { beyondMs: number; boot: string; anchorMs: number }) => number
}

export function createHeldReadings(db: DatabaseSync, series: SeriesBook): HeldReadings {
  const sql = {
    insert: db.prepare('INSERT INTO held (series, boot, up_ms, value) VALUES (?, ?, ?, ?)'),
    release: db.prepare('DELETE FROM held WHERE id <= ?'),
    first: db.prepare(
      `SELECT h.id, h.series, b.name, h.up_ms, h.value FROM held h JOIN boot b ON b.id = h.boot ORDER BY h.id LIMIT ?`,
    ),
    count: db.prepare('SELECT count(*) AS n FROM held'),
    boots: db.prepare(
      `SELECT b.name, b.anchor_ms, max(h.up_ms) AS last_up_ms FROM held h JOIN boot b ON b.id = h.boot
       GROUP BY b.id ORDER BY b.id`,
    ),
    noteBoot: db.prepare(
      `INSERT INTO boot (name, anchor_ms) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET anchor_ms = coalesce(excluded.anchor_ms, anchor_ms)`,
    ),
    bootId: db.prepare('SELECT id FROM boot WHERE name = ?'),
    // Under ids before all that is held: they were measured before it.
    undate: db.prepare(
      `INSERT INTO held (id, series, boot, up_ms, value)
       SELECT (SELECT coalesce(min(id), 1) FROM held) - 1 - (SELECT max(id) FROM reading) + id,
         series, :boot, max(0, time_ms - :anchor), value
       FROM reading WHERE time_ms > :beyond ORDER BY id`,
    ),
    drop: db.prepare('DELETE FROM reading WHERE time_ms > ?'),
    // What was sent of them the server refused for its date: it is as if it had never been.
    newest: db.prepare(
      `UPDATE series SET time_ms = n.time_ms, value = n.value
       FROM (SELECT s.id, max(r.time_ms) AS time_ms, r.value FROM series s LEFT JOIN reading r ON r.series = s.id
             WHERE s.time_ms > ? GROUP BY s.id) n WHERE n.id = series.id`,
    ),
  }
  // Starts whose readings are all dated.
  db.exec('DELETE FROM boot WHERE id NOT IN (SELECT boot FROM held)')
  const bootIds = new Map<string, number>()

  const bootIdOf = (name: string): number => {
    const known = bootIds.get(name) ?? sql.bootId.get(name)?.['id']
    if (typeof known !== 'number') throw new Error(`held: no start of the machine called ${name} was noted`)
    bootIds.set(name, known)
    return known
  }
  return {
    add: ({ device, metric, value, boot, upMs }) =>
      void sql.insert.run(series.idOf(device, metric), bootIdOf(boot), Math.round(upMs), value),
    release: upToId => Number(sql.release.run(upToId).changes),
    first: limit =>
      sql.first.all(limit).flatMap(row => {
        const name = series.nameOf(Number(row['series']))
        if (name === undefined) return []
        const facts = { id: Number(row['id']), boot: String(row['name']), upMs: Number(row['up_ms']) }
        return [{ ...name, ...facts, value: Number(row['value']) }]
      }),
    count: () => Number(sql.count.get()?.['n']),
    boots: () =>
      sql.boots.all().map(({ name, anchor_ms: anchorMs, last_up_ms: lastUpMs }) => ({
        name: String(name),
        lastUpMs: Number(lastUpMs),
        anchorMs: anchorMs === null ? undefined : Number(anchorMs),
      })),
    noteBoot: ({ name, anchorMs }) => {
      sql.noteBoot.run(name, anchorMs === undefined ? null : Math.round(anchorMs))
    },
    undate: ({ beyondMs, boot, anchorMs }) => {
      const [beyond, anchor] = [Math.round(beyondMs), Math.round(anchorMs)]
      sql.undate.run({ boot: bootIdOf(boot), anchor, beyond })
      const { changes } = sql.drop.run(beyond)
      sql.newest.run(beyond)
      return Number(changes)
    },
  }
}
