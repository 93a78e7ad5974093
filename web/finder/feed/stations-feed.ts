import type { PublicApi } from '../../shared/api/public-api.ts'
import { isStationList } from '../../shared/api/public-api.ts'
import type { ConnectLive } from '../../shared/live/live-stations.ts'
import { type FeedEvent, type FeedState, INITIAL_STATE, reduceFeed } from './feed-state.ts'

/** A whole list now and then heals whatever an event was lost by, at the cost of a few kilobytes. */
const RELOAD_EVERY_MS = 5 * 60_000
/** Where no live link comes up (some proxies forbid it), lists alone keep the page fresh enough. */
const RELOAD_WITHOUT_LINK_MS = 30_000
/** Retries: 2, 4, 8, 16, then every 30 s, each between half and all of it so that phones spread out. */
const RETRY_FIRST_MS = 2_000
const RETRY_SLOWEST_MS = 30_000

export interface FeedDeps {
  api: Pick<PublicApi, 'getStations'>
  /** Loads the live connection's code; called after the first list is there. */
  loadLive: () => Promise<ConnectLive>
  nowMs: () => number
  /** 0 up to 1. */
  random: () => number
  /** Tells when the phone wakes or is online again, and when it goes offline; returns what stops it. */
  watchDevice: (handlers: { awake: () => void; offline: () => void }) => () => void
}

export interface StationsFeed {
  start: () => void
  stop: () => void
  getState: () => FeedState
  /** Calls `listener` after every change; returns what stops it. */
  subscribe: (listener: () => void) => () => void
  /** Loads the list now, as the button for it asks. */
  reload: () => void
}

/** Keeps the stations as the server last told them: a list first, then live changes, and a list again after every gap. */
export function createStationsFeed(deps: FeedDeps): StationsFeed {
  let state = INITIAL_STATE
  let running = false
  let loading = false
  let loadOnceMore = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let live: 'none' | 'loading' | (() => void) = 'none'
  let stopWatching: (() => void) | undefined
  const listeners = new Set<() => void>()

  const dispatch = (event: FeedEvent) => {
    const before = state
    state = reduceFeed(state, event)
    if (state !== before) for (const listener of listeners) listener()
  }

  const loadAgainIn = (delayMs: number) => {
    clearTimeout(timer)
    if (running) timer = setTimeout(() => void load(), delayMs)
  }

  const load = async () => {
    if (loading) loadOnceMore = true // What is on its way may have been made before what this call is for.
    if (!running || loading) return
    loading = true
    loadOnceMore = false
    dispatch({ kind: 'retryStarted' })
    try {
      const list = await deps.api.getStations()
      failures = 0
      if (running) dispatch({ kind: 'listLoaded', list, nowMs: deps.nowMs() })
      void goLive()
    } catch {
      // Whatever the reason (ApiFailure), there is one remedy: say so, and try again.
      failures += 1
      if (running) dispatch({ kind: 'loadFailed' })
    } finally {
      loading = false
      if (loadOnceMore && failures === 0) loadAgainIn(0)
      else if (failures > 0) loadAgainIn(retryDelayMs(failures, deps.random()))
      else loadAgainIn(state.link === 'down' ? RELOAD_WITHOUT_LINK_MS : RELOAD_EVERY_MS)
    }
  }

  const goLive = async () => {
    if (!running || live !== 'none') return
    live = 'loading'
    try {
      const connect = await deps.loadLive()
      if (!running) return
      live = connect({
        up: () => {
          dispatch({ kind: 'linkUp', nowMs: deps.nowMs() })
          void load()
        },
        down: () => dispatch({ kind: 'linkDown' }),
        heard: () => dispatch({ kind: 'heard', nowMs: deps.nowMs() }),
        stations: list => {
          if (isStationList(list)) dispatch({ kind: 'stationsChanged', list, nowMs: deps.nowMs() })
        },
      })
    } catch {
      // The network went before the code for the live connection came: the next load tries again.
      live = 'none'
      dispatch({ kind: 'linkDown' })
      loadAgainIn(RETRY_SLOWEST_MS)
    }
  }

  return {
    start() {
      if (running) return
      running = true
      stopWatching = deps.watchDevice({
        awake: () => void load(),
        offline: () => dispatch({ kind: 'linkDown' }),
      })
      void load()
    },
    stop() {
      running = false
      clearTimeout(timer)
      stopWatching?.()
      if (typeof live === 'function') live()
      live = 'none'
    },
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reload: () => void load(),
  }
}

/** The wait before the next try after `failures` failed ones; `random` is 0 up to 1. */
export function retryDelayMs(failures: number, random: number): number {
  const longestMs = Math.min(RETRY_SLOWEST_MS, RETRY_FIRST_MS * 2 ** (failures - 1))
  return (longestMs * (1 + random)) / 2
}
