import { FINDER_FILTERS, type FinderFilter, PIN_STATES, type PinState } from '@harbor/protocol'
import { type FilterFacts, passesFilter, pinOf } from '@harbor/protocol/finder-filter'

/** Filters as bits: bit n is FINDER_FILTERS[n]. */
export type FilterMask = number

export function maskOf(filters: readonly FinderFilter[]): FilterMask {
  return filters.reduce((mask, filter) => mask | (1 << FINDER_FILTERS.indexOf(filter)), 0)
}

/** Open, with room or perhaps with room: where one may go. */
const USABLE = maskOf(['open', 'space'])
const OPEN = maskOf(['open'])

/** How each station stands right now, by its number: what filters it passes and how its pin looks, in three bytes. */
export interface Standings {
  set: (number: number, facts: FilterFacts) => void
  pinOf: (number: number) => PinState
  isOpen: (number: number) => boolean
  passes: (number: number, wanted: FilterMask) => boolean
  /** Of the stations in `[from, to)`: how many pass, and how many of these are usable. */
  count: (from: number, to: number, wanted: FilterMask) => { passing: number; usable: number }
  /** Of these stations: how many pass all filters, and for each filter, how many would without it. */
  matches: (numbers: ArrayLike<number>, filters: readonly FinderFilter[]) => Matches
}

export interface Matches {
  matching: number
  of: number
  without: Partial<Record<FinderFilter, number>>
}

export function createStandings(size: number): Standings {
  const passed = new Uint16Array(size)
  const pins = new Uint8Array(size).fill(PIN_STATES.indexOf('unknown'))
  return {
    set: (number, facts) => {
      passed[number] = maskOf(FINDER_FILTERS.filter(filter => passesFilter(facts, filter)))
      pins[number] = PIN_STATES.indexOf(pinOf(facts))
    },
    pinOf: number => PIN_STATES[pins[number] ?? 0] ?? 'unknown',
    isOpen: number => ((passed[number] ?? 0) & OPEN) !== 0,
    passes: (number, wanted) => ((passed[number] ?? 0) & wanted) === wanted,
    count: (from, to, wanted) => {
      let passing = 0
      let usable = 0
      for (let number = from; number < to; number++) {
        const mask = passed[number] ?? 0
        if ((mask & wanted) !== wanted) continue
        passing += 1
        if ((mask & USABLE) === USABLE) usable += 1
      }
      return { passing, usable }
    },
    matches: (numbers, filters) => {
      const wanted = maskOf(filters)
      const lackingOnly = new Map<FilterMask, number>()
      let matching = 0
      for (let n = 0; n < numbers.length; n++) {
        const lacking = wanted & ~(passed[numbers[n] ?? 0] ?? 0)
        if (lacking === 0) matching += 1
        // Exactly one bit: this filter alone stands in the way.
        else if ((lacking & (lacking - 1)) === 0) lackingOnly.set(lacking, (lackingOnly.get(lacking) ?? 0) + 1)
      }
      const without = filters.map(filter => [filter, matching + (lackingOnly.get(maskOf([filter])) ?? 0)] as const)
      return { matching, of: numbers.length, without: Object.fromEntries(without) }
    },
  }
}
