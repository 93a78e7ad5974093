import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { errorText } from '@harbor/protocol'
import { gatewayError } from '../errors.ts'
import type { Clock, Log } from '../log.ts'
import type { Outbox, OutboxLimits } from './outbox.ts'
import { createReserve } from './reserve.ts'
import { salvage } from './salvage.ts'
import { migrate } from './schema.ts'
import { isCorrupt } from './sqlite-error.ts'
import { createSqliteOutbox } from './sqlite-outbox.ts'

export interface OutboxDeps {
  clock: Clock
  log: Log
}

/**
 * Opens or makes the outbox in `file`. The file belongs to one process at a time. A damaged file is set aside beside it, and
 * what can be read of it is taken over.
 *
 * @throws HarborError GATEWAY_OUTBOX_UNAVAILABLE
 */
export function openOutbox(file: string, limits: OutboxLimits, { clock, log }: OutboxDeps): Outbox {
  try {
    return open(file, limits).outbox
  } catch (error) {
    if (!isCorrupt(error)) {
      throw gatewayError('GATEWAY_OUTBOX_UNAVAILABLE', `outbox ${file}: ${errorText(error)}`, { cause: error })
    }
    try {
      return replace(file, limits, { clock, log, problem: errorText(error) })
    } catch (second) {
      const message = `outbox ${file}: it is damaged and cannot be set aside: ${errorText(second)}`
      throw gatewayError('GATEWAY_OUTBOX_UNAVAILABLE', message, { cause: second })
    }
  }
}

function open(file: string, limits: OutboxLimits): { db: DatabaseSync; outbox: Outbox } {
  // An orderly end removes the log file: after any other the pages are looked through, which takes a second for 100 MB.
  const wasCut = existsSync(`${file}-wal`)
  const db = new DatabaseSync(file)
  try {
    // Exclusive: a second gateway process on the same folder would number and send the same readings.
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -512',
    )
    // The log is written back each 256 pages, 1 MiB, and does not keep the size of the largest transaction.
    db.exec('PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576; PRAGMA temp_store = MEMORY')
    if (wasCut) check(db)
    migrate(db)
    return { db, outbox: createSqliteOutbox(db, { ...limits, reserve: createReserve(`${file}.reserve`) }) }
  } catch (error) {
    db.close()
    throw error
  }
}

/** @throws an error that `isCorrupt` knows. */
function check(db: DatabaseSync): void {
  const said = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
  if (said === 'ok') return
  const SQLITE_CORRUPT = 11
  throw Object.assign(new Error(`damaged: ${said.slice(0, 200)}`), { errcode: SQLITE_CORRUPT })
}

function replace(
  file: string,
  limits: OutboxLimits,
  { clock, log, problem }: OutboxDeps & { problem: string },
): Outbox {
  const aside = `${file}.damaged-${clock().toString(36)}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`)
  }
  const fresh = open(file, limits)
  let saved: number
  try {
    saved = salvage(aside, fresh.db)
  } catch (error) {
    fresh.outbox.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
    throw error
  }
  fresh.outbox.close()
  log.error({ file, aside, problem, saved }, 'the outbox was damaged: set aside, its readable readings taken over')
  return open(file, limits).outbox
}
