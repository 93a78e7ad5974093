import type { HoursChange } from '@harbor/protocol'
import { type WallMs, dateOfWall } from '@harbor/protocol/opening-at'
import { DAY_MS, type DayPart, type DayParts } from './day-parts.ts'

const MINUTE_MS = 60_000

/** A change further away than this is not told. */
const TOLD_WITHIN_MS = 366 * DAY_MS
/** So far back it is asked since when a place is open: signs of life older than that speak for nothing. */
const LOOKED_BACK_DAYS = 2
/** Lines kept: distinct hours, and distinct changes of them. */
const MAX_LINES = 2_000

export type PostedState = 'open' | 'closed' | 'unknown'

/** Other hours for some days, from midnight to midnight. Dates as 2026-10-01, both included; without `hours` it is closed. */
export type HoursOverride = Pick<HoursChange, 'id' | 'kind' | 'from' | 'to' | 'hours'>

/** A stretch of one state on the wall clock. */
export interface HoursStretch {
  state: PostedState
  /** From here on it is known; where the stretch began, but for one that is longer than two days. */
  fromMs: WallMs
  /** Up to here it is known. */
  untilMs: WallMs
  /** What comes at `untilMs`; undefined: nothing else was found so far ahead. */
  next: PostedState | undefined
}

/** The posted hours of a place day after day, with what was changed for some of them. */
export interface HoursLine {
  /** Parts of the day, in order; undefined: nothing is known of it. */
  day: (midnightMs: WallMs) => readonly DayPart[] | undefined
  /** The change that holds on the day. */
  changeOn: (midnightMs: WallMs) => HoursOverride | undefined
  stretchAt: (wallMs: WallMs) => HoursStretch
}

/**
 * @param overrides of two that hold on a day the first in the list is taken
 */
export type HoursLines = (hours: string | undefined, overrides: readonly HoursOverride[]) => HoursLine

export function createHoursLines(parts: DayParts): HoursLines {
  const lines = new Map<string, HoursLine>()
  return (hours, overrides) => {
    const key = `${hours ?? '\u0001'}\u0000${overrides.map(({ id }) => id).join('\u0000')}`
    const known = lines.get(key)
    if (known !== undefined) return known
    const line = createLine(parts, hours, overrides)
    if (lines.size >= MAX_LINES) lines.delete(lines.keys().next().value ?? '')
    lines.set(key, line)
    return line
  }
}

export function midnightOf(wallMs: WallMs): WallMs {
  return Math.floor(wallMs / DAY_MS) * DAY_MS
}

function createLine(parts: DayParts, hours: string | undefined, overrides: readonly HoursOverride[]): HoursLine {
  /** The stretch that was found last: most questions are about it. */
  let last: HoursStretch | undefined

  const changeOn = (midnightMs: WallMs) => {
    if (overrides.length === 0) return undefined
    const date = dateOfWall(midnightMs)
    return overrides.find(({ from, to }) => from <= date && date <= to)
  }
  const day = (midnightMs: WallMs): readonly DayPart[] | undefined => {
    const change = changeOn(midnightMs)
    if (change !== undefined) return change.hours === undefined ? [] : parts.of(change.hours, midnightMs)
    return hours === undefined ? undefined : parts.of(hours, midnightMs)
  }
  const stretchAt = (wallMs: WallMs): HoursStretch => {
    if (last === undefined || wallMs < last.fromMs || wallMs >= last.untilMs) {
      const state = stateAt(day, wallMs)
      last = { state, fromMs: startOf(day, wallMs, state), untilMs: wallMs, next: undefined }
    }
    // Without a change in it, the answer holds only as far as one within TOLD_WITHIN_MS would have been found.
    if (last.next === undefined && last.untilMs < wallMs + TOLD_WITHIN_MS) look(last, wallMs + TOLD_WITHIN_MS)
    return last
  }
  const look = (stretch: HoursStretch, limitMs: WallMs) => {
    for (let midnightMs = midnightOf(stretch.untilMs); midnightMs < limitMs; midnightMs += DAY_MS) {
      for (const { fromMs, toMs, state } of spans(day(midnightMs), midnightMs)) {
        if (toMs <= stretch.untilMs) continue
        if (state !== stretch.state) {
          stretch.untilMs = fromMs
          stretch.next = state
          return
        }
        stretch.untilMs = toMs
      }
    }
  }
  return { day, changeOn, stretchAt }
}

type DayOf = HoursLine['day']

function stateAt(day: DayOf, wallMs: WallMs): PostedState {
  const midnightMs = midnightOf(wallMs)
  return spans(day(midnightMs), midnightMs).find(({ toMs }) => wallMs < toMs)?.state ?? 'unknown'
}

function startOf(day: DayOf, wallMs: WallMs, state: PostedState): WallMs {
  const todayMs = midnightOf(wallMs)
  let fromMs = wallMs
  for (let back = 0; back <= LOOKED_BACK_DAYS; back++) {
    const midnightMs = todayMs - back * DAY_MS
    for (const span of spans(day(midnightMs), midnightMs).toReversed()) {
      if (span.fromMs >= fromMs) continue
      if (span.state !== state) return fromMs
      fromMs = span.fromMs
    }
  }
  return fromMs
}

interface Span {
  fromMs: WallMs
  toMs: WallMs
  state: PostedState
}

/** A whole day without a gap, closed times included. */
function spans(parts: readonly DayPart[] | undefined, midnightMs: WallMs): Span[] {
  const endMs = midnightMs + DAY_MS
  if (parts === undefined) return [{ fromMs: midnightMs, toMs: endMs, state: 'unknown' }]
  const found: Span[] = []
  let atMs = midnightMs
  for (const { from, to, state } of parts) {
    const fromMs = midnightMs + from * MINUTE_MS
    const toMs = midnightMs + to * MINUTE_MS
    if (fromMs > atMs) found.push({ fromMs: atMs, toMs: fromMs, state: 'closed' })
    found.push({ fromMs, toMs, state })
    atMs = toMs
  }
  if (atMs < endMs) found.push({ fromMs: atMs, toMs: endMs, state: 'closed' })
  return found
}
