import type { StationView } from '@harbor/protocol'
import type { Opening } from './opening.ts'
import type { Said } from './sources.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A door is opened no later than this after the posted time, or doubt begins (docs/domain.md 3.7, D1). */
export const OPENS_WITHIN_MS = 15 * MINUTE_MS
/** Life so long before the posted time is the keeper who opens up (chosen). */
const EARLY_MS = 60 * MINUTE_MS
/**
 * Life once seen since the posted opening lasts for this long, and every visit renews it: with the 12.4 visits a day of a
 * usual place (docs/domain.md 1.1) in 14 hours, four hours without any are one chance in thirty (e^-3.5).
 */
const LIFE_HOLDS_MS = 4 * HOUR_MS
/** Where a place never closes, or nobody is there, nobody can forget to open: even 2.4 visits a day leave none in 24 h on one day in eleven alone. */
const LIFE_HOLDS_AROUND_THE_CLOCK_MS = 24 * HOUR_MS
/** Open without a break for longer than this is around the clock. */
const AROUND_THE_CLOCK_MS = 20 * HOUR_MS
/** A keeper's word. It ends with the posted hours too, whichever comes first. */
const KEEPER_HOLDS_MS = 4 * HOUR_MS
/** A visitor's. */
const VISITOR_HOLDS_MS = 60 * MINUTE_MS
/** A keeper who says that it is locked is still seen going. */
const KEEPER_LEAVES_MS = 10 * MINUTE_MS
/** One visitor's "locked" against a sensor that saw life this shortly before it: a wrong door, or a prank. */
const ONE_IS_DOUBTED_MS = 10 * MINUTE_MS

/** The kinds of sensor that can speak. */
export type SensorSource = 'door' | 'people' | 'presence' | 'appliance'

/** What is known of a station beside its posted hours. */
export interface OpeningEvidence {
  /** It has sensors that would show somebody who opens or comes in. */
  isWatched: boolean
  /** Since when such sensors are listened to: life before it was not seen. */
  watchedSinceMs: number
  /** When each last showed life. */
  sensors: readonly { source: SensorSource; atMs: number }[]
  said: readonly Said[]
}

export interface OpeningNow {
  opening: StationView['opening']
  /** Nothing but a change of the posted hours, or new evidence, changes it before. */
  dueAtMs: number
}

type Sign = NonNullable<StationView['opening']['sign']>

interface Witness {
  source: Sign['source']
  says: Sign['says']
  atMs: number
  untilMs: number
  /** Visitors that said the same. */
  count: number
}

/**
 * Posted hours held against what was seen and said (protocol, openingSchema). Sensors and people can raise doubt about an
 * opening; nothing makes a place open outside of its posted hours.
 */
export function openingNow(posted: Opening, evidence: OpeningEvidence, atMs: number): OpeningNow {
  const holding = witnesses(posted, evidence).filter(witness => witness.atMs <= atMs && atMs <= witness.untilMs)
  const newestOpen = newest(holding.filter(({ says }) => says === 'open'))
  const dueAtMs = Math.min(...holding.map(({ untilMs }) => untilMs + 1), Number.POSITIVE_INFINITY)
  const told = toldOf(posted)
  if (posted.state === 'unknown') {
    const sign = newest(holding)
    return { opening: { ...told, reason: 'no_hours', ...(sign && { sign: signOf(sign) }) }, dueAtMs }
  }
  if (posted.state === 'closed') return { opening: told, dueAtMs: Number.POSITIVE_INFINITY }
  const shut = newest(holding.filter(witness => witness.says === 'shut' && stands(witness, holding)))
  if (shut !== undefined) return { opening: doubtful(told, 'said_shut', signOf(shut)), dueAtMs }
  if (newestOpen !== undefined) return { opening: { ...told, sign: signOf(newestOpen) }, dueAtMs }
  if (!evidence.isWatched) return { opening: told, dueAtMs }
  const doubtFromMs = Math.max(posted.openSinceMs ?? 0, evidence.watchedSinceMs) + OPENS_WITHIN_MS
  if (atMs < doubtFromMs) return { opening: told, dueAtMs: Math.min(dueAtMs, doubtFromMs) }
  return { opening: doubtful(told, 'not_confirmed'), dueAtMs }
}

/** Everybody and everything that may speak, with how long it holds. */
function witnesses(posted: Opening, { sensors, said }: OpeningEvidence): Witness[] {
  const isOpenNow = posted.state === 'open' || posted.state === 'closing_soon'
  // What was seen before the place was to open says nothing of today.
  const sinceMs = isOpenNow && posted.openSinceMs !== undefined ? posted.openSinceMs - EARLY_MS : 0
  const isAroundTheClock =
    posted.unstaffed === true ||
    (isOpenNow &&
      (posted.changesAtMs === undefined || posted.changesAtMs - (posted.openSinceMs ?? 0) > AROUND_THE_CLOCK_MS))
  const lifeHoldsMs = isAroundTheClock ? LIFE_HOLDS_AROUND_THE_CLOCK_MS : LIFE_HOLDS_MS
  const seen = sensors.map(({ source, atMs }): Witness => ({
    source,
    says: 'open',
    atMs,
    untilMs: atMs + lifeHoldsMs,
    count: 1,
  }))
  const heard = said.flatMap(({ says, by, at, count }): Witness[] => {
    const word = WORDS[says]
    if (word === undefined) return []
    const atMs = Date.parse(at)
    const holdsMs = by === 'keeper' ? KEEPER_HOLDS_MS : VISITOR_HOLDS_MS
    return [{ source: by, says: word, atMs, untilMs: atMs + holdsMs, count }]
  })
  return [...seen, ...heard].filter(({ atMs }) => atMs >= sinceMs)
}

/** Who found it full or clean was inside. Something broken may be the door. */
const WORDS: Readonly<Record<Said['says'], Sign['says'] | undefined>> = {
  open: 'open',
  full: 'open',
  clean: 'open',
  locked: 'shut',
  broken: undefined,
}

/** Whether a word that it is shut outlives what speaks against it. */
function stands(shut: Witness, all: readonly Witness[]): boolean {
  return !all.some(({ source, says, atMs }) => {
    if (says === 'shut') return false
    if (source === 'keeper') return atMs > shut.atMs
    if (source === 'visitor') return atMs > shut.atMs
    if (shut.source === 'keeper') return atMs > shut.atMs + KEEPER_LEAVES_MS
    return atMs > shut.atMs - (shut.count >= 2 ? 0 : ONE_IS_DOUBTED_MS)
  })
}

/** The hours as posted. In doubt nobody is told that nobody is there. */
function toldOf({ state, changesAtMs, unstaffed, special }: Opening): StationView['opening'] {
  return {
    state,
    ...(changesAtMs !== undefined && { changesAt: new Date(changesAtMs).toISOString() }),
    ...(unstaffed === true && { unstaffed }),
    ...(special !== undefined && { special }),
  }
}

function doubtful(
  { unstaffed: _unstaffed, ...told }: StationView['opening'],
  reason: 'not_confirmed' | 'said_shut',
  sign?: Sign,
): StationView['opening'] {
  return { ...told, state: 'unknown', reason, ...(sign !== undefined && { sign }) }
}

function newest(all: readonly Witness[]): Witness | undefined {
  return all.reduce<Witness | undefined>(
    (found, witness) => (found === undefined || witness.atMs > found.atMs ? witness : found),
    undefined,
  )
}

function signOf({ source, says, atMs }: Witness): Sign {
  return { source, says, at: new Date(atMs).toISOString() }
}
