import type { CityList, CityStation, FinderFilter, StationView } from '@harbor/protocol'
import { isOpenAtNight } from '@harbor/protocol/finder-filter'
import type { Question } from '../../shared/api/public-api.ts'
import type { Found, Known } from '../feed/feed-state.ts'
import { distanceM } from './distance.ts'
import { type KeptStation, mayHave } from './filters.ts'
import { postedNow, wallOf } from './posted-hours.ts'
import { stationNow } from './station-now.ts'
import { fitOf } from './text-search.ts'

/** As many as the server would give. */
const STATIONS_AN_ANSWER = 30

export interface KeptAnswer {
  found: Pick<Found, 'ids' | 'matching' | 'of' | 'without'>
  stations: Known[]
}

/** What the phone judges its kept stations by. */
export interface KeptMoment {
  /** On the server's clock. */
  nowMs: number
  timeZone: string
  /** What was last heard of a station, if anything. */
  lastKnown: (id: string) => Known | undefined
}

/** Answers a question from a city's kept list: without a place in the order of the list, which is that of its districts. */
export function answerKept(list: CityList, { place, text, filters }: Question, moment: KeptMoment): KeptAnswer {
  const here = place ?? middleOf(list)
  const all = list.stations.flatMap(station => {
    const fit = text === '' ? 0 : fitOf(searchable(list, station), text)
    return fit === undefined ? [] : [{ station, fit, metres: distanceM(here, station) }]
  })
  all.sort((a, b) => a.fit - b.fit || a.metres - b.metres)
  const judge = judgeOf(list, moment)
  const judged = all.map(({ station }) => judge(station))
  const passes = (kept: KeptStation, asked: readonly FinderFilter[]) => asked.every(filter => mayHave(kept, filter))
  const matching = judged.filter(kept => passes(kept, filters))
  const without = Object.fromEntries(
    filters.map(filter => {
      const others = filters.filter(other => other !== filter)
      return [filter, judged.filter(kept => passes(kept, others)).length]
    }),
  )
  const shown = matching.slice(0, STATIONS_AN_ANSWER).map(({ now }) => now)
  return {
    found: { ids: shown.map(({ view }) => view.id), matching: matching.length, of: judged.length, without },
    stations: shown.map(({ view, knownAtMs }) => ({ view, atMs: knownAtMs })),
  }
}

/** A station of a kept list as the pages take it: nothing is known of its status. */
export function viewOf(list: CityList, station: CityStation): StationView {
  const { id, nameZh, nameEn, addressZh, addressEn, latDeg, lngDeg, facilities, appliances, capacity } = station
  const district = list.districts[station.district]
  return {
    id,
    district: district?.district ?? '',
    districtNameZh: district?.nameZh ?? '',
    districtNameEn: district?.nameEn ?? '',
    nameZh,
    nameEn,
    ...(addressZh !== undefined && { addressZh }),
    ...(addressEn !== undefined && { addressEn }),
    latDeg,
    lngDeg,
    facilities,
    opening: { state: 'unknown' },
    space: { state: 'unknown', ...(capacity !== undefined && { capacity }) },
    hasSensors: true,
    said: [],
    appliances: appliances.map(kind => ({ id: `${id}-${kind}`, kind, state: 'unknown' })),
  }
}

/**
 * What may be told of the stations of a kept list. Many share their hours, and hours without a break cost most to look
 * through: they are worked out once for each plan.
 */
export function judgeOf(list: CityList, moment: KeptMoment): (station: CityStation) => KeptStation {
  const { nowMs, timeZone, lastKnown } = moment
  const wallMs = wallOf(nowMs, timeZone)
  const posted = list.plans.map(plan => postedNow(plan, nowMs, timeZone))
  const nights = list.plans.map(plan => isOpenAtNight(plan, [], wallMs))
  return station => {
    const known = lastKnown(station.id) ?? { view: viewOf(list, station), atMs: 0 }
    const heardServerAtMs = Math.max(known.atMs, known.heldMs ?? 0)
    const planned = station.plan === undefined ? undefined : posted[station.plan]
    return {
      now: stationNow(known.view, { nowMs, heardServerAtMs }, planned),
      openAtNight: (station.plan !== undefined && nights[station.plan]) || station.facilities.includes('night'),
    }
  }
}

function searchable(list: CityList, station: CityStation) {
  const district = list.districts[station.district]
  return { ...station, districtZh: district?.nameZh ?? '', districtEn: district?.nameEn ?? '' }
}

function middleOf({ stations }: CityList): { latDeg: number; lngDeg: number } {
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  return { latDeg: median(stations.map(one => one.latDeg)), lngDeg: median(stations.map(one => one.lngDeg)) }
}
