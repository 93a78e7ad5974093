import { setImmediate, setTimeout } from 'node:timers/promises'
import { type Reading, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { LiveDirectory, StationEntry } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Opening } from '../stations/opening.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { Stretch } from './facts.ts'
import { type LocalDay, MINUTE_MS, dateOfDay, dayAt, startOfDay } from './local-day.ts'
import { postedDay } from './posted-day.ts'
import { readDay } from './read-readings.ts'
import { countStationDay } from './station-day.ts'
import { addUp } from './sums.ts'
import type { Tariffs } from './tariffs.ts'
import { WHOLE_DAY_MIN, createWaitingDays } from './waiting-days.ts'
import { wasHeard, writeDays } from './write-days.ts'

/** A gateway that was cut off brings seven days with it: as many are counted anew, and a day more. */
export const LATE_DAYS = 8
/** How often today is counted (chosen: a screen that tells of today need not be newer), */
const TODAY_EVERY_MS = 15 * MINUTE_MS
/** and how often it is looked for what came late. */
const LOOK_EVERY_MS = 5 * MINUTE_MS
/** Stations read and written at once: their readings of a day are some megabytes. */
const AT_ONCE = 25
/** Stations counted before others get their turn: some milliseconds each. */
const IN_A_GO = 5
/** After each batch nothing is counted for as long as it took, up to this: live readings get half of the time at least. */
const LONGEST_REST_MS = 250
/** Hours of a day are kept for so many days (decision 0029), days for ten years. */
const HOURS_DAYS = 100
const KEPT_DAYS = 3_653

/** Counts what stations did, day by day, from their readings. */
export interface DayBook {
  /** Counts today and what was left to be counted, and goes on as readings come. */
  start: () => void
  stop: () => Promise<void>
  /** Readings just stored, in any order. */
  take: (readings: readonly Reading[]) => void
  /** Counts all that waits, now. */
  count: () => Promise<void>
}

export interface DayBookDeps {
  db: RegistryDb
  directory: Pick<LiveDirectory, 'stations' | 'devices' | 'appliances'>
  store: Pick<TelemetryStore, 'series'>
  openingAt: (station: string, atMs: number) => Opening
  /** The same for a day that is over, as its hours were then. @param date as 2026-10-01 */
  openingsOn: (date: string) => Promise<(station: string, atMs: number) => Opening>
  tariffs: Pick<Tariffs, 'priceOf'>
  timeZone: string
  nowMs: () => number
  log: Logger
}

export function createDayBook(deps: DayBookDeps): DayBook {
  const { db, directory, store, tariffs, timeZone, nowMs, log } = deps
  const waiting = createWaitingDays({ db, log })
  let today = Number.NaN
  let timer: NodeJS.Timeout | undefined
  let countedTodayMs = Number.NEGATIVE_INFINITY
  let isStopped = false
  let counting: Promise<void> = Promise.resolve()
  /** Bounds of today, so that a reading costs two comparisons. */
  let todayFromMs = Number.POSITIVE_INFINITY
  let todayToMs = Number.NEGATIVE_INFINITY

  /** At a new day the one before is counted once more, to its end, for every station. */
  const turnPage = () => {
    const day = dayAt(nowMs(), timeZone)
    if (day === today) return
    if (!Number.isNaN(today)) waiting.add(today, directory.stations.keys(), false)
    today = day
    todayFromMs = startOfDay(day, timeZone)
    todayToMs = startOfDay(day + 1, timeZone)
    countedTodayMs = Number.NEGATIVE_INFINITY
    waiting.forgetBefore(day - LATE_DAYS)
  }

  const countBatch = async (entries: readonly StationEntry[], day: LocalDay, openingAt: DayBookDeps['openingAt']) => {
    const now = nowMs()
    const ids = entries.map(({ record }) => record.id)
    const isOver = day < today
    const readings = await readDay({ store, appliances: directory.appliances, timeZone }, entries, day)
    const [arrivals, known] = await Promise.all([checkInsOf(db, ids, { day, timeZone }), knownDays(db, ids, day)])
    const countOne = (entry: StationEntry) => {
      const { id, district } = entry.record
      const own = readings.get(id)
      if (own === undefined) return undefined
      const before = known.get(id)
      const result = countStationDay({
        station: id,
        day,
        timeZone,
        nowMs: now,
        readings: own,
        checkInsMs: arrivals.get(id) ?? [],
        // A station's own hours may be others by now: what a day was counted with at its end stays.
        posted:
          isOver && before?.wasOver === true ? before.posted : postedDay(atMs => openingAt(id, atMs), day, timeZone),
        price: tariffs.priceOf(district, day),
      })
      // Days before the server knew of the station are not told as days without anything.
      return before === undefined && isOver && !wasHeard(result) && day < today - 1 ? undefined : { entry, result }
    }
    const counted: ReturnType<typeof countOne>[] = []
    for (const [index, entry] of entries.entries()) {
      if (index % IN_A_GO === 0) await setImmediate()
      counted.push(countOne(entry))
    }
    await writeDays(
      db,
      counted.filter(row => row !== undefined),
      { day, nowMs: now },
    )
  }

  const countDay = async (day: LocalDay, stations: readonly string[]) => {
    const openingAt = day < today ? await deps.openingsOn(dateOfDay(day)) : deps.openingAt
    const byDistrict = Map.groupBy(
      stations.map(id => directory.stations.get(id)).filter(entry => entry !== undefined && isInUse(entry)),
      entry => entry?.record.district ?? '',
    )
    for (const [district, found] of byDistrict) {
      const entries = found.filter(entry => entry !== undefined)
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        if (isStopped) return
        const beganMs = performance.now()
        await countBatch(entries.slice(from, from + AT_ONCE), day, openingAt)
        await setTimeout(Math.min(LONGEST_REST_MS, performance.now() - beganMs))
      }
      await addUp(db, { district, day }, day < today)
    }
    waiting.counted(day, stations)
  }
  const countWaiting = async () => {
    const startedMs = performance.now()
    turnPage()
    const now = nowMs()
    if (now - countedTodayMs >= TODAY_EVERY_MS) {
      countedTodayMs = now
      waiting.add(today, directory.stations.keys(), false)
    }
    const days = waiting
      .days()
      .filter(day => day < today || countedTodayMs === now)
      .sort((a, b) => b - a)
    for (const day of days) {
      const stations = waiting.take(day)
      try {
        await countDay(day, stations)
      } catch (error) {
        waiting.add(day, stations, false)
        throw error
      }
    }
    if (days.length > 0)
      log.debug({ days: days.length, ms: Math.round(performance.now() - startedMs) }, 'use is counted')
  }
  const count = () => {
    counting = counting
      .then(countWaiting)
      .catch((error: unknown) => log.warn({ reason: errorText(error) }, 'use could not be counted; it is tried again'))
    return counting
  }
  const forgetOld = async () => {
    const day = dayAt(nowMs(), timeZone)
    await db
      .updateTable('usage_day')
      .set({ hours: null })
      .where('day', '=', day - HOURS_DAYS)
      .execute()
    await db
      .deleteFrom('usage_day')
      .where('day', '<', day - KEPT_DAYS)
      .execute()
    await db
      .deleteFrom('usage_sum')
      .where('span', '=', 'day')
      .where('start', '<', day - KEPT_DAYS)
      .execute()
  }

  return {
    start: () => {
      isStopped = false
      turnPage()
      counting = counting
        .then(() => waiting.load({ today, lateDays: LATE_DAYS, stations: directory.stations.keys() }))
        .catch((error: unknown) => log.warn({ reason: errorText(error) }, 'what was left to be counted is not known'))
      void count()
      timer = setInterval(() => {
        const before = today
        void count()
        if (before !== dayAt(nowMs(), timeZone))
          forgetOld().catch((error: unknown) => log.warn({ reason: errorText(error) }, 'old use could not be deleted'))
      }, LOOK_EVERY_MS)
    },
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await counting
      await waiting.settled()
    },
    take: readings => {
      for (const { device, timeMs } of readings) {
        // Today is counted by the clock.
        if (timeMs >= todayFromMs && timeMs < todayToMs) continue
        const station = directory.devices.get(device)?.station
        if (station === undefined || timeMs >= todayToMs) continue
        const day = dayAt(timeMs, timeZone)
        if (day >= today - LATE_DAYS && day < today) waiting.add(day, [station], true)
      }
    },
    count,
  }
}

/** Places that are planned or closed for good do nothing that could be counted. */
function isInUse({ state }: StationEntry): boolean {
  return state === 'open' || state === 'suspended'
}

async function checkInsOf(
  db: RegistryDb,
  stations: readonly string[],
  { day, timeZone }: { day: LocalDay; timeZone: string },
): Promise<Map<string, number[]>> {
  const rows = await db
    .selectFrom('check_in')
    .select(['station', 'hour_ms'])
    .where('station', 'in', stations)
    .where('hour_ms', '>=', startOfDay(day, timeZone))
    .where('hour_ms', '<', startOfDay(day + 1, timeZone))
    .orderBy('hour_ms')
    .execute()
  const found = new Map<string, number[]>()
  for (const { station, hour_ms } of rows) found.set(station, [...(found.get(station) ?? []), Number(hour_ms)])
  return found
}

async function knownDays(db: RegistryDb, stations: readonly string[], day: LocalDay) {
  const rows = await db
    .selectFrom('usage_day')
    .select(['station', 'posted', 'minutes'])
    .where('station', 'in', stations)
    .where('day', '=', day)
    .execute()
  return new Map(
    rows.map(({ station, posted, minutes }) => [
      station,
      {
        posted: posted === null ? undefined : (JSON.parse(posted) as Stretch[]),
        wasOver: (minutes ?? 0) >= WHOLE_DAY_MIN,
      },
    ]),
  )
}
