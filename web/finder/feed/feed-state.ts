import type { FinderFilter, FoundStations, StationDetail, StationList, StationView } from '@harbor/protocol'
import type { Moment } from '../model/station-now.ts'

/** A station's view. Times are the server's. */
export interface Known {
  view: StationView
  /** When it was made. */
  atMs: number
  /** Until when it is known to have held, if that is longer: the server would have told a change of it. */
  heldMs?: number
}

/** What was found for a question. */
export interface Found {
  /** Of which question (`questionKey`). */
  key: string
  ids: readonly string[]
  matching: number
  of: number
  without: Readonly<Partial<Record<FinderFilter, number>>>
  /** From what the phone keeps, for want of a network. */
  kept: boolean
}

/** A station's own page: being asked for, told, or not there at all. */
export type Opened =
  | { kind: 'loading' | 'missing' | 'failed' }
  | { kind: 'known'; detail: StationDetail; /** On the server's clock. */ atMs: number }

/** All that the page knows of the stations and of the link they come by. Times are the phone's, but for `atMs`. */
export interface FeedState {
  phase: 'loading' | 'failed' | 'ready'
  stations: ReadonlyMap<string, Known>
  /** The question that is being asked or was answered last. */
  asked: string
  found: Found | undefined
  opened: ReadonlyMap<string, Opened>
  /** Stations that the server tells every change of, as it has said itself. */
  looked: ReadonlySet<string>
  /** The server's clock minus the phone's: phones are often minutes off, and every age counts on the server's clock. */
  clockOffsetMs: number
  heardAtMs: number | undefined
  link: 'connecting' | 'up' | 'down'
}

export type FeedEvent =
  | { kind: 'asked'; key: string }
  | { kind: 'found'; key: string; answer: FoundStations; nowMs: number }
  | { kind: 'askFailed'; key: string }
  | { kind: 'stationsChanged'; list: StationList; nowMs: number }
  | { kind: 'looked'; list: StationList; nowMs: number }
  | { kind: 'opening'; id: string }
  | { kind: 'opened'; id: string; detail: StationDetail; nowMs: number }
  | { kind: 'openFailed'; id: string; missing: boolean }
  | { kind: 'linkUp' | 'heard'; nowMs: number }
  | { kind: 'linkDown' }
  /** What the phone kept of an earlier visit. */
  | { kind: 'recalled'; memory: Memory }
  /** Found on the phone, in what it keeps. */
  | { kind: 'foundKept'; found: Found; stations: readonly Known[] }
  | { kind: 'recalledDetail'; detail: StationDetail; atMs: number }

/** What a phone keeps of a visit for the next one. */
export interface Memory {
  stations: readonly Known[]
  found: Found | undefined
  clockOffsetMs: number
  /** On the phone's clock. */
  heardAtMs: number | undefined
}

export const INITIAL_STATE: FeedState = {
  phase: 'loading',
  stations: new Map(),
  asked: '',
  found: undefined,
  opened: new Map(),
  looked: new Set(),
  clockOffsetMs: 0,
  heardAtMs: undefined,
  link: 'connecting',
}

/** The server sends a keep-alive every 25 s and allows 20 s for it: silence beyond both means that nothing comes. */
const SILENCE_LIMIT_MS = 60_000
/** Beyond, those known longest ago are forgotten. A page shows 50 in its list and 300 on its map. */
export const MAX_STATIONS = 800
/** Station pages kept open in memory. */
const MAX_OPENED = 20

export function reduceFeed(state: FeedState, event: FeedEvent): FeedState {
  switch (event.kind) {
    case 'asked':
      return { ...state, asked: event.key, phase: state.phase === 'failed' ? 'loading' : state.phase }
    case 'found': {
      const { answer, key } = event
      const heard = take(state, answer, event.nowMs)
      if (key !== state.asked) return heard
      const { matching, of, without } = answer
      const ids = answer.stations.map(({ id }) => id)
      return { ...heard, phase: 'ready', found: { key, ids, matching, of, without, kept: false } }
    }
    case 'askFailed':
      // A failed question leaves what is known, with its age; only an empty page has nothing to show.
      return event.key !== state.asked || state.phase === 'ready' ? state : { ...state, phase: 'failed' }
    case 'stationsChanged':
      return { ...take(state, event.list, event.nowMs), link: 'up' }
    case 'looked': {
      const held = holdLooked(state)
      const looked = new Set(event.list.stations.map(({ id }) => id))
      return { ...take({ ...state, stations: held }, event.list, event.nowMs), link: 'up', looked }
    }
    case 'opening':
      return state.opened.get(event.id)?.kind === 'known' ? state : open(state, event.id, { kind: 'loading' })
    case 'opened': {
      const atMs = heardServerMs(state) ?? event.nowMs + state.clockOffsetMs
      const detail: Opened = { kind: 'known', detail: event.detail, atMs }
      return open({ ...state, stations: merge(state.stations, [event.detail], atMs) }, event.id, detail)
    }
    case 'openFailed':
      if (state.opened.get(event.id)?.kind === 'known' && !event.missing) return state
      return open(state, event.id, { kind: event.missing ? 'missing' : 'failed' })
    case 'linkUp':
    case 'heard':
      // Both come over the live link: a phone that was told it is offline, and is not, hears of it here.
      return { ...state, link: 'up', heardAtMs: event.nowMs }
    case 'linkDown':
      // What happens from here on is missed: nothing is vouched for any more until it is looked at again.
      return state.link === 'down' ? state : { ...state, link: 'down', stations: holdLooked(state), looked: new Set() }
    case 'recalled': {
      const { memory } = event
      // Only a page that has heard nothing yet falls back on its memory.
      if (state.heardAtMs !== undefined) return state
      const stations = new Map(memory.stations.map(known => [known.view.id, known]))
      const { found, clockOffsetMs, heardAtMs } = memory
      return {
        ...state,
        stations,
        clockOffsetMs,
        heardAtMs,
        ...(found?.key === state.asked && { found: { ...found, kept: true }, phase: 'ready' as const }),
      }
    }
    case 'foundKept': {
      if (event.found.key !== state.asked) return state
      const stations = new Map(state.stations)
      for (const known of event.stations) if (!stations.has(known.view.id)) stations.set(known.view.id, known)
      return { ...state, stations: bound(stations), found: event.found, phase: 'ready' }
    }
    case 'recalledDetail': {
      const { detail, atMs } = event
      if (state.opened.get(detail.id)?.kind === 'known') return state
      const known: Opened = { kind: 'known', detail, atMs }
      return open({ ...state, stations: merge(state.stations, [detail], atMs) }, detail.id, known)
    }
  }
}

type Stations = FeedState['stations']

function take(state: FeedState, list: StationList, nowMs: number): FeedState {
  const atMs = Date.parse(list.at)
  return {
    ...state,
    heardAtMs: nowMs,
    clockOffsetMs: atMs - nowMs,
    stations: merge(state.stations, list.stations, atMs),
  }
}

/** Takes over what is not older than what is known: a list may have been on its way while newer events came. */
function merge(known: Stations, views: readonly StationView[], atMs: number): Stations {
  const merged = new Map(known)
  for (const view of views) {
    const before = merged.get(view.id)
    if (before !== undefined && before.atMs > atMs) continue
    merged.delete(view.id) // so that the newest stand last
    merged.set(view.id, { view, atMs })
  }
  return bound(merged)
}

function bound(stations: Map<string, Known>): Map<string, Known> {
  const tooMany = stations.size - MAX_STATIONS
  if (tooMany > 0) for (const id of [...stations.keys()].slice(0, tooMany)) stations.delete(id)
  return stations
}

/** Stations looked at have held until the server was last heard: that becomes their own age when nobody vouches any longer. */
function holdLooked(state: FeedState): Stations {
  const untilMs = heardServerMs(state)
  if (untilMs === undefined || state.looked.size === 0) return state.stations
  const held = new Map(state.stations)
  for (const id of state.looked) {
    const known = held.get(id)
    if (known !== undefined) held.set(id, { ...known, heldMs: untilMs })
  }
  return held
}

function open(state: FeedState, id: string, opened: Opened): FeedState {
  const all = new Map(state.opened)
  all.delete(id)
  all.set(id, opened)
  for (const oldest of [...all.keys()].slice(0, Math.max(0, all.size - MAX_OPENED))) all.delete(oldest)
  return { ...state, opened: all }
}

function heardServerMs({ heardAtMs, clockOffsetMs }: FeedState): number | undefined {
  return heardAtMs === undefined ? undefined : heardAtMs + clockOffsetMs
}

/**
 * The moment, on the server's clock, that a phone at `nowMs` is to judge a station by: one that is looked at holds as of
 * the last sign of life of the link, any other as of when it was told.
 */
export function momentOf(state: FeedState, id: string, nowMs: number): Moment {
  const serverNowMs = nowMs + state.clockOffsetMs
  const known = state.stations.get(id)
  const toldMs = known === undefined ? serverNowMs : Math.max(known.atMs, known.heldMs ?? 0)
  const heardMs = state.looked.has(id) ? (heardServerMs(state) ?? toldMs) : toldMs
  return { nowMs: serverNowMs, heardServerAtMs: Math.max(heardMs, toldMs) }
}

/** Now, on the server's clock. */
export function serverNowMs({ clockOffsetMs }: FeedState, nowMs: number): number {
  return nowMs + clockOffsetMs
}

/** Since when the link is silent, on the server's clock; undefined while it is as it should be. */
export function lostSinceMs(state: FeedState, nowMs: number): number | undefined {
  if (state.heardAtMs === undefined) return undefined
  const silent = nowMs - state.heardAtMs > SILENCE_LIMIT_MS
  return state.link === 'down' || silent ? state.heardAtMs + state.clockOffsetMs : undefined
}
