import type { StationView } from '@harbor/protocol'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Place, Question } from '../shared/api/public-api.ts'
import type { CityLists } from './feed/city-lists.ts'
import { type FeedState, momentOf } from './feed/feed-state.ts'
import type { PageClock } from './page-clock.ts'
import { viewOf } from './model/answer-kept.ts'
import { postedNow } from './model/posted-hours.ts'
import { type Moment, STATUS_AGE_LIMIT_MS, stationNow } from './model/station-now.ts'
import { type ListedStation, keepOrder, listStation, orderStations } from './model/station-order.ts'

/** A city's list is wanted when the page has come to rest: it is for a time without network. */
const LIST_DELAY_MS = 4_000
/** A step of the page's clock, as page-clock.ts ticks. */
const CLOCK_STEP_MS = 5_000
/** More than a page shows at a time. */
const MAX_JUDGED = 1_000

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
  const [judge] = useState(createJudge)
  return useMemo(
    () => id => {
      const moment = momentOf(state, id, phoneNowMs)
      const known = state.stations.get(id)?.view
      if (known !== undefined)
        return judge(known, { ...moment, nowMs: inSteps(moment.nowMs) }, { timeZone, lists, here })
      for (const list of kept) {
        const station = list.stations.find(one => one.id === id)
        if (station === undefined) continue
        const view = viewOf(list, station)
        return judge(view, { nowMs: inSteps(moment.nowMs), heardServerAtMs: 0 }, { timeZone, lists, here })
      }
      return undefined
    },
    [state, phoneNowMs, timeZone, lists, kept, here, judge],
  )
}

/** Ages are told in minutes: within a step of the clock nothing that is shown changes by time alone. Rather older than younger. */
export function inSteps(nowMs: number): number {
  return Math.ceil(nowMs / CLOCK_STEP_MS) * CLOCK_STEP_MS
}

type Circumstances = Pick<Judged, 'timeZone' | 'lists' | 'here'>

/** Judges stations; as long as nothing about one has changed it gives the same object, and its card is not drawn again. */
function createJudge() {
  const last = new Map<string, { key: unknown[]; listed: ListedStation }>()
  return (view: StationView, moment: Moment, { timeZone, lists, here }: Circumstances): ListedStation => {
    const isOld = moment.nowMs - moment.heardServerAtMs > STATUS_AGE_LIMIT_MS
    // Only where nothing is known of now are the posted hours worked out here.
    const plan = isOld ? lists.planOf(view.id) : undefined
    // While it is believed, when exactly it was heard is not shown.
    const key = [view, moment.nowMs, isOld ? moment.heardServerAtMs : 0, plan, timeZone, here]
    const before = last.get(view.id)
    if (before !== undefined && before.key.every((part, index) => part === key[index])) return before.listed
    const posted = plan === undefined ? undefined : postedNow(plan, moment.nowMs, timeZone)
    const listed = listStation(stationNow(view, moment, posted), here)
    if (last.size >= MAX_JUDGED) last.clear()
    last.set(view.id, { key, listed })
    return listed
  }
}

/** The stations that were found, best first; what was found by a text stays in the order of how well it fits. */
export function foundStations(lookup: StationLookup, found: FeedState['found'], { text, place }: Question) {
  const stations = (found?.ids ?? []).flatMap(id => lookup(id) ?? [])
  return text === '' ? orderStations(stations, place) : stations
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
