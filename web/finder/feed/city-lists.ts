import type { CityList, HoursPlan } from '@harbor/protocol'
import type { Place, PublicApi, TaggedCityList } from '../../shared/api/public-api.ts'
import { distanceM } from '../model/distance.ts'

/** A city's list changes a few times a day at most; asking costs one round trip. */
const ASK_AGAIN_MS = 6 * 3_600_000

/** A list as it is kept. */
export interface KeptCityList extends TaggedCityList {
  code: string
  /** When it was last wanted, on the phone's clock: the one wanted longest ago goes first. */
  usedAtMs: number
}

export interface CityListStore {
  readCities: () => Promise<KeptCityList[]>
  /** Keeps it, and as many others as there is room for. */
  writeCity: (kept: KeptCityList) => Promise<void>
}

/** The cities whose stations this phone keeps for when there is no network. */
export interface CityLists {
  /** Resolves when what was kept is there. */
  ready: () => Promise<void>
  /** Asks for a city's list, unless it did so lately; without a network it stays as it is. */
  want: (code: string) => Promise<void>
  /** The list whose stations are nearest to a place; without one, that which was used last. */
  nearest: (place: Place | undefined) => CityList | undefined
  /** The posted hours of a station. */
  planOf: (id: string) => HoursPlan | undefined
  all: () => readonly CityList[]
  /** Calls `listener` after every change; returns what stops it. */
  subscribe: (listener: () => void) => () => void
}

export interface CityListsDeps {
  api: Pick<PublicApi, 'getCityList'>
  store: CityListStore
  nowMs: () => number
}

export function createCityLists({ api, store, nowMs }: CityListsDeps): CityLists {
  const cities = new Map<string, KeptCityList>()
  const plans = new Map<string, HoursPlan>()
  const askedAtMs = new Map<string, number>()
  const listeners = new Set<() => void>()
  let all: readonly CityList[] = []

  const take = (kept: KeptCityList) => {
    cities.set(kept.code, kept)
    for (const { id, plan } of kept.list.stations) {
      const hours = plan === undefined ? undefined : kept.list.plans[plan]
      if (hours === undefined) plans.delete(id)
      else plans.set(id, hours)
    }
    all = [...cities.values()].sort((a, b) => b.usedAtMs - a.usedAtMs).map(({ list }) => list)
    for (const listener of listeners) listener()
  }

  const reading = store.readCities().then(kept => {
    for (const city of kept) take(city)
  })

  return {
    ready: () => reading,
    async want(code) {
      await reading
      if (nowMs() - (askedAtMs.get(code) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) return
      askedAtMs.set(code, nowMs())
      try {
        const kept = cities.get(code)
        const fresh = await api.getCityList(code, kept?.etag)
        const tagged = fresh ?? kept
        if (tagged === undefined) return
        const next = { code, etag: tagged.etag, list: tagged.list, usedAtMs: nowMs() }
        take(next)
        await store.writeCity(next)
      } catch {
        // No network: what was kept serves, and it is asked for with the next answer.
        askedAtMs.delete(code)
      }
    },
    nearest(place) {
      const [newest] = all
      if (place === undefined) return newest
      const away = (list: CityList) => Math.min(...list.stations.slice(0, 500).map(one => distanceM(place, one)))
      return [...all].sort((a, b) => away(a) - away(b))[0]
    },
    planOf: id => plans.get(id),
    all: () => all,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
