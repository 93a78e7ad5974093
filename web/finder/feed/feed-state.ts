import type { StationList, StationView } from '@harbor/protocol'
import type { Moment } from '../model/station-now.ts'

/** A station's view and when the server computed it. */
interface Known {
  view: StationView
  atMs: number
}

/** All that the page knows of the stations and of the link they come by. Times are the phone's, but for `atMs`. */
export interface FeedState {
  phase: 'loading' | 'failed' | 'ready'
  stations: ReadonlyMap<string, Known>
  /** The server's clock minus the phone's: phones are often minutes off, and every age counts on the server's clock. */
  clockOffsetMs: number
  heardAtMs: number | undefined
  link: 'connecting' | 'up' | 'down'
}

export type FeedEvent =
  | { kind: 'listLoaded' | 'stationsChanged'; list: StationList; nowMs: number }
  | { kind: 'loadFailed' }
  | { kind: 'retryStarted' }
  | { kind: 'linkUp' | 'heard'; nowMs: number }
  | { kind: 'linkDown' }

export const INITIAL_STATE: FeedState = {
  phase: 'loading',
  stations: new Map(),
  clockOffsetMs: 0,
  heardAtMs: undefined,
  link: 'connecting',
}

/** The server sends a keep-alive every 25 s and allows 20 s for it: silence beyond both means that nothing comes. */
const SILENCE_LIMIT_MS = 60_000

export function reduceFeed(state: FeedState, event: FeedEvent): FeedState {
  switch (event.kind) {
    case 'listLoaded':
    case 'stationsChanged': {
      const atMs = Date.parse(event.list.at)
      const known = { ...state, heardAtMs: event.nowMs, clockOffsetMs: atMs - event.nowMs }
      return event.kind === 'listLoaded'
        ? { ...known, phase: 'ready', stations: replaceAll(state.stations, event.list, atMs) }
        : { ...known, link: 'up', stations: merge(state.stations, event.list, atMs) }
    }
    case 'loadFailed':
      // A failed reload leaves what is known, with its age; only an empty page has nothing to show.
      return state.phase === 'ready' ? state : { ...state, phase: 'failed' }
    case 'retryStarted':
      return state.phase === 'failed' ? { ...state, phase: 'loading' } : state
    case 'linkUp':
    case 'heard':
      // Both come over the live link: a phone that was told it is offline, and is not, hears of it here.
      return { ...state, link: 'up', heardAtMs: event.nowMs }
    case 'linkDown':
      return state.link === 'down' ? state : { ...state, link: 'down' }
  }
}

type Stations = FeedState['stations']

/** Takes over what is not older than what is known: a list may have been on its way while newer events came. */
function merge(known: Stations, list: StationList, atMs: number): Stations {
  const merged = new Map(known)
  for (const view of list.stations) {
    const before = merged.get(view.id)
    if (before === undefined || before.atMs <= atMs) merged.set(view.id, { view, atMs })
  }
  return merged
}

/** As `merge`, and stations that a whole list no longer has are gone, unless they came after it was made. */
function replaceAll(known: Stations, list: StationList, atMs: number): Stations {
  const newer = [...known].filter(([, { atMs: knownAtMs }]) => knownAtMs > atMs)
  return merge(new Map(newer), list, atMs)
}

/** The moment, on the server's clock, that a phone at `nowMs` is to judge its stations by. */
export function momentOf({ clockOffsetMs, heardAtMs }: FeedState, nowMs: number): Moment {
  return { nowMs: nowMs + clockOffsetMs, heardServerAtMs: (heardAtMs ?? nowMs) + clockOffsetMs }
}

/** Since when the link is silent, on the server's clock; undefined while it is as it should be. */
export function lostSinceMs(state: FeedState, nowMs: number): number | undefined {
  if (state.heardAtMs === undefined) return undefined
  const silent = nowMs - state.heardAtMs > SILENCE_LIMIT_MS
  return state.link === 'down' || silent ? state.heardAtMs + state.clockOffsetMs : undefined
}
