import type { FinderFilter } from '@harbor/protocol'
import type { Question } from '../shared/api/public-api.ts'

/** Protocol's FINDER_FILTERS, named here so that its run-time code is not sent to phones. */
export const FILTERS = [
  'open',
  'space',
  'microwave',
  'hot_water',
  'fridge',
  'cooling',
  'toilet',
  'charging',
  'nursing_room',
  'wheelchair',
  'night',
  'tricycle_parking',
] as const satisfies readonly FinderFilter[]

/** A search box needs no more; the server takes no more. */
export const MAX_TEXT_LENGTH = 60

/** What of a question is kept in the address, so that it can be shared. The place is not: it is the visitor's own. */
export type SharedQuestion = Pick<Question, 'text' | 'filters'>

/** Reads `?f=open,space&q=…`; what it does not know is left out. */
export function parseQuestion(search: string): SharedQuestion {
  const query = new URLSearchParams(search)
  const asked = (query.get('f') ?? '').split(',')
  return {
    text: (query.get('q') ?? '').trim().slice(0, MAX_TEXT_LENGTH),
    filters: FILTERS.filter(filter => asked.includes(filter)),
  }
}

/** The address of the list for a question; other parts of `search`, such as the language, are kept. */
export function questionPath({ text, filters }: SharedQuestion, search = ''): string {
  const query = new URLSearchParams(search)
  query.delete('f')
  query.delete('q')
  if (text !== '') query.set('q', text)
  const parts = [query.toString(), ...(filters.length === 0 ? [] : [`f=${filters.join()}`])]
  const all = parts.filter(part => part !== '').join('&')
  return all === '' ? '/' : `/?${all}`
}

/** Adds or takes away one filter; the order stays that of `FILTERS`. */
export function toggled(filters: readonly FinderFilter[], filter: FinderFilter): FinderFilter[] {
  return FILTERS.filter(one => (one === filter ? !filters.includes(one) : filters.includes(one)))
}

/** The same for questions that have the same answer. Places count to about 100 m, as they are asked. */
export function questionKey({ place, text, filters }: Question): string {
  const where = place === undefined ? '' : `${place.latDeg.toFixed(3)},${place.lngDeg.toFixed(3)}`
  return JSON.stringify([where, text, filters.join()])
}
