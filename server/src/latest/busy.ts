import type { BusyHours, HoursPlan } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { Directory, StationEntry } from '../registry/directory.ts'
import { BUSY_SLOT_MS, BUSY_SPAN_MS, type CountedSlot, busyHours } from '../stations/busy-hours.ts'
import type { PostedHours } from '../stations/opening.ts'
import { toWall } from '../stations/wall-clock.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'

/** What is usual in eight weeks is not another within this. */
const KEPT_MS = 6 * 3_600_000
/** Answers kept, 2 KB each. */
const MAX_KEPT = 2_000
/** Eight weeks of a station are read at once by so many; others wait their turn, and beyond that are sent away. */
const MAX_RUNNING = 2
const MAX_WAITING = 50
const RETRY_AFTER_S = 5

/** What is usual at a station. */
export interface Busy {
  /** @throws ApiProblem `not_found`; `unavailable` when the history cannot be read now, or too many ask at once. */
  of: (station: string) => Promise<BusyHours>
}

export interface BusyDeps {
  directory: Pick<Directory, 'stations'>
  store: Pick<TelemetryStore, 'series'>
  posted: Pick<PostedHours, 'plan'>
  timeZone: string
  nowMs: () => number
}

export function createBusy({ directory, store, posted, timeZone, nowMs }: BusyDeps): Busy {
  /** The oldest first. */
  const kept = new Map<string, { atMs: number; answer: Promise<BusyHours> }>()
  const waiting: (() => void)[] = []
  let running = 0

  const inTurn = async <T>(job: () => Promise<T>): Promise<T> => {
    if (running >= MAX_RUNNING) {
      if (waiting.length >= MAX_WAITING)
        throw new ApiProblem('unavailable', 'too many ask for usual hours at once; try again', {
          retryAfterS: RETRY_AFTER_S,
        })
      await new Promise<void>(resolve => waiting.push(resolve))
    }
    running += 1
    try {
      return await job()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
  const compute = async ({ record, devices }: StationEntry): Promise<BusyHours> => {
    const own = devices.filter(({ appliance }) => appliance === undefined).map(({ id }) => id)
    const about = { station: record.id, ...(record.capacity !== undefined && { capacity: record.capacity }) }
    if (own.length === 0) return { ...about, days: 0 }
    const toMs = Math.floor(nowMs() / BUSY_SLOT_MS) * BUSY_SLOT_MS
    const span = { fromMs: toMs - BUSY_SPAN_MS, toMs, everyMs: BUSY_SLOT_MS }
    const limit = own.length * (BUSY_SPAN_MS / BUSY_SLOT_MS)
    const { series } = await inTurn(() => store.series({ devices: own, metric: 'people', ...span, limit }))
    const slots = series.flatMap(({ points }) =>
      points.map(([startMs = 0, people = 0]): CountedSlot => ({ startMs, people })),
    )
    const plan = posted.plan({ hours: record.hours, atMs: nowMs(), timeZone })
    const wallOf = (atMs: number) => toWall(atMs, timeZone)
    return { ...about, ...busyHours({ slots, wallOf, mayBeOpen: openHoursOf(plan) }) }
  }

  return {
    of: async station => {
      const entry = directory.stations.get(station)
      if (entry === undefined) throw new ApiProblem('not_found', `there is no station ${station}`)
      const known = kept.get(station)
      if (known !== undefined && nowMs() - known.atMs < KEPT_MS) return known.answer
      const answer = compute(entry).catch((cause: unknown) => {
        kept.delete(station)
        if (cause instanceof ApiProblem) throw cause
        throw new ApiProblem('unavailable', 'the history cannot be read right now; try again', { cause })
      })
      kept.delete(station)
      kept.set(station, { atMs: nowMs(), answer })
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value ?? '')
      return answer
    },
  }
}

/** By the hours of the week; without a plan any hour may be one. */
function openHoursOf(plan: HoursPlan | undefined): (weekday: number, hour: number) => boolean {
  if (plan === undefined) return () => true
  return (weekday, hour) => {
    const isIn = (day: number, fromMinute: number) =>
      plan.week[(day + 7) % 7]?.some(({ from, to }) => from < fromMinute + 60 && to > fromMinute) === true
    return isIn(weekday, hour * 60) || isIn(weekday - 1, (hour + 24) * 60)
  }
}
