import type { FinderFilter } from '@harbor/protocol'
import { useEffect, useMemo, useState } from 'react'
import type { Place, Question } from '../shared/api/public-api.ts'
import type { StationsFeed } from './feed/stations-feed.ts'
import { readLastPlace, saveLastPlace } from './last-place.ts'
import type { PositionState } from './position.ts'
import { type SharedQuestion, parseQuestion, questionPath } from './question.ts'
import type { Navigation } from './route.ts'
import type { City } from './use-cities.ts'

/** What place a question is about: the visitor's, the last one asked about, a part of the map, a city's middle, or none. */
export type PlaceKind = 'here' | 'last' | 'map' | 'city' | 'none'

export interface AskedQuestion {
  question: Question
  placeKind: PlaceKind
  setText: (text: string) => void
  setFilters: (filters: readonly FinderFilter[]) => void
  /** Asks about a part of the map; undefined: about the visitor's own place again. */
  setMapPlace: (place: Place | undefined) => void
  /** The city that was chosen on this visit. */
  city: City | undefined
  /** Asks about a city, and begins there the next time. */
  setCity: (city: City) => void
}

/** The question in the address and its place, asked whenever it changes. */
export function useQuestion(navigation: Navigation, position: PositionState, feed: StationsFeed): AskedQuestion {
  const { route, search, replace } = navigation
  const [lastPlace] = useState(readLastPlace)
  const [mapPlace, setMapPlace] = useState<Place>()
  const [city, setCity] = useState<City>()
  // On a station's page the list behind it stays what it was.
  const [listSearch, setListSearch] = useState(route.page === 'list' ? search : '')
  if (route.page === 'list' && search !== listSearch) setListSearch(search)
  const shared = useMemo(() => parseQuestion(listSearch), [listSearch])
  const { text } = shared
  const filters = shared.filters.join()

  const here = position.kind === 'known' ? position.position : undefined
  const places: readonly [PlaceKind, Place | undefined][] = [
    ['map', mapPlace],
    ['here', here],
    ['city', city?.middle],
    ['last', lastPlace],
  ]
  const [placeKind, place] = places.find(([, known]) => known !== undefined) ?? ['none', undefined]
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
    city,
    setCity: next => {
      saveLastPlace(next.middle)
      setMapPlace(undefined)
      setCity(next)
    },
  }
}
