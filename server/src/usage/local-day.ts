import { dateOfWall, wallOfDate } from '@harbor/protocol/opening-at'
import { firstInstantAtWall, toWall } from '../stations/wall-clock.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** A day of the stations' calendar as a number: days since 1 January 1970 by the clock on their wall. */
export type LocalDay = number

/** The day that an instant is in. */
export function dayAt(atMs: number, timeZone: string): LocalDay {
  return Math.floor(toWall(atMs, timeZone) / DAY_MS)
}

/** The first instant of a day. */
export function startOfDay(day: LocalDay, timeZone: string): number {
  const wallMs = day * DAY_MS
  return firstInstantAtWall(wallMs, timeZone, wallMs - 2 * DAY_MS)
}

/** As 2026-10-01. */
export function dateOfDay(day: LocalDay): string {
  return dateOfWall(day * DAY_MS)
}

/** @param date as 2026-10-01 */
export function dayOfDate(date: string): LocalDay {
  return Math.floor(wallOfDate(date) / DAY_MS)
}

/** The first day of the month that a day is in. */
export function monthOfDay(day: LocalDay): LocalDay {
  return dayOfDate(`${dateOfDay(day).slice(0, 7)}-01`)
}

/** The first day of the month after. */
export function nextMonth(month: LocalDay): LocalDay {
  return monthOfDay(month + 31)
}

/** The hour of its day that an instant is in, by the clock on the wall. */
export function hourAt(atMs: number, timeZone: string): number {
  return Math.floor((toWall(atMs, timeZone) % DAY_MS) / HOUR_MS)
}
