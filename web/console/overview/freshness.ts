import type { Overview } from '@harbor/protocol'

/**
 * After this long a figure is no longer what is: twice the longest time between two tellings of it (the counts come at least every
 * 30 s, the rest is asked for every 30 s).
 */
export const STALE_AFTER_MS = 60_000
/** Use and energy are counted from readings every few minutes, not as they come. */
export const COUNTED_STALE_AFTER_MS = 20 * 60_000

/** What a figure's age says of it. */
export type Freshness = 'live' | 'stale'

export function freshnessOf(at: string, nowMs: number, staleAfterMs = STALE_AFTER_MS): Freshness {
  return nowMs - Date.parse(at) > staleAfterMs ? 'stale' : 'live'
}

/** A share from 0 to 1; undefined where there is nothing to have a share of. */
export function shareOf(part: number, of: number): number | undefined {
  return of === 0 ? undefined : part / of
}

/** How far a figure is from the usual one, as a share of it; undefined where that says nothing. */
export function againstUsual(value: number, usual: number | undefined): number | undefined {
  return usual === undefined || usual === 0 ? undefined : value / usual - 1
}

/** Stations that somebody has to see to now. */
export function inTrouble({ closedButShouldBeOpen, notConfirmed, offline }: Overview['counts']): number {
  return closedButShouldBeOpen + notConfirmed + offline
}
