import type { FinderFilter } from '@harbor/protocol'
import { useEffect, useMemo, useState } from 'react'
import type { Place, Question } from '../shared/api/public-api.ts'
import type { StationsFeed } from './feed/stations-feed.ts'
import { readLastPlace } from './last-place.ts'
import type { PositionState } from './position.ts'
import { type SharedQuestion, parseQuestion, questionPath } from './question.ts'
import type { Navigation } from './route.ts'

/** What place a question is about: the visitor's, where they last were, a part of the map, or none. */
export type PlaceKind = 'here' | 'last' | 'map' | 'none'

export interface AskedQuestion {
  question: Question
  placeKind: PlaceKind
  setText: (text: string) => void
  setFilters: (filters: readonly FinderFilter[]) => void
  /** Asks about a part of the map; undefined: about the visitor's own place again. */
  setMapPlace: (place: Place | undefined) => void
}

/** The question in the address and its place, asked whenever it changes. */
export function useQuestion(navigation: Navigation, position: PositionState, feed: StationsFeed): AskedQuestion {
  const { route, search, replace } = navigation
  const [lastPlace] = useState(readLastPlace)
  const [mapPlace, setMapPlace] = useState<Place>()
  // On a station's page the list behind it stays what it was.
  const [listSearch, setListSearch] = useState(route.page === 'list' ? search : '')
  if (route.page === 'list' && search !== listSearch) setListSearch(search)
  const shared = useMemo(() => parseQuestion(listSearch), [listSearch])
  const { text } = shared
  const filters = shared.filters.join()

  const here = position.kind === 'known' ? position.position : undefined
  const place = mapPlace ?? here ?? lastPlace
  const placeKind = mapPlace !== undefined ? 'map' : here !== undefined ? 'here' : place === undefined ? 'none' : 'last'
  const question = useMemo(
    (): Question => ({ place, text, filters: parseQuestion(`?f=${filters}`).filters }),
    [place, text, filters],
  )
  useEffect(() => feed.ask(question), [feed, question])

  const share = (next: Partial<SharedQuestion>) => replace(questionPath({ ...shared, ...next }, search))
  return {
    question,
    placeKind,
    setText: next => share({ text: next }),
    setFilters: next => share({ filters: next }),
    setMapPlace,
  }
}
