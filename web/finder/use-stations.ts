import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Place } from '../shared/api/public-api.ts'
import type { CityLists } from './feed/city-lists.ts'
import { type FeedState, momentOf } from './feed/feed-state.ts'
import type { PageClock } from './page-clock.ts'
import { viewOf } from './model/answer-kept.ts'
import { postedNow } from './model/posted-hours.ts'
import { STATUS_AGE_LIMIT_MS, stationNow } from './model/station-now.ts'
import { type ListedStation, type Viewpoint, keepOrder, listStation, orderStations } from './model/station-order.ts'

/** A city's list is wanted when the page has come to rest: it is for a time without network. */
const LIST_DELAY_MS = 4_000

interface Judged {
  state: FeedState
  /** On the phone's clock. */
  phoneNowMs: number
  timeZone: string
  lists: CityLists
  here: Place | undefined
}

/** Looks up a station as it may be shown now: what was heard of it, else what the phone keeps of it; undefined: neither. */
export type StationLookup = (id: string) => ListedStation | undefined

/** A lookup for one drawing of the page. */
export function useLookup({ state, phoneNowMs, timeZone, lists, here }: Judged): StationLookup {
  const kept = useSyncExternalStore(lists.subscribe, lists.all)
  return useMemo(() => {
    const find = (id: string): ListedStation | undefined => {
      const moment = momentOf(state, id, phoneNowMs)
      const known = state.stations.get(id)?.view
      const list = known === undefined ? kept.find(one => one.stations.some(station => station.id === id)) : undefined
      const station = list?.stations.find(one => one.id === id)
      const view = known ?? (list === undefined || station === undefined ? undefined : viewOf(list, station))
      if (view === undefined) return undefined
      const judged = known === undefined ? { ...moment, heardServerAtMs: 0 } : moment
      // Only where nothing is known of now are the posted hours worked out here.
      const isOld = judged.nowMs - judged.heardServerAtMs > STATUS_AGE_LIMIT_MS
      const plan = isOld ? lists.planOf(id) : undefined
      const posted = plan === undefined ? undefined : postedNow(plan, judged.nowMs, timeZone)
      return listStation(stationNow(view, judged, posted), here)
    }
    return askedOnce(find)
  }, [state, phoneNowMs, timeZone, lists, kept, here])
}

/** The same lookup, with every answer worked out once. */
function askedOnce(find: StationLookup): StationLookup {
  const told = new Map<string, ListedStation | undefined>()
  return id => {
    if (!told.has(id)) told.set(id, find(id))
    return told.get(id)
  }
}

/** The stations that were found, best first; what was found by a text stays in the order of how well it fits. */
export function useFound(
  lookup: StationLookup,
  found: FeedState['found'],
  { text, ...from }: Viewpoint & { text: string },
) {
  const stations = (found?.ids ?? []).flatMap(id => lookup(id) ?? [])
  return text === '' ? orderStations(stations, from) : stations
}

/** Cards keep their places while a hand is at them; another question or other stations order them anew. */
export function useSteadyOrder(ordered: ListedStation[], question: string, clock: PageClock): ListedStation[] {
  const [held, setHeld] = useState({ ids: '', question: '' })
  const ids = ordered.map(({ view }) => view.id).join()
  useEffect(
    () =>
      clock.subscribe(() => {
        if (clock.areHandsBusy()) return
        setHeld(before => (before.ids === ids && before.question === question ? before : { ids, question }))
      }),
    [ids, question, clock],
  )
  return held.question === question ? keepOrder(ordered, held.ids.split(',')) : ordered
}

/** Keeps the list of the city that the answers are from, for a time without network. */
export function useKeptCity(lists: CityLists, state: FeedState): void {
  const { found, stations } = state
  const [first] = found?.kept === false ? found.ids : []
  const city = first === undefined ? undefined : stations.get(first)?.view.district.slice(0, 4)
  useEffect(() => {
    if (city === undefined) return
    const timer = setTimeout(() => void lists.want(city), LIST_DELAY_MS)
    return () => clearTimeout(timer)
  }, [lists, city])
}
