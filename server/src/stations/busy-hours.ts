import type { BusyHours } from '@harbor/protocol'
import { type WallMs, dateOfWall, weekdayOfWall } from '@harbor/protocol/opening-at'

const HOUR_MS = 3_600_000
/** How far back it is looked. */
export const BUSY_SPAN_MS = 56 * 24 * HOUR_MS
/** A count holds for ten minutes (stations/space.ts), so a slot without one was not counted. */
export const BUSY_SLOT_MS = 10 * 60_000
/** An hour of which less was counted says nothing of itself. */
const FEWEST_SLOTS = 3
/** Fewer days are too little to say what is usual (protocol, busyHoursSchema). */
const FEWEST_DAYS = 7

/** The mean count of one slot. */
export interface CountedSlot {
  startMs: number
  /** Below 0 when the counter missed people who came. */
  people: number
}

/** Slots of the last eight weeks, of all the station's counters: of two for the same time the mean is taken. */
export interface BusyInput {
  slots: Iterable<CountedSlot>
  /** The wall clock of the station. */
  wallOf: (atMs: number) => WallMs
  /** Whether the station's posted hours ever are open in an hour of a weekday (Monday 0). */
  mayBeOpen: (weekday: number, hour: number) => boolean
}

/**
 * How many people are usually there: first the mean of each single hour, each ten minutes alike however often the counter
 * spoke, then the mean of the same hour on all days of a weekday. So a day with more readings weighs no more than another.
 */
export function busyHours({ slots, wallOf, mayBeOpen }: BusyInput): Pick<BusyHours, 'days' | 'week'> {
  const hours = new Map<WallMs, Map<number, Mean>>()
  for (const { startMs, people } of slots) {
    const wallMs = wallOf(startMs + BUSY_SLOT_MS / 2)
    const hour = Math.floor(wallMs / HOUR_MS) * HOUR_MS
    const ofHour = hours.get(hour) ?? new Map<number, Mean>()
    hours.set(hour, ofHour)
    ofHour.set(startMs, plus(ofHour.get(startMs), Math.max(0, people)))
  }
  const days = new Set<string>()
  const week = Array.from({ length: 7 }, () => Array.from<Mean | undefined>({ length: 24 }))
  for (const [hourMs, ofHour] of hours) {
    if (ofHour.size < FEWEST_SLOTS) continue
    days.add(dateOfWall(hourMs))
    const row = week[weekdayOfWall(hourMs)] ?? []
    const hour = new Date(hourMs).getUTCHours()
    let whole: Mean | undefined
    for (const slot of ofHour.values()) whole = plus(whole, slot.sum / slot.count)
    if (whole !== undefined) row[hour] = plus(row[hour], whole.sum / whole.count)
  }
  if (days.size < FEWEST_DAYS) return { days: days.size }
  return {
    // Clocks that are moved can give the span a day more than it has.
    days: Math.min(days.size, 56),
    week: week.map((row, weekday) =>
      row.map((mean, hour) =>
        mean === undefined || !mayBeOpen(weekday, hour) ? null : Math.round((mean.sum / mean.count) * 10) / 10,
      ),
    ),
  }
}

interface Mean {
  sum: number
  count: number
}

function plus(mean: Mean | undefined, value: number): Mean {
  return { sum: (mean?.sum ?? 0) + value, count: (mean?.count ?? 0) + 1 }
}
