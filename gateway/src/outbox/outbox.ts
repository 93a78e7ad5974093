import { DatabaseSync } from 'node:sqlite'
import { METRICS, METRIC_NAMES, type Reading, errorText, isMetric } from '@harbor/protocol'
import { gatewayError } from '../errors.ts'

/** Fingerprints of QoS 1 messages kept, and for how long: a plug that was off over a long weekend may still send again. */
const MAX_FINGERPRINTS = 20_000
const MAX_FINGERPRINT_AGE_MS = 7 * 24 * 3_600_000
/** What counts as the last seconds before a kill; chosen: an acknowledgement on a LAN takes milliseconds. */
const LATEST_MS = 3_000
/** They are pruned each time this many were added. */
const PRUNE_EVERY = 2_000

/** Part of the outbox that is given up at once when it is full, so that thinning is rare. */
const THIN_SHARE = 0.01

/** A message that was taken, and from whom. */
export interface MessageMark {
  client: string
  fingerprint: string
}

export interface Batch {
  readings: readonly Reading[]
  /** The QoS 1 messages that gave them. */
  messages: readonly MessageMark[]
  atMs: number
}

/** A run of readings by their row ids, both ends included. */
export interface Slice {
  firstId: number
  lastId: number
  count: number
}

/** Readings that the server has not acknowledged, on disk. All calls are synchronous; a commit has reached the disk. */
export interface Outbox {
  /** Readings, their dates and their messages' fingerprints in one transaction. Throws when the disk refuses. */
  commit: (batch: Batch) => void
  /** Whether a message with this fingerprint was committed recently. */
  hasSeen: (fingerprint: string) => boolean
  /** The messages of the last seconds before the newest one: a kill may have cut off their acknowledgements. */
  latestMessages: () => MessageMark[]
  /** The newest reading ever committed of each device and metric. */
  newestReadings: () => Reading[]
  /** The first at most `limit` readings with fromId <= id <= toId; undefined when there is none. */
  slice: (fromId: number, toId: number, limit: number) => Slice | undefined
  read: (slice: Pick<Slice, 'firstId' | 'lastId'>) => Reading[]
  /** Forgets readings: only for those that the server acknowledged. */
  remove: (slices: readonly Slice[]) => void
  /** Readings held. */
  depth: () => number
  /** The id of the newest reading ever committed; 0 before the first. */
  lastId: () => number
  /** When the longest-held reading was measured. */
  oldestAtMs: () => number | undefined
  /** Readings given up since the start because the outbox was full. */
  dropped: () => number
  close: () => void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, metric TEXT NOT NULL,
    time_ms INTEGER NOT NULL, value REAL NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS newest (
    device TEXT NOT NULL, metric TEXT NOT NULL, time_ms INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (device, metric)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL UNIQUE, client TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
`

/** Gauges are given up first: counters say what passed in between, and states are few and matter. */
const GAUGES = METRIC_NAMES.filter(name => METRICS[name].kind === 'gauge')
  .map(name => `'${name}'`)
  .join(',')

/**
 * Opens or makes the outbox in `file`, holding at most `maxReadings`. The file belongs to one process at a time.
 *
 * @throws HarborError GATEWAY_OUTBOX_UNAVAILABLE
 */
export function openOutbox(file: string, maxReadings: number): Outbox {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    // Exclusive: a second gateway process on the same folder would number and send the same readings.
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -512',
    )
    db.exec(SCHEMA)
    return createOutbox(db, maxReadings)
  } catch (error) {
    db?.close()
    throw gatewayError('GATEWAY_OUTBOX_UNAVAILABLE', `outbox ${file}: ${errorText(error)}`, { cause: error })
  }
}

function createOutbox(db: DatabaseSync, maxReadings: number): Outbox {
  const sql = {
    insert: db.prepare('INSERT INTO reading (device, metric, time_ms, value) VALUES (?, ?, ?, ?)'),
    newest: db.prepare('INSERT OR REPLACE INTO newest (device, metric, time_ms, value) VALUES (?, ?, ?, ?)'),
    message: db.prepare('INSERT OR REPLACE INTO message (fingerprint, client, at_ms) VALUES (?, ?, ?)'),
    prune: db.prepare('DELETE FROM message WHERE id <= (SELECT max(id) FROM message) - ? OR at_ms < ?'),
    seen: db.prepare('SELECT 1 FROM message WHERE fingerprint = ?'),
    latest: db.prepare(
      'SELECT client, fingerprint FROM message WHERE at_ms >= (SELECT max(at_ms) FROM message) - ? ORDER BY id',
    ),
    allNewest: db.prepare('SELECT device, metric, time_ms, value FROM newest'),
    ids: db.prepare(
      'SELECT min(id) AS first, max(id) AS last, count(*) AS n FROM (SELECT id FROM reading WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)',
    ),
    read: db.prepare('SELECT device, metric, time_ms, value FROM reading WHERE id BETWEEN ? AND ? ORDER BY id'),
    remove: db.prepare('DELETE FROM reading WHERE id BETWEEN ? AND ?'),
    thin: db.prepare(
      `DELETE FROM reading WHERE id IN (SELECT id FROM reading WHERE metric IN (${GAUGES}) ORDER BY id LIMIT ?)`,
    ),
    cut: db.prepare('DELETE FROM reading WHERE id IN (SELECT id FROM reading ORDER BY id LIMIT ?)'),
    oldest: db.prepare('SELECT time_ms FROM reading ORDER BY id LIMIT 1'),
    count: db.prepare('SELECT count(*) AS n FROM reading'),
    lastId: db.prepare("SELECT seq AS n FROM sqlite_sequence WHERE name = 'reading'"),
  }
  let depth = numberIn(sql.count.get(), 'n')
  let lastId = numberIn(sql.lastId.get(), 'n')
  let dropped = 0
  let addedSincePrune = PRUNE_EVERY

  const transaction = (work: () => void) => {
    db.exec('BEGIN IMMEDIATE')
    try {
      work()
      db.exec('COMMIT')
    } catch (error) {
      // After a full disk SQLite may have rolled back by itself.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  /** Rows given up to make room for `needed` more. */
  const makeRoom = (needed: number): number => {
    const over = depth + needed - maxReadings
    if (over <= 0) return 0
    const target = Math.min(depth, Math.max(over, Math.ceil(maxReadings * THIN_SHARE)))
    const gauges = Number(sql.thin.run(target).changes)
    const stillOver = Math.min(depth - gauges, over - gauges)
    return stillOver > 0 ? gauges + Number(sql.cut.run(stillOver).changes) : gauges
  }

  return {
    commit: ({ readings, messages, atMs }) => {
      let removed = 0
      let newLastId = lastId
      transaction(() => {
        removed = makeRoom(readings.length)
        for (const { device, metric, timeMs, value } of readings) {
          newLastId = Number(sql.insert.run(device, metric, timeMs, value).lastInsertRowid)
          sql.newest.run(device, metric, timeMs, value)
        }
        for (const { client, fingerprint } of messages) sql.message.run(fingerprint, client, atMs)
        if (addedSincePrune >= PRUNE_EVERY) sql.prune.run(MAX_FINGERPRINTS, atMs - MAX_FINGERPRINT_AGE_MS)
      })
      // Only what was committed counts.
      addedSincePrune = (addedSincePrune >= PRUNE_EVERY ? 0 : addedSincePrune) + messages.length
      depth += readings.length - removed
      dropped += removed
      lastId = newLastId
    },
    hasSeen: fingerprint => sql.seen.get(fingerprint) !== undefined,
    latestMessages: () =>
      sql.latest
        .all(LATEST_MS)
        .map(row => ({ client: String(row['client']), fingerprint: String(row['fingerprint']) })),
    newestReadings: () => sql.allNewest.all().flatMap(toReading),
    slice: (fromId, toId, limit) => {
      const row = sql.ids.get(fromId, toId, limit)
      const count = numberIn(row, 'n')
      return count === 0 ? undefined : { firstId: numberIn(row, 'first'), lastId: numberIn(row, 'last'), count }
    },
    read: ({ firstId, lastId: last }) => sql.read.all(firstId, last).flatMap(toReading),
    remove: slices => {
      // A lost deletion only sends a reading again, which changes nothing: it need not wait for the disk.
      db.exec('PRAGMA synchronous = NORMAL')
      let removed = 0
      try {
        transaction(() => {
          for (const { firstId, lastId: last } of slices) removed += Number(sql.remove.run(firstId, last).changes)
        })
      } finally {
        db.exec('PRAGMA synchronous = FULL')
      }
      depth -= removed
    },
    depth: () => depth,
    lastId: () => lastId,
    oldestAtMs: () => {
      const row = sql.oldest.get()
      return row === undefined ? undefined : numberIn(row, 'time_ms')
    },
    dropped: () => dropped,
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

type Row = Record<string, unknown>

function toReading(row: Row): Reading[] {
  const { device, metric, value } = row
  // A metric of an older version that is no longer one cannot cross the wire.
  if (typeof device !== 'string' || typeof metric !== 'string' || !isMetric(metric)) return []
  return [{ device, metric, timeMs: numberIn(row, 'time_ms'), value: Number(value) }]
}

function numberIn(row: Row | undefined, name: string): number {
  return Number(row?.[name] ?? 0)
}
