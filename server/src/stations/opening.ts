import { type OpeningHours, parseOpeningHours, wallDate } from './opening-hours-library.ts'
import { type WallMs, firstInstantAtWall, toWall } from './wall-clock.ts'

const DAY_MS = 24 * 3_600_000

/** Open, but no longer than this more, is closing soon (protocol, openingSchema). */
const CLOSING_SOON_MS = 30 * 60_000

/** A change further away than this is not told. */
const TOLD_WITHIN_MS = 366 * DAY_MS

/** So far a change is looked for: then what was found (or not) also answers later questions. */
const SEARCHED_MS = 800 * DAY_MS

/** Distinct hours kept parsed, about 30 KB each; stations share most of theirs. */
const MAX_PARSED = 1_000

/** A rule with a comment of its own for every interval changes often without opening or closing. */
const MAX_CHANGES = 5_000

/** Whether a place is open by its posted hours, and when that changes. */
export interface Opening {
  state: 'open' | 'closing_soon' | 'closed' | 'unknown'
  /** When it closes (if open) or opens (if closed); absent when unknown, never, or more than 366 days away. */
  changesAtMs?: number
}

export interface OpeningInput {
  /** OpenStreetMap `opening_hours` syntax; undefined or unreadable text gives `unknown`. */
  hours: string | undefined
  /** The instant asked about, milliseconds since 1970. */
  atMs: number
  /** IANA zone of the place's clock. */
  timeZone: string
  /** Open, but no longer than this more, is `closing_soon`. Default 30 minutes. */
  closingSoonMs?: number
}

type State = 'open' | 'closed' | 'unknown'

/** A stretch of one state on the wall clock. */
interface Stretch {
  state: State
  /** From here on it is known. */
  fromMs: WallMs
  /** Up to here it is known. */
  untilMs: WallMs
  /** What comes at `untilMs`; undefined: nothing was found so far ahead. */
  next: State | undefined
}

interface Parsed {
  library: OpeningHours
  stretch: Stretch | undefined
}

/** Parsed hours by their text, least recently used first; undefined for what cannot be read. A memo: it changes no answer. */
const parsedHours = new Map<string, Parsed | undefined>()

/**
 * Open or not at an instant, by the clock of `timeZone`, in whatever zone the process runs. Hours that the library cannot
 * read, or themselves call unknown ("by appointment", an open end), give `unknown`; it never throws for hours.
 *
 * Public holidays (`PH`) are what the library has for China: the fixed dates 1 January, 8 March, 1 May, 4 May, 1 June and
 * 1 to 3 October. It lacks all of the lunar calendar (Spring Festival, Qingming, Dragon Boat, Mid-Autumn) and the State
 * Council's yearly shifts, and has no school holidays (`SH` gives `unknown`).
 *
 * @throws RangeError when there is no such zone: the settings have checked it.
 */
export function openingState({ hours, atMs, timeZone, closingSoonMs = CLOSING_SOON_MS }: OpeningInput): Opening {
  const wallMs = toWall(atMs, timeZone)
  const stretch = hours === undefined ? undefined : stretchAt(hours, wallMs)
  if (stretch === undefined || stretch.state === 'unknown') return { state: 'unknown' }
  const { state, untilMs, next } = stretch
  if (next === undefined || next === 'unknown' || untilMs - wallMs > TOLD_WITHIN_MS) return { state }
  const changesAtMs = firstInstantAtWall(untilMs, timeZone, atMs)
  return { state: state === 'open' && changesAtMs - atMs <= closingSoonMs ? 'closing_soon' : state, changesAtMs }
}

function stretchAt(hours: string, wallMs: WallMs): Stretch | undefined {
  const parsed = parsedAs(hours)
  if (parsed === undefined) return undefined
  const known = parsed.stretch
  if (known !== undefined && wallMs >= known.fromMs && wallMs < known.untilMs) {
    // Without a change in it, the answer holds only as long as a change within TOLD_WITHIN_MS would have been found.
    if (known.next !== undefined || wallMs < known.untilMs - TOLD_WITHIN_MS) return known
  }
  try {
    parsed.stretch = findStretch(parsed.library, wallMs)
    return parsed.stretch
  } catch {
    return undefined // it reads some hours that it then cannot evaluate, such as school holidays that it lacks
  }
}

function findStretch(library: OpeningHours, fromMs: WallMs): Stretch {
  const iterator = library.getIterator(wallDate(fromMs))
  const stateNow = (): State => {
    if (iterator.getUnknown()) return 'unknown'
    return iterator.getState() ? 'open' : 'closed'
  }
  const state = stateNow()
  // The limit matters: `PH off` alone never changes, and without one the library looks for ever.
  const limitMs = fromMs + SEARCHED_MS
  const limit = wallDate(limitMs)
  for (let changes = 0; changes < MAX_CHANGES && iterator.advance(limit); changes++) {
    const next = stateNow()
    if (next !== state) return { state, fromMs, untilMs: iterator.getDate().getTime(), next }
  }
  return { state, fromMs, untilMs: limitMs, next: undefined }
}

function parsedAs(hours: string): Parsed | undefined {
  const known = parsedHours.get(hours)
  const isKnown = known !== undefined || parsedHours.has(hours)
  const parsed = isKnown ? known : tryParse(hours)
  parsedHours.delete(hours)
  parsedHours.set(hours, parsed)
  if (parsedHours.size > MAX_PARSED) parsedHours.delete(parsedHours.keys().next().value ?? '')
  return parsed
}

function tryParse(hours: string): Parsed | undefined {
  try {
    return { library: parseOpeningHours(hours), stretch: undefined }
  } catch {
    return undefined // not opening hours: what is wrong with them is told where they are entered
  }
}
