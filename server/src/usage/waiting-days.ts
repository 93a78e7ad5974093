import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { LocalDay } from './local-day.ts'

/** A day with fewer minutes was counted before it was over; a day of a zone that moves its clocks may have 1,380. */
export const WHOLE_DAY_MIN = 1_380
/** Rows written or deleted by one statement. */
const AT_ONCE = 400

/**
 * Stations to be counted, by day. Those that got readings of a day that is over are written down too, so that after a restart these
 * alone are counted again and not the fleet's last days. Bounded by the fleet and the days that are recounted.
 */
export interface WaitingDays {
  /** Takes up what was left: what waited, days that were not counted to their end, and days on which nobody counted. */
  load: (span: { today: LocalDay; lateDays: number; stations: Iterable<string> }) => Promise<void>
  /** `isLate`: because of readings that came after the day was over; kept over a restart. */
  add: (day: LocalDay, stations: Iterable<string>, isLate: boolean) => void
  days: () => LocalDay[]
  /** The stations of a day, which then wait no more. */
  take: (day: LocalDay) => string[]
  /** They are counted; those that wait again by now stay. */
  counted: (day: LocalDay, stations: readonly string[]) => void
  /** Days before `day` wait no more. */
  forgetBefore: (day: LocalDay) => void
  /** Resolves when all of this is written. */
  settled: () => Promise<void>
}

export function createWaitingDays({ db, log }: { db: RegistryDb; log: Logger }): WaitingDays {
  const waiting = new Map<LocalDay, Set<string>>()
  const kept = new Map<LocalDay, Set<string>>()
  let unwritten: { day: LocalDay; station: string }[] = []
  let writing: Promise<void> = Promise.resolve()

  const write = (job: () => Promise<void>) => {
    writing = writing.then(job).catch((error: unknown) => {
      log.warn({ reason: errorText(error) }, 'which days wait to be counted could not be written; they are counted')
    })
  }
  const insertUnwritten = async () => {
    while (unwritten.length > 0) {
      const rows = unwritten.slice(0, AT_ONCE)
      unwritten = unwritten.slice(AT_ONCE)
      await db
        .insertInto('usage_waiting')
        .values(rows)
        .onConflict(conflict => conflict.doNothing())
        .execute()
    }
  }
  const setOf = (map: Map<LocalDay, Set<string>>, day: LocalDay) => {
    const set = map.get(day) ?? new Set<string>()
    map.set(day, set)
    return set
  }
  const add: WaitingDays['add'] = (day, stations, isLate) => {
    const set = setOf(waiting, day)
    for (const station of stations) {
      set.add(station)
      const known = isLate ? setOf(kept, day) : undefined
      if (known === undefined || known.has(station)) continue
      known.add(station)
      if (unwritten.push({ day, station }) === 1) write(insertUnwritten)
    }
  }

  return {
    add,
    load: async ({ today, lateDays, stations }) => {
      const first = today - lateDays
      const left = await db.selectFrom('usage_waiting').selectAll().where('day', '>=', first).execute()
      for (const { day, station } of left) {
        setOf(kept, day).add(station)
        add(day, [station], false)
      }
      const unfinished = await db
        .selectFrom('usage_day')
        .select(['station', 'day'])
        .where('day', '>=', first)
        .where('day', '<', today)
        .where('minutes', '<', WHOLE_DAY_MIN)
        .execute()
      for (const { day, station } of unfinished) add(day, [station], false)
      const { last } = await db
        .selectFrom('usage_day')
        .select(eb => eb.fn.max<number | null>('day').as('last'))
        .executeTakeFirstOrThrow()
      const all = [...stations]
      // Of yesterday every station has a row: those without were not reached.
      const yesterday = await db
        .selectFrom('usage_day')
        .select('station')
        .where('day', '=', today - 1)
        .execute()
      const reached = new Set(yesterday.map(({ station }) => station))
      add(
        today - 1,
        all.filter(station => !reached.has(station)),
        false,
      )
      for (let day = Math.max(first, (last ?? first - 1) + 1); day < today; day++) add(day, all, false)
    },
    days: () => [...waiting.keys()],
    take: day => {
      const stations = [...(waiting.get(day) ?? [])]
      waiting.delete(day)
      return stations
    },
    counted: (day, stations) => {
      const known = kept.get(day)
      const done = known === undefined ? [] : stations.filter(station => known.has(station))
      if (known === undefined || done.length === 0) return
      write(async () => {
        const gone = done.filter(station => waiting.get(day)?.has(station) !== true)
        for (const station of gone) known.delete(station)
        for (let from = 0; from < gone.length; from += AT_ONCE)
          await db
            .deleteFrom('usage_waiting')
            .where('day', '=', day)
            .where('station', 'in', gone.slice(from, from + AT_ONCE))
            .execute()
      })
    },
    forgetBefore: day => {
      for (const map of [waiting, kept]) for (const old of map.keys()) if (old < day) map.delete(old)
      write(async () => void (await db.deleteFrom('usage_waiting').where('day', '<', day).execute()))
    },
    settled: () => writing,
  }
}
