import { setImmediate } from 'node:timers/promises'
import { type Reading, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { LiveDirectory, StationEntry } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Opening } from '../stations/opening.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { Stretch } from './facts.ts'
import { type LocalDay, MINUTE_MS, dayAt, startOfDay } from './local-day.ts'
import { postedDay } from './posted-day.ts'
import { readDay } from './read-readings.ts'
import { countStationDay } from './station-day.ts'
import { addUp } from './sums.ts'
import type { Tariffs } from './tariffs.ts'
import { wasHeard, writeDays } from './write-days.ts'

/** A gateway that was cut off brings seven days with it: as many are counted anew, and a day more. */
export const LATE_DAYS = 8
/** How often today is counted (chosen: a screen that tells of today need not be newer), */
const TODAY_EVERY_MS = 15 * MINUTE_MS
/** and how often it is looked for what came late. */
const LOOK_EVERY_MS = 5 * MINUTE_MS
/** Stations read and written at once: their readings of a day are some megabytes. */
const AT_ONCE = 25
/** Hours of a day are kept for so many days (decision 0029), days for ten years. */
const HOURS_DAYS = 100
const KEPT_DAYS = 3_653

/** Counts what stations did, day by day, from their readings. */
export interface DayBook {
  /** Counts the last days, and goes on as readings come. */
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
  tariffs: Pick<Tariffs, 'priceOf'>
  timeZone: string
  nowMs: () => number
  log: Logger
}

export function createDayBook(deps: DayBookDeps): DayBook {
  const { db, directory, store, openingAt, tariffs, timeZone, nowMs, log } = deps
  /** Stations to be counted, by day. Bounded by the fleet and nine days. */
  const waiting = new Map<LocalDay, Set<string>>()
  let today = Number.NaN
  let timer: NodeJS.Timeout | undefined
  let countedTodayMs = Number.NEGATIVE_INFINITY
  let isStopped = false
  let counting: Promise<void> = Promise.resolve()
  /** Bounds of today, so that a reading costs two comparisons. */
  let todayFromMs = Number.POSITIVE_INFINITY
  let todayToMs = Number.NEGATIVE_INFINITY

  const wait = (day: LocalDay, stations: Iterable<string>) => {
    const set = waiting.get(day) ?? new Set<string>()
    waiting.set(day, set)
    for (const station of stations) set.add(station)
  }
  /** At a new day the one before is counted once more, to its end, for every station. */
  const turnPage = () => {
    const day = dayAt(nowMs(), timeZone)
    if (day === today) return
    if (!Number.isNaN(today)) wait(today, directory.stations.keys())
    today = day
    todayFromMs = startOfDay(day, timeZone)
    todayToMs = startOfDay(day + 1, timeZone)
    countedTodayMs = Number.NEGATIVE_INFINITY
    for (const old of waiting.keys()) if (old < day - LATE_DAYS) waiting.delete(old)
  }

  const countBatch = async (entries: readonly StationEntry[], day: LocalDay) => {
    const now = nowMs()
    const ids = entries.map(({ record }) => record.id)
    const isOver = day < today
    const readings = await readDay({ store, appliances: directory.appliances, timeZone }, entries, day)
    const [arrivals, known] = await Promise.all([checkInsOf(db, ids, { day, timeZone }), knownDays(db, ids, day)])
    const counted = entries.map(entry => {
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
        checkIns: arrivals.get(id) ?? 0,
        // Changes of hours are forgotten when they are over: what a day was counted with at its end stays.
        posted:
          isOver && before?.wasOver === true ? before.posted : postedDay(atMs => openingAt(id, atMs), day, timeZone),
        price: tariffs.priceOf(district, day),
      })
      // Days before the server knew of the station are not told as days without anything.
      return before === undefined && isOver && !wasHeard(result) && day < today - 1 ? undefined : { entry, result }
    })
    await writeDays(
      db,
      counted.filter(row => row !== undefined),
      { day, nowMs: now },
    )
  }

  const countDay = async (day: LocalDay) => {
    const stations = [...(waiting.get(day) ?? [])]
    waiting.delete(day)
    const byDistrict = Map.groupBy(
      stations.map(id => directory.stations.get(id)).filter(entry => entry !== undefined && isInUse(entry)),
      entry => entry?.record.district ?? '',
    )
    for (const [district, found] of byDistrict) {
      const entries = found.filter(entry => entry !== undefined)
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        if (isStopped) return
        await countBatch(entries.slice(from, from + AT_ONCE), day)
        await setImmediate()
      }
      await addUp(db, { district, day }, day < today)
    }
  }
  const countWaiting = async () => {
    const startedMs = performance.now()
    turnPage()
    const now = nowMs()
    if (now - countedTodayMs >= TODAY_EVERY_MS) {
      countedTodayMs = now
      wait(today, directory.stations.keys())
    }
    const days = [...waiting.keys()].filter(day => day < today || countedTodayMs === now).sort((a, b) => b - a)
    for (const day of days) await countDay(day)
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
      for (let back = 1; back <= LATE_DAYS; back++) wait(today - back, directory.stations.keys())
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
    },
    take: readings => {
      for (const { device, timeMs } of readings) {
        // Today is counted by the clock.
        if (timeMs >= todayFromMs && timeMs < todayToMs) continue
        const station = directory.devices.get(device)?.station
        if (station === undefined || timeMs >= todayToMs) continue
        const day = dayAt(timeMs, timeZone)
        if (day >= today - LATE_DAYS && day < today) wait(day, [station])
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
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('check_in')
    .select(['station', eb => eb.fn.countAll<number>().as('count')])
    .where('station', 'in', stations)
    .where('hour_ms', '>=', startOfDay(day, timeZone))
    .where('hour_ms', '<', startOfDay(day + 1, timeZone))
    .groupBy('station')
    .execute()
  return new Map(rows.map(({ station, count }) => [station, Number(count)]))
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
        // A day of a zone that moves its clocks may have 1,380.
        wasOver: (minutes ?? 0) >= 1_380,
      },
    ]),
  )
}
