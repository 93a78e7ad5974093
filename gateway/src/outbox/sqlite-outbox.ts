import type { DatabaseSync } from 'node:sqlite'
import type { Reading } from '@harbor/protocol'
import { createFingerprints } from './fingerprints.ts'
import { createHeldReadings } from './held.ts'
import type { Outbox, OutboxLimits, Slice } from './outbox.ts'
import type { Reserve } from './reserve.ts'
import { SCHEMA_VERSION } from './schema.ts'
import { createSeriesBook } from './series.ts'
import { isFull } from './sqlite-error.ts'
import { createThinner } from './thinning.ts'

/** What a full outbox gives up at once, as a part of its size, so that thinning is rare and yet short. */
const THIN_SHARE = 1 / 400
/**
 * Thinning steps for one commit at most, and one more for this many readings: what is still over the limit then is for the next
 * commits. A step takes some 10 ms here and ten times that on the smallest box, and messages wait meanwhile.
 */
const MAX_STEPS = 4
const READINGS_PER_STEP = 250
/** The reserve is taken again, if the disk has room for it, once in this many removals. */
const REMOVALS_PER_RESERVE = 200
/** Room that a reading takes at most, with what else its commit writes. Measured: 25 to 40 bytes. */
const READING_BYTES = 64

/** The outbox in an open database that has this version's tables. */
export function createSqliteOutbox(
  db: DatabaseSync,
  { maxBytes, hardBytes, reserve }: OutboxLimits & { reserve: Reserve },
): Outbox {
  const series = createSeriesBook(db)
  const fingerprints = createFingerprints(db)
  const held = createHeldReadings(db, series)
  const thinner = createThinner(db)
  const sql = {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    insert: db.prepare('INSERT INTO reading (series, time_ms, value) VALUES (?, ?, ?)'),
    ids: db.prepare(
      'SELECT min(id) AS first, max(id) AS last, count(*) AS n FROM (SELECT id FROM reading WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)',
    ),
    read: db.prepare('SELECT series, time_ms, value FROM reading WHERE id BETWEEN ? AND ? ORDER BY id'),
    remove: db.prepare('DELETE FROM reading WHERE id BETWEEN ? AND ?'),
    oldest: db.prepare('SELECT time_ms AS n FROM reading ORDER BY id LIMIT 1'),
    count: db.prepare('SELECT count(*) AS n FROM reading'),
    lastId: db.prepare("SELECT seq AS n FROM sqlite_sequence WHERE name = 'reading'"),
    pages: db.prepare('SELECT page_count - freelist_count AS n FROM pragma_page_count, pragma_freelist_count'),
  }
  const pageBytes = Number(db.prepare('PRAGMA page_size').get()?.['page_size'])
  db.exec(`PRAGMA max_page_count = ${Math.ceil((hardBytes ?? maxBytes * 1.25 + 2 ** 20) / pageBytes)}`)
  let dated = numberOf(sql.count.get())
  let heldCount = held.count()
  let lastId = numberOf(sql.lastId.get())
  const owed: Slice[] = []
  let removals = 0
  reserve.take()

  const transaction = <T>(work: () => T): T => {
    sql.begin.run()
    try {
      const result = work()
      sql.commit.run()
      return result
    } catch (error) {
      // After a full disk SQLite may have rolled back by itself.
      if (db.isTransaction) db.exec('ROLLBACK')
      series.reload()
      thinner.reload()
      throw error
    }
  }
  const sizeBytes = () => numberOf(sql.pages.get()) * pageBytes

  /** Gives up readings until there is room for `count` more; says how many. */
  const makeRoom = (count: number) => {
    const gone = { reading: 0, held: 0 }
    if (sizeBytes() + count * READING_BYTES <= maxBytes) return gone
    const target = maxBytes * (1 - THIN_SHARE) - count * READING_BYTES
    const steps = MAX_STEPS + count / READINGS_PER_STEP
    for (let n = 0; n < steps && sizeBytes() > target; n += 1) {
      const step = thinner.step()
      gone.reading += step.gone.reading
      gone.held += step.gone.held
      if (step.isSpent) break
    }
    return gone
  }
  const insert = (readings: readonly Reading[]): number => {
    let id = lastId
    const newest = new Map<number, Reading>()
    for (const reading of readings) {
      const seriesId = series.idOf(reading.device, reading.metric)
      id = Number(sql.insert.run(seriesId, reading.timeMs, reading.value).lastInsertRowid)
      newest.set(seriesId, reading)
    }
    for (const [seriesId, reading] of newest) series.setNewest(seriesId, reading)
    return id
  }

  const removeOwed = () => {
    dated -= transaction(() =>
      owed.reduce((sum, slice) => sum + Number(sql.remove.run(slice.firstId, slice.lastId).changes), 0),
    )
    owed.length = 0
  }

  return {
    commit: ({ readings, held: undated = [], heldUpTo, counters = [], messages, atMs }) => {
      const done = transaction(() => {
        const gone = makeRoom(readings.length + undated.length)
        const newLastId = insert(readings)
        for (const reading of undated) held.add(reading)
        const released = heldUpTo === undefined ? 0 : held.release(heldUpTo)
        for (const entry of counters) series.setCounter(entry)
        fingerprints.add(messages, atMs)
        return { gone, newLastId, released }
      })
      // Only what was committed counts.
      fingerprints.settle(messages.length)
      dated += readings.length - done.gone.reading
      heldCount += undated.length - done.gone.held - done.released
      lastId = done.newLastId
    },
    hasSeen: fingerprints.hasSeen,
    latestMessages: fingerprints.latest,
    newestReadings: series.newest,
    counters: series.counters,
    slice: (fromId, toId, limit) => {
      const row = sql.ids.get(fromId, toId, limit)
      const count = numberOf(row)
      return count === 0 ? undefined : { firstId: Number(row?.['first']), lastId: Number(row?.['last']), count }
    },
    read: slice =>
      sql.read.all(slice.firstId, slice.lastId).flatMap(row => {
        const name = series.nameOf(Number(row['series']))
        return name === undefined ? [] : [{ ...name, timeMs: Number(row['time_ms']), value: Number(row['value']) }]
      }),
    remove: slices => {
      owed.push(...slices)
      // A lost deletion only sends a reading again, which changes nothing: it need not wait for the disk.
      db.exec('PRAGMA synchronous = NORMAL')
      try {
        removeOwed()
      } catch (error) {
        if (!isFull(error) || !reserve.release()) throw error
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        removeOwed()
      } finally {
        db.exec('PRAGMA synchronous = FULL')
      }
      removals += 1
      if (removals % REMOVALS_PER_RESERVE === 0) reserve.take()
    },
    held: held.first,
    heldCount: () => heldCount,
    boots: held.boots,
    noteBoot: boot => transaction(() => held.noteBoot(boot)),
    undate: wrong => {
      const moved = transaction(() => held.undate(wrong))
      dated -= moved
      heldCount += moved
      return moved
    },
    depth: () => dated + heldCount,
    lastId: () => lastId,
    oldestAtMs: () => {
      const row = sql.oldest.get()
      return row === undefined ? undefined : numberOf(row)
    },
    sizeBytes,
    thinned: thinner.thinned,
    // The header's page with what it says already: a frame in the log, synced like any other.
    probe: () => transaction(() => db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

/** The column called n. */
function numberOf(row: Record<string, unknown> | undefined): number {
  return Number(row?.['n'] ?? 0)
}
