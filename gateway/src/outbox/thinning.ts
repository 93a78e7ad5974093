import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { METRICS, METRIC_NAMES } from '@harbor/protocol'

/** Readings given up since the outbox was made, by the kind of their metric. */
export interface Thinned {
  gauge: number
  counter: number
  state: number
}
export type Kind = keyof Thinned

/** Rows looked at in one step; chosen: a step stops the gateway for some 10 ms on a box of the smallest class. */
const STEP_ROWS = 5_000
/** Rows given up at once where all of them go. */
const CUT_ROWS = 500
/** The newest rows are spared but by the last stage: they may be on their way. Chosen: five packs. */
const SPARED_ROWS = 1_000

const MINUTE_MS = 60_000

/**
 * What goes first when there is no room: the old gauges of a high rate, thinned to one in a window; counters, whose last
 * value says what passed in between, after all gauges; states, which are few and matter, only with the oldest of all.
 * Without `windowMs` all of the kind go.
 */
const STAGES: readonly { kind: Kind; windowMs?: number }[] = [
  { kind: 'gauge', windowMs: 10 * MINUTE_MS },
  { kind: 'gauge', windowMs: 60 * MINUTE_MS },
  { kind: 'gauge' },
  { kind: 'counter', windowMs: 10 * MINUTE_MS },
  { kind: 'counter', windowMs: 60 * MINUTE_MS },
]

const TABLES = [
  { name: 'reading', time: 'time_ms' },
  { name: 'held', time: 'up_ms' },
] as const
type Table = (typeof TABLES)[number]

export interface Thinner {
  /** One step; what went, by table and kind. `isSpent`: there is nothing left to give up. To be called in a transaction. */
  step: () => { gone: Record<Table['name'], number>; isSpent: boolean }
  thinned: () => Thinned
  /** A transaction with steps in it was rolled back: read again where the stages stand. */
  reload: () => void
}

/**
 * Each stage remembers how far it came, so that nothing is looked at twice: what arrived since is thinned by the earlier
 * stages before a later one goes on.
 */
export function createThinner(db: DatabaseSync): Thinner {
  const tally = db.prepare('SELECT n FROM tally WHERE name = ?')
  const setTally = db.prepare('INSERT OR REPLACE INTO tally (name, n) VALUES (?, ?)')
  const load = (name: string) => Number(tally.get(name)?.['n'] ?? 0)
  const lanes = STAGES.flatMap((stage, index) =>
    TABLES.map(table => ({
      ...statements(db, table, stage),
      kind: stage.kind,
      table: table.name,
      key: `${table.name}_${index}`,
      cursor: 0,
    })),
  )
  const cuts = TABLES.map(table => ({
    table: table.name,
    count: db.prepare(
      `SELECT s.metric, count(*) AS n FROM (SELECT series FROM ${table.name} ORDER BY id LIMIT ${CUT_ROWS}) r
       JOIN series s ON s.id = r.series GROUP BY s.metric`,
    ),
    cut: db.prepare(
      `DELETE FROM ${table.name} WHERE id IN (SELECT id FROM ${table.name} ORDER BY id LIMIT ${CUT_ROWS})`,
    ),
  }))
  const thinned: Thinned = { gauge: 0, counter: 0, state: 0 }

  const reload = () => {
    for (const kind of Object.keys(thinned) as Kind[]) thinned[kind] = load(`thinned_${kind}`)
    for (const lane of lanes) lane.cursor = load(lane.key)
  }
  const note = (kind: Kind, count: number) => {
    if (count === 0) return
    thinned[kind] += count
    setTally.run(`thinned_${kind}`, thinned[kind])
  }
  reload()

  return {
    thinned: () => ({ ...thinned }),
    reload,
    step: () => {
      const gone = { reading: 0, held: 0 }
      for (const lane of lanes) {
        const end = lane.end.get(lane.cursor, SPARED_ROWS)?.['id']
        if (typeof end !== 'number') continue
        gone[lane.table] = lane.thin(lane.cursor, end)
        lane.cursor = end
        setTally.run(lane.key, end)
        note(lane.kind, gone[lane.table])
        return { gone, isSpent: false }
      }
      for (const { table, count, cut } of cuts) {
        for (const { metric, n } of count.all()) note(kindOf(String(metric)), Number(n))
        gone[table] = Number(cut.run().changes)
        if (gone[table] > 0) return { gone, isSpent: false }
      }
      return { gone, isSpent: true }
    },
  }
}

function kindOf(metric: string): Kind {
  return Object.hasOwn(METRICS, metric) ? METRICS[metric as keyof typeof METRICS].kind : 'gauge'
}

function statements(
  db: DatabaseSync,
  { name, time }: Table,
  { kind, windowMs }: { kind: Kind; windowMs?: number },
): { end: StatementSync; thin: (from: number, to: number) => number } {
  const metrics = METRIC_NAMES.filter(metric => METRICS[metric].kind === kind).map(metric => `'${metric}'`)
  const range = `${name} WHERE id > :from AND id <= :to`
  const ofKind = `series IN (SELECT id FROM series WHERE metric IN (${metrics.join(',')}))`
  // Of each window the last stays: for a counter it says the sum, for a gauge it is as good as any.
  const isLast = `id IN (SELECT max(id) FROM ${range} AND ${ofKind} GROUP BY series, ${time} / ${windowMs})`
  const isKept = windowMs === undefined ? `NOT ${ofKind}` : `(NOT ${ofKind} OR ${isLast})`
  // All go and those that stay are written again: SQLite joins pages only once they are less than a third full, so a page
  // that kept a counter among its gauges would never be given back.
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS kept_${name} AS SELECT * FROM ${name} WHERE false`)
  const keep = db.prepare(`INSERT INTO temp.kept_${name} SELECT * FROM ${range} AND ${isKept}`)
  const clear = db.prepare(`DELETE FROM ${range}`)
  const restore = db.prepare(`INSERT INTO ${name} SELECT * FROM temp.kept_${name} ORDER BY id`)
  const forget = db.prepare(`DELETE FROM temp.kept_${name}`)
  return {
    end: db.prepare(
      `SELECT max(id) AS id FROM (SELECT id FROM ${name} WHERE id > ?
       AND id <= (SELECT max(id) FROM ${name}) - ? ORDER BY id LIMIT ${STEP_ROWS})`,
    ),
    thin: (from, to) => {
      forget.run()
      const kept = Number(keep.run({ from, to }).changes)
      const cleared = Number(clear.run({ from, to }).changes)
      if (kept > 0) restore.run()
      forget.run()
      return cleared - kept
    },
  }
}
