import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import type { DuckDBConnection } from '@duckdb/node-api'
import { DAY_MS, LEVEL_MS } from '../levels.ts'
import type { ExportQuery, ExportResult, SeriesQuery, Upkeep, UsageMapQuery } from '../telemetry-store.ts'
import type { NewestColumns } from './newest-index.ts'
import { type DuckdbSettings, closeDuckdbFile, openDuckdbFile } from './open-file.ts'
import { type Day, type Part, dayOf, tableOf } from './parts.ts'
import { type PackedSeries, type PackedUsage, readSeries, readUsage } from './read.ts'
import { alikeParts, closePart, dropOld, mergeParts, rollDay, shortenNewest } from './tidy.ts'
import { type PackedReadings, writeBatch } from './write-batch.ts'
import { writeParquet } from './write-parquet.ts'

/** More readers at once only take processor time from the writer (measured: 4 readers halve its rate). */
const MAX_READERS = 2
/** A part that is written to is scanned whole for every question; from this many readings on it is put in order (some 2 ms to scan). */
const SEAL_ROWS = 1_000_000
/** Writers wait when so many sealed parts were not yet put in order: the disk or the processor does not keep up. */
const MAX_SEALED = 4
/** A day is put in order so long after its end: what stations have in their outboxes at midnight is in by then. */
const GRACE_MS = LEVEL_MS.hour
/** At the end: how often what puts parts in order is told to leave off, and how long questions may still take. */
const HURRY_EVERY_MS = 20
const ANSWERS_WITHIN_MS = 1_000
/** Late readings make parts of their own; a day with more than this many is merged again. */
const MAX_DAY_PARTS = 4

/** An open telemetry file. All of it runs in one thread, the only one that opens the file. */
export interface Engine {
  /** Batches one after the other; see TelemetryStore.write. */
  write(packed: PackedReadings): Promise<void>
  newest(): NewestColumns & { devices: string[]; metrics: string[] }
  series(query: SeriesQuery): Promise<PackedSeries>
  usageMap(query: UsageMapQuery): Promise<PackedUsage>
  exportTo(query: ExportQuery): Promise<ExportResult>
  maintain(upkeep: Upkeep): Promise<void>
  /** Why the last attempt to put parts in order failed. */
  problem(): string | undefined
  /** Ends what runs first. */
  close(): Promise<void>
}

/** @param sealRows readings that a part takes; other numbers than its own are for tests. */
export async function openEngine(settings: DuckdbSettings, sealRows: number = SEAL_ROWS): Promise<Engine> {
  const file = await openDuckdbFile(settings)
  const { parts } = file
  const reading = new Set<Promise<unknown>>()
  const readers = new Set<DuckDBConnection>()
  let writing: Promise<unknown> = Promise.resolve()
  let tidying: Promise<unknown> = Promise.resolve()
  let problem: string | undefined
  let exported = 0

  /** After the batches given before, before those given later. */
  function inWriterOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = writing.then(work)
    // What comes next follows whether or not this succeeded; its error goes to its own caller.
    writing = done.catch(() => undefined)
    return done
  }

  function inTidyOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = tidying.then(work)
    tidying = done.then(
      () => (problem = undefined),
      (error: unknown) => (problem = errorText(error)),
    )
    return done
  }

  /** Runs `query` on a connection of its own, when fewer than MAX_READERS are at it. */
  async function withReader<Answer>(query: (connection: DuckDBConnection) => Promise<Answer>): Promise<Answer> {
    while (reading.size >= MAX_READERS) await Promise.race(reading)
    const work = file.instance.connect().then(connection => {
      readers.add(connection)
      return query(connection).finally(() => {
        readers.delete(connection)
        connection.closeSync()
      })
    })
    // Counted until it is over, whichever way; its error goes to the caller through `work` itself.
    const counted: Promise<unknown> = work.then(
      () => reading.delete(counted),
      () => reading.delete(counted),
    )
    reading.add(counted)
    return work
  }

  /** Drops tables that no question asked from now on will look at. */
  async function drop(gone: readonly Part[]): Promise<void> {
    if (gone.length === 0) return
    await Promise.all(reading)
    // A batch looks its repeats up in parts, so that nothing is dropped under it.
    await inWriterOrder(async () => {
      for (const part of gone) await file.writer.run(`DROP TABLE IF EXISTS ${tableOf(part)}`)
    })
  }

  async function closeSealed(day: Day): Promise<void> {
    if (day * DAY_MS < parts.kept.raw) return
    const wasRolled = parts.wasRolled(day)
    const sealed = parts.ofDay(day).filter(({ kind, isSealed }) => kind === 'narrow' && isSealed)
    for (const part of sealed) {
      const wide = await closePart(file, part)
      await drop([part])
      // What came late concerns few devices; the others' sums stay.
      if (wasRolled && sealed.length === 1) await rollDay(file, day, wide)
      await drop(await mergeParts(file, alikeParts(parts.ofDay(day))))
    }
  }

  async function settle(day: Day): Promise<void> {
    await inWriterOrder(async () => {
      for (const part of parts.ofDay(day)) part.isSealed = true
    })
    await closeSealed(day)
    const isFirst = !parts.isRolled(day)
    if (parts.ofDay(day).length > (isFirst ? 1 : MAX_DAY_PARTS)) await drop(await mergeParts(file, parts.ofDay(day)))
    if (isFirst && parts.ofDay(day).length > 0) await rollDay(file, day)
  }

  function sealedCount(): number {
    return parts.all().filter(({ kind, isSealed }) => kind === 'narrow' && isSealed).length
  }

  async function write(packed: PackedReadings): Promise<void> {
    await writeBatch(file, packed)
    for (const part of parts.all()) {
      if (part.kind !== 'narrow' || part.isSealed || part.rows < sealRows) continue
      part.isSealed = true
      // Its error is told by `problem`; the part stays as it is until the next upkeep.
      void inTidyOrder(() => closeSealed(part.day)).catch(() => undefined)
    }
  }

  return {
    async write(packed) {
      // Before its turn: what puts parts in order takes turns with the writer.
      if (sealedCount() >= MAX_SEALED) await tidying
      await inWriterOrder(() => write(packed))
    },
    newest: () => ({ ...file.newest.since(parts.kept.raw), devices: file.devices.names, metrics: file.metrics.names }),
    series: query => withReader(connection => readSeries(connection, file, query)),
    usageMap: query => withReader(connection => readUsage(connection, file, query)),

    exportTo: query =>
      withReader(async connection => {
        await mkdir(file.exportsDir, { recursive: true })
        exported += 1
        const made = join(file.exportsDir, `${exported}.parquet`)
        try {
          const result = await writeParquet(connection, file, { ...query, file: made })
          await moveFile(made, query.file)
          return result
        } finally {
          await rm(made, { force: true })
        }
      }),

    maintain: ({ nowMs, keepFromMs }) =>
      inTidyOrder(async () => {
        const today = dayOf(nowMs - GRACE_MS)
        // What came for days that are no longer kept raw is dropped with them: their sums would be made of it alone.
        const isKept = (day: Day) => day * DAY_MS >= parts.kept.raw
        for (const day of parts.days().filter(one => parts.ofDay(one).length > 0 && isKept(one))) {
          if (day < today || (day + 1) * DAY_MS <= keepFromMs.raw) await settle(day)
          else await closeSealed(day)
        }
        await drop(await dropOld(file, keepFromMs))
        await shortenNewest(file)
      }),

    problem: () => problem,

    async close() {
      await writing
      // What is cut short is done anew after the next opening: a stop does not wait for a large day, nor long for questions.
      let interrupts = 0
      const hurry = setInterval(() => {
        file.tidier.interrupt()
        interrupts += 1
        if (interrupts * HURRY_EVERY_MS >= ANSWERS_WITHIN_MS) for (const reader of readers) reader.interrupt()
      }, HURRY_EVERY_MS)
      await tidying
      await writing
      await Promise.all(reading)
      clearInterval(hurry)
      closeDuckdbFile(file)
    },
  }
}

/** Also to another disk. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyFile(from, to)
  }
}
