import { newKey } from './visitor-api.ts'

/**
 * The keys under which this phone says what it sees at a station, and comes and goes there. What is said of one station on one day
 * has one key, so that the server counts a phone once; coming and going have one, so that going takes off whoever came. Another day or
 * another station has another key: nobody can join them to where somebody goes.
 */
export interface VisitKeys {
  /** For one-tap confirmations at a station. */
  toSay: (station: string) => string
  /** For coming to a station; the same until it was left. */
  toCome: (station: string) => string
  /** For going; that of the coming, if there was one. Asked again it is the same. */
  toGo: (station: string) => string
  /** The server heard that the visitor went. */
  left: (station: string) => void
}

/** Where keys are kept; both may throw where storage is forbidden. */
export type KeyStorage = Pick<Storage, 'getItem' | 'setItem'>

interface Stay {
  key: string
  cameAtMs: number
  left: boolean
}

interface Kept {
  /** The day on the phone's calendar that `said` is of. */
  day: string
  /** Keys by station. */
  said: Record<string, string>
  stays: Record<string, Stay>
}

const STORAGE_KEY = 'harbor.visitKeys'
/** Longer than anybody rests (chosen): after this a stay is over, and its key forgotten. */
const LONGEST_STAY_MS = 12 * 60 * 60_000
/** Of a day; chosen: more than anybody visits. Beyond, the first are forgotten. */
const MAX_STATIONS = 50

/** @param nowMs the phone's clock */
export function createVisitKeys(storage: () => KeyStorage, nowMs: () => number): VisitKeys {
  // Where nothing may be stored the keys live as long as the page.
  let memory = ''
  const read = (): Kept => {
    const day = dayOf(nowMs())
    const kept = parse(stored(storage) ?? memory)
    const stays = Object.entries(kept.stays).filter(([, { cameAtMs }]) => isSameStay(cameAtMs, nowMs()))
    return { day, said: kept.day === day ? kept.said : {}, stays: Object.fromEntries(stays) }
  }
  const write = (kept: Kept) => {
    memory = JSON.stringify({ ...kept, said: newestOf(kept.said), stays: newestOf(kept.stays) })
    try {
      storage().setItem(STORAGE_KEY, memory)
    } catch {
      return // Storage is full or forbidden.
    }
  }
  const stay = (station: string, isOver: (known: Stay) => boolean): string => {
    const kept = read()
    const known = kept.stays[station]
    if (known !== undefined && !isOver(known)) return known.key
    const { [station]: _, ...others } = kept.stays
    const begun = { key: newKey(), cameAtMs: nowMs(), left: false }
    write({ ...kept, stays: { ...others, [station]: begun } })
    return begun.key
  }
  return {
    toSay(station) {
      const kept = read()
      const key = kept.said[station] ?? newKey()
      write({ ...kept, said: { ...kept.said, [station]: key } })
      return key
    },
    toCome: station => stay(station, ({ left }) => left),
    toGo: station => stay(station, () => false),
    left(station) {
      const kept = read()
      const known = kept.stays[station]
      if (known !== undefined) write({ ...kept, stays: { ...kept.stays, [station]: { ...known, left: true } } })
    },
  }
}

/** This phone's keys. */
export const visitKeys: VisitKeys = createVisitKeys(() => window.localStorage, Date.now)

function isSameStay(cameAtMs: number, nowMs: number): boolean {
  return cameAtMs <= nowMs && nowMs - cameAtMs < LONGEST_STAY_MS
}

function newestOf<T>(byStation: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(byStation).slice(-MAX_STATIONS))
}

function dayOf(atMs: number): string {
  const date = new Date(atMs)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

function stored(storage: () => KeyStorage): string | undefined {
  try {
    return storage().getItem(STORAGE_KEY) ?? undefined
  } catch {
    return undefined // Storage is forbidden.
  }
}

/** What was kept; nothing where it is not what this page writes. */
function parse(text: string): Kept {
  const nothing: Kept = { day: '', said: {}, stays: {} }
  try {
    const { day, said, stays } = JSON.parse(text) as Partial<Kept>
    return typeof day === 'string' && typeof said === 'object' && typeof stays === 'object'
      ? { day, said, stays }
      : nothing
  } catch {
    return nothing
  }
}
