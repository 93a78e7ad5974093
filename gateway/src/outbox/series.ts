import type { DatabaseSync } from 'node:sqlite'
import { type Metric, type Reading, isMetric } from '@harbor/protocol'
import type { CounterEntry } from './outbox.ts'

export interface SeriesName {
  device: string
  metric: Metric
}

/** Devices' metrics by number, and what is known of each beyond its readings. */
export interface SeriesBook {
  /** The number of a series, a new one if need be: in the caller's transaction. */
  idOf: (device: string, metric: Metric) => number
  /** Undefined for a metric of an older version that is no longer one: it cannot cross the wire. */
  nameOf: (id: number) => SeriesName | undefined
  setNewest: (id: number, reading: Reading) => void
  setCounter: (entry: CounterEntry) => void
  newest: () => Reading[]
  counters: () => CounterEntry[]
  /** The caller's transaction was rolled back: what it added is not there. */
  reload: () => void
}

export function createSeriesBook(db: DatabaseSync): SeriesBook {
  const sql = {
    all: db.prepare('SELECT id, device, metric, time_ms, value, raw, total FROM series'),
    insert: db.prepare('INSERT INTO series (device, metric) VALUES (?, ?)'),
    newest: db.prepare('UPDATE series SET time_ms = ?, value = ? WHERE id = ?'),
    counter: db.prepare('UPDATE series SET raw = ?, total = ? WHERE id = ?'),
  }
  const ids = new Map<string, number>()
  const names = new Map<number, SeriesName>()

  const learn = (id: number, device: string, metric: Metric) => {
    ids.set(`${device}:${metric}`, id)
    names.set(id, { device, metric })
  }
  const reload = () => {
    ids.clear()
    names.clear()
    for (const { id, device, metric } of sql.all.all()) {
      if (isMetric(String(metric))) learn(Number(id), String(device), String(metric) as Metric)
    }
  }
  const idOf = (device: string, metric: Metric): number => {
    const known = ids.get(`${device}:${metric}`)
    if (known !== undefined) return known
    const id = Number(sql.insert.run(device, metric).lastInsertRowid)
    learn(id, device, metric)
    return id
  }
  const known = () =>
    sql.all.all().flatMap(row => {
      const name = names.get(Number(row['id']))
      return name === undefined ? [] : [{ row, ...name }]
    })
  reload()

  return {
    idOf,
    nameOf: id => names.get(id),
    setNewest: (id, { timeMs, value }) => void sql.newest.run(timeMs, value, id),
    setCounter: ({ device, metric, raw, total }) => void sql.counter.run(raw, total, idOf(device, metric)),
    newest: () =>
      known().flatMap(({ row, device, metric }) =>
        row['time_ms'] === null
          ? []
          : [{ device, metric, timeMs: Number(row['time_ms']), value: Number(row['value']) }],
      ),
    counters: () =>
      known().flatMap(({ row, device, metric }) =>
        row['raw'] === null ? [] : [{ device, metric, raw: Number(row['raw']), total: Number(row['total']) }],
      ),
    reload,
  }
}
