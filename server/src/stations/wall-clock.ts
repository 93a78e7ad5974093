/**
 * Wall-clock time of a zone as a number: the milliseconds at which a clock in UTC would show the same date and time.
 */
export type WallMs = number

/** Zones move their clocks only at quarters of an hour in UTC (IANA time zone database, all transitions since 1972). */
const QUARTER_MS = 15 * 60_000

/** A zone moves its clocks by no more than this at once (a day: Samoa crossed the date line in 2011). */
const MAX_SHIFT_MS = 24 * 3_600_000

/** Offsets remembered per zone; a list of all stations asks for one instant many times over. */
const MAX_OFFSETS = 1_000

interface ZoneMemo {
  format: Intl.DateTimeFormat
  offsets: Map<number, number>
}

/** A memo of a pure function, for building a format takes longer than a thousand uses of it. There are about 600 zones. */
const zones = new Map<string, ZoneMemo>()

/** @throws RangeError when there is no such zone. */
export function toWall(atMs: number, timeZone: string): WallMs {
  return atMs + offsetMs(atMs, timeZone)
}

/**
 * The first instant after `afterMs` at which the zone's clock shows `wallMs` or has just jumped over it. A time that the
 * clock shows twice is the first of the two that is still to come.
 */
export function firstInstantAtWall(wallMs: WallMs, timeZone: string, afterMs: number): number {
  const candidates = [wallMs - MAX_SHIFT_MS, wallMs + MAX_SHIFT_MS]
    .map(nearMs => wallMs - offsetMs(nearMs, timeZone))
    .filter(ms => ms > afterMs)
    .sort((a, b) => a - b)
  const exact = candidates.find(ms => toWall(ms, timeZone) === wallMs)
  if (exact !== undefined) return exact
  // Jumped over: the clock is before it at `before`, past it at `past`; close in on the jump.
  let past = Math.max(wallMs - offsetMs(wallMs - MAX_SHIFT_MS, timeZone), afterMs + 1)
  let before = afterMs
  while (past - before > 1) {
    const middle = Math.floor((before + past) / 2)
    if (toWall(middle, timeZone) >= wallMs) past = middle
    else before = middle
  }
  return past
}

function offsetMs(atMs: number, timeZone: string): number {
  let zone = zones.get(timeZone)
  if (zone === undefined) {
    zone = { format: dateFormat(timeZone), offsets: new Map() }
    zones.set(timeZone, zone)
  }
  const quarter = Math.floor(atMs / QUARTER_MS)
  let offset = zone.offsets.get(quarter)
  if (offset === undefined) {
    if (zone.offsets.size >= MAX_OFFSETS) zone.offsets.clear()
    offset = readClock(zone.format, quarter * QUARTER_MS) - quarter * QUARTER_MS
    zone.offsets.set(quarter, offset)
  }
  return offset
}

function dateFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}

function readClock(format: Intl.DateTimeFormat, atMs: number): WallMs {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}
