import { DAY_MS, KEEPS_ALL } from '../levels.ts'
import type { KeptFrom } from '../telemetry-store.ts'

/** A day of UTC: whole days since 1970. */
export type Day = number

/** The day that a moment is in. */
export function dayOf(timeMs: number): Day {
  return Math.floor(timeMs / DAY_MS)
}

/**
 * A table with readings of one day. `narrow`: a row for each reading, in the order in which they came; where writing goes on, and what was
 * written is not lost for being late. `wide`: a row for each moment of a device with a column for each metric, ordered by device and time;
 * never written to again.
 */
export interface Part {
  id: number
  day: Day
  kind: 'narrow' | 'wide'
  /** Of a wide part the metrics that it has columns for. */
  metrics: ReadonlySet<string>
  /** Rows. */
  rows: number
  /** Of a narrow part: nothing is appended to it any more. */
  isSealed: boolean
}

/** The part's table. */
export function tableOf({ id }: Pick<Part, 'id'>): string {
  return `part_${id}`
}

/** What is known in memory of the file's parts. It changes only once the file has. */
export interface Parts {
  all(): readonly Part[]
  ofDay(day: Day): readonly Part[]
  /** The part that readings of a day are appended to. */
  openOf(day: Day): Part | undefined
  /** Days with parts or with sums, ascending. */
  days(): readonly Day[]
  /** Whether the sums of a day have all of its readings. */
  isRolled(day: Day): boolean
  /** Whether they had them before readings came late that are not yet in order. */
  wasRolled(day: Day): boolean
  /** A number that no part has had. */
  newId(): number
  add(part: Part): void
  /** In place of parts that are no longer looked at; the day's sums are to be made anew. */
  replace(gone: readonly Part[], part: Part | undefined): void
  setRolled(day: Day, isRolled: boolean): void
  /** From when on each level is kept. */
  kept: KeptFrom
}

/** @param parts those of the file; @param rolled days whose sums are made; @param nextId greater than any part's number. */
export function createParts(parts: readonly Part[], rolled: Iterable<Day>, nextId: number): Parts {
  const byDay = new Map<Day, Part[]>()
  const rolledDays = new Set(rolled)
  let next = nextId
  const add = (part: Part) => {
    const own = byDay.get(part.day)
    if (own === undefined) byDay.set(part.day, [part])
    else own.push(part)
  }
  parts.forEach(add)
  return {
    all: () => [...byDay.values()].flat(),
    ofDay: day => byDay.get(day) ?? [],
    openOf: day => byDay.get(day)?.find(({ kind, isSealed }) => kind === 'narrow' && !isSealed),
    days: () => [...new Set([...byDay.keys(), ...rolledDays])].sort((a, b) => a - b),
    isRolled: day => rolledDays.has(day) && !(byDay.get(day) ?? []).some(({ kind }) => kind === 'narrow'),
    wasRolled: day => rolledDays.has(day),
    newId: () => next++,
    add,
    replace(gone, part) {
      for (const { id, day } of gone) {
        const left = (byDay.get(day) ?? []).filter(other => other.id !== id)
        if (left.length === 0) byDay.delete(day)
        else byDay.set(day, left)
      }
      if (part !== undefined) add(part)
    },
    setRolled(day, isRolled) {
      if (isRolled) rolledDays.add(day)
      else rolledDays.delete(day)
    },
    kept: KEEPS_ALL,
  }
}
