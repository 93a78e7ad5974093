import type { StationDetail } from '@harbor/protocol'
import type { Question } from '../../shared/api/public-api.ts'
import { type KeptAnswer, answerKept } from '../model/answer-kept.ts'
import type { CityLists } from './city-lists.ts'
import type { FeedState, Memory } from './feed-state.ts'

/** What a phone keeps for when there is no network. Nothing of it ever rejects: a phone without storage keeps nothing. */
export interface KeptStations {
  /** What the last visit ended with. */
  recall: () => Promise<Memory | undefined>
  keep: (state: FeedState) => Promise<void>
  /** Answers a question from the city lists kept; undefined when there is none. */
  answer: (question: Question, state: FeedState) => Promise<KeptAnswer | undefined>
  recallDetail: (id: string) => Promise<KeptDetail | undefined>
  keepDetail: (kept: KeptDetail) => Promise<void>
}

export interface KeptDetail {
  detail: StationDetail
  /** When it was told, on the server's clock. */
  atMs: number
}

/** Where it is kept. */
export interface KeptStore {
  readMemory: () => Promise<Memory | undefined>
  writeMemory: (memory: Memory) => Promise<void>
  readDetail: (id: string) => Promise<KeptDetail | undefined>
  writeDetail: (kept: KeptDetail) => Promise<void>
}

/** Of a visit, the stations known last: some 200 KB. */
export const MAX_KEPT_STATIONS = 200

export interface KeptStationsDeps {
  store: KeptStore
  lists: Pick<CityLists, 'ready' | 'nearest'>
  nowMs: () => number
  /** The stations' zone. */
  timeZone: () => string
}

export function createKeptStations({ store, lists, nowMs, timeZone }: KeptStationsDeps): KeptStations {
  return {
    recall: () => store.readMemory(),
    keep({ stations, found, clockOffsetMs, heardAtMs }) {
      const kept = [...stations.values()].sort((a, b) => b.atMs - a.atMs).slice(0, MAX_KEPT_STATIONS)
      return store.writeMemory({ stations: kept, found, clockOffsetMs, heardAtMs })
    },
    async answer(question, state) {
      await lists.ready()
      const list = lists.nearest(question.place)
      if (list === undefined) return undefined
      return answerKept(list, question, {
        nowMs: nowMs() + state.clockOffsetMs,
        timeZone: timeZone(),
        lastKnown: id => state.stations.get(id),
      })
    },
    recallDetail: id => store.readDetail(id),
    keepDetail: kept => store.writeDetail(kept),
  }
}
