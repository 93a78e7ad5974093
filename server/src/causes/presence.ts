import type { Reading } from '@harbor/protocol'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What is known of one device's life, from its readings alone. Plain numbers, changed in place: this runs for every reading. */
export interface Presence {
  /** Its newest word by the readings' own times; 0 before the first. */
  heardMs: number
  /** When it was said to be gone (its last will), if that is newer than its own words. */
  goneMs: number | undefined
  /** Fed from the mains: it measures what flows. */
  isMains: boolean
  voltageV: number | undefined
  powerW: number | undefined
  /** When its power fell to nothing; undefined: it has not, or something flows again. */
  darkSinceMs: number | undefined
  relay: number | undefined
  /** When that was said: plugs say it on a change alone, and not always before what they say beside it. */
  relayMs: number
  /** When it was switched off while it was there and speaking; undefined: it was not. */
  switchedOffMs: number | undefined
  /** The usual time between two of its words. */
  intervalMs: number
  /** The longest lately, and of how many. */
  longestGapMs: number
  gaps: number
}

/** Before a device has shown its pace. */
const FIRST_INTERVAL_MS = MINUTE_MS
/** Readings of one report that came apart by less are one word. */
const ONE_WORD_MS = 500
/** Below this a socket is dead, whatever the meter's noise (chosen: a fifth of the nominal 220 V). */
const DEAD_BELOW_V = 44
/** A plug that still says "0 W" this long after the drop is fed itself, so its socket is not dead. */
const DARK_FOR_MS = 90_000
/** A device that measures these is fed from what it measures. */
const MAINS_METRICS: ReadonlySet<string> = new Set(['power', 'voltage', 'current', 'energy', 'apparent_power'])
/** How fast an unusual gap is forgotten, a word. */
const FORGET = 0.99

export function newPresence(): Presence {
  return {
    heardMs: 0,
    goneMs: undefined,
    isMains: false,
    voltageV: undefined,
    powerW: undefined,
    darkSinceMs: undefined,
    relay: undefined,
    relayMs: 0,
    switchedOffMs: undefined,
    intervalMs: FIRST_INTERVAL_MS,
    longestGapMs: 0,
    gaps: 0,
  }
}

/** Takes a reading in. One that is older than what was heard tells nothing of the present. */
export function observe(
  presence: Presence,
  { metric, value, timeMs }: Pick<Reading, 'metric' | 'value' | 'timeMs'>,
): void {
  const gapMs = presence.heardMs === 0 ? 0 : timeMs - presence.heardMs
  const wasQuiet = presence.goneMs !== undefined || gapMs > silentAfterMs(presence)
  if (metric === 'relay' && timeMs >= presence.relayMs) noteRelay(presence, { value, timeMs, wasQuiet })
  if (timeMs < presence.heardMs) return
  if (metric === 'online' && value === 0) {
    presence.goneMs = timeMs
    return
  }
  if (gapMs > ONE_WORD_MS) learnPace(presence, gapMs)
  presence.heardMs = timeMs
  presence.goneMs = undefined
  if (MAINS_METRICS.has(metric)) presence.isMains = true
  if (metric === 'voltage') presence.voltageV = value
  if (metric === 'power') {
    if (value > 0) presence.darkSinceMs = undefined
    else if ((presence.powerW ?? 0) > 0) presence.darkSinceMs = timeMs
    presence.powerW = value
  }
}

function noteRelay(
  presence: Presence,
  { value, timeMs, wasQuiet }: { value: number; timeMs: number; wasQuiet: boolean },
): void {
  if (value === 1) presence.switchedOffMs = undefined
  // Off after a silence is what a cut left behind, and nobody's purpose.
  else if (presence.relay === 1 && !wasQuiet) presence.switchedOffMs = timeMs
  presence.relay = value
  presence.relayMs = timeMs
}

/** What one reading of each metric shows is no pace, and no switching. */
export function forgetPace(presence: Presence): void {
  presence.intervalMs = FIRST_INTERVAL_MS
  presence.longestGapMs = 0
  presence.gaps = 0
  presence.switchedOffMs = undefined
}

function learnPace(presence: Presence, gapMs: number): void {
  presence.gaps = Math.min(presence.gaps + 1, 1_000)
  // Quick to take a longer pace over, slow to forget it: reports on change come in bursts.
  const weight = gapMs > presence.intervalMs ? 0.3 : 0.05
  const capped = Math.min(gapMs, 5 * MINUTE_MS)
  presence.intervalMs += (capped - presence.intervalMs) * weight
  presence.longestGapMs = Math.max(gapMs, presence.longestGapMs * FORGET)
}

/** Nothing is known of a device that was silent for longer: two reports missed, and 30 s (docs/domain.md 3.1). */
export function silentAfterMs({ intervalMs }: Presence): number {
  return Math.max(MINUTE_MS, 2 * intervalMs + 30_000)
}

/** The span in which a device lost its power or its voice. `isSaid`: told by itself or its gateway, not concluded from silence. */
export interface Drop {
  fromMs: number
  toMs: number
  isSaid: boolean
}

/** When a device went down; undefined while it is up, or nothing can be said. Silence counts from `listeningSinceMs` on. */
export function dropOf(presence: Presence, nowMs: number, listeningSinceMs: number): Drop | undefined {
  const { heardMs, goneMs, voltageV, darkSinceMs, intervalMs } = presence
  if (heardMs === 0) return undefined
  if (goneMs !== undefined) return { fromMs: heardMs, toMs: goneMs, isSaid: true }
  if (voltageV !== undefined && voltageV < DEAD_BELOW_V)
    return { fromMs: heardMs - intervalMs, toMs: heardMs, isSaid: true }
  if (voltageV === undefined && darkSinceMs !== undefined && nowMs - darkSinceMs <= DARK_FOR_MS)
    return { fromMs: darkSinceMs - intervalMs, toMs: darkSinceMs, isSaid: true }
  if (heardMs < listeningSinceMs) return undefined
  if (nowMs - heardMs <= silentAfterMs(presence)) return undefined
  // Its last report may have been lost: then it was there for one more interval.
  return { fromMs: heardMs, toMs: heardMs + 2 * intervalMs, isSaid: false }
}

/** Readings enough to know the pace of a device that reports when it likes. */
const ENOUGH_GAPS = 20
/** Offline for longer than this is told (docs/domain.md 3.6, G2). */
const OFFLINE_AFTER_MS = 30 * MINUTE_MS
/** Battery devices may speak once a day alone; two hours more are for their clocks (docs/domain.md 3.8: 26 to 50 h). */
const DAILY_MS = 26 * HOUR_MS

/** How long a device may be silent before that is told. */
export function offlineAfterMs({ isMains, goneMs, gaps, longestGapMs }: Presence): number {
  if (isMains || goneMs !== undefined) return OFFLINE_AFTER_MS
  return gaps < ENOUGH_GAPS ? DAILY_MS : Math.max(OFFLINE_AFTER_MS, 3 * longestGapMs)
}
