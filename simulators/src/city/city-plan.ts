import type { ApplianceKind } from '@harbor/protocol'
import { APPLIANCE_KINDS } from '@harbor/protocol'
import { FAULTS, type Fault } from '../faults/faults.ts'
import { type Random, createRandom, pick, uniform } from '../random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** From `fromMs` up to `toMs`. */
export interface Span {
  fromMs: number
  toMs: number
}

/** What happens to a station's supply and network in a run, and what breaks. */
export interface StationCourse {
  /** No mains: every plug and whatever else lives on them is silent. */
  cuts: readonly Span[]
  /** Its gateway and the radios for the battery devices live on through a cut. */
  hasUps: boolean
  /** The gateway is down: what is said meanwhile is lost. */
  reboots: readonly Span[]
  /** The line is down: what is said meanwhile comes when it is back. */
  outages: readonly Span[]
  /** Days on which hardly anybody comes. */
  holidays: readonly Span[]
  /** Its dispenser heats all night, for nobody switches it off. */
  isLeftHeating: boolean
  fault: { kind: ApplianceKind; fault: Fault; fromMs: number } | undefined
}

export interface CourseInput {
  seed: string
  fromMs: number
  toMs: number
  isLeftHeating: boolean
  /** The fault of the station; undefined: it stays healthy. */
  fault: { kind: ApplianceKind; fault: Fault } | undefined
  /** Faults begin after so much of healthy life. */
  faultAfterMs: number
}

/**
 * A station's course, drawn from its seed: a cut and an outage in ten days or so, a reboot a week, at least one of each; three quiet days
 * in the middle.
 */
export function courseOf({ seed, fromMs, toMs, isLeftHeating, fault, faultAfterMs }: CourseInput): StationCourse {
  const everyMs = (days: number) => Math.min(days * DAY_MS, toMs - fromMs)
  const random = createRandom(`${seed} course`)
  const middleMs = (fromMs + toMs) / 2
  return {
    cuts: spans(random, { fromMs, toMs, everyMs: everyMs(10), least: 4 * MINUTE_MS, most: 2 * HOUR_MS }),
    hasUps: random() < 0.5,
    reboots: spans(random, { fromMs, toMs, everyMs: everyMs(7), least: 2 * MINUTE_MS, most: 5 * MINUTE_MS }),
    outages: spans(random, { fromMs, toMs, everyMs: everyMs(10), least: MINUTE_MS, most: 3 * HOUR_MS }),
    holidays: toMs - fromMs >= 10 * DAY_MS ? [{ fromMs: middleMs, toMs: middleMs + 3 * DAY_MS }] : [],
    isLeftHeating,
    fault: fault && { ...fault, fromMs: fromMs + faultAfterMs + random() * 6 * HOUR_MS },
  }
}

interface SpanPlan extends Span {
  everyMs: number
  least: number
  most: number
}

function spans(random: Random, { fromMs, toMs, everyMs, least, most }: SpanPlan): Span[] {
  const found: Span[] = []
  for (let atMs = fromMs; atMs < toMs; atMs += everyMs) {
    const beginsMs = atMs + uniform(random, 0.05, 0.9) * everyMs
    // Most are short: the square leans to the least.
    if (beginsMs < toMs) found.push({ fromMs: beginsMs, toMs: beginsMs + least + (most - least) * random() ** 2 })
  }
  return found
}

export function isWithin(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)
}

/** Every fault that there is, in turn; of them one for each station of a city in which things break. */
export function allFaults(): { kind: ApplianceKind; fault: Fault }[] {
  return APPLIANCE_KINDS.flatMap(kind => FAULTS[kind].map(fault => ({ kind, fault })))
}

/** What a device's word loses or gains on its way. */
export interface Passage {
  isLost: boolean
  delayMs: number
}

const LOST_SHARE = 0.01
const LATE_SHARE = 0.05
const LATE_MS = 20_000
const DELAY_MS = [200, 400, 900] as const

/** One in a hundred is lost, one in twenty comes up to 20 s late, a few after minutes, the others within a second. */
export function passage(random: Random): Passage {
  const chance = random()
  if (chance < LOST_SHARE) return { isLost: true, delayMs: 0 }
  if (chance < LOST_SHARE + LATE_SHARE) return { isLost: false, delayMs: random() * LATE_MS }
  if (chance > 0.999) return { isLost: false, delayMs: uniform(random, MINUTE_MS, HOUR_MS) }
  return { isLost: false, delayMs: pick(random, DELAY_MS) }
}
