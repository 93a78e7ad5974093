import type { Look } from '@harbor/protocol'
import { ApiFailure, type PublicApi, type Question, isStationList } from '../../shared/api/public-api.ts'
import type { ConnectLive, LiveLink } from '../../shared/live/live-stations.ts'
import { questionKey } from '../question.ts'
import { type FeedEvent, type FeedState, INITIAL_STATE, reduceFeed } from './feed-state.ts'
import type { KeptStations } from './kept-stations.ts'

/** Asking anew now and then finds what came to be open nearer by, at the cost of a few kilobytes. */
const ASK_EVERY_MS = 5 * 60_000
/** Where no live link comes up (some proxies forbid it), answers alone keep the page fresh enough. */
const ASK_WITHOUT_LINK_MS = 30_000
/** Retries: 2, 4, 8, 16, then every 30 s, each between half and all of it so that phones spread out. */
const RETRY_FIRST_MS = 2_000
const RETRY_SLOWEST_MS = 30_000
/** A weak network may still answer: until then nothing old is shown in its place. */
const PATIENCE_MS = 1_500
/** A finger that drags the map passes over many places. */
const LOOK_DELAY_MS = 250
/** What was heard is written down this long after, so that a busy city does not wear a phone's storage. */
const KEEP_DELAY_MS = 10_000

export interface FeedDeps {
  api: Pick<PublicApi, 'findStations' | 'getStation'>
  /** Loads the live connection's code; called after the first answer is there. */
  loadLive: () => Promise<ConnectLive>
  kept: KeptStations
  nowMs: () => number
  /** 0 up to 1. */
  random: () => number
  /** Tells when the phone wakes or is online again, when it goes offline, and when the page may be gone soon; returns what stops it. */
  watchDevice: (handlers: { awake: () => void; offline: () => void; leaving: () => void }) => () => void
}

export interface StationsFeed {
  start: () => void
  stop: () => void
  getState: () => FeedState
  /** Calls `listener` after every change; returns what stops it. */
  subscribe: (listener: () => void) => () => void
  /** What the visitor looks for now; asked for at once when it is another than before. */
  ask: (question: Question) => void
  /** What is on the screen: the server tells every change of it. */
  look: (look: Look) => void
  /** Asks for all of one station, for its own page (`FeedState.opened`). */
  openStation: (id: string) => void
  /** Asks again now, as the button for it does. */
  reload: () => void
}

/** Keeps the stations as the server last told them: an answer first, then live changes, and an answer again after every gap. */
export function createStationsFeed(deps: FeedDeps): StationsFeed {
  let state = INITIAL_STATE
  let running = false
  let question: Question | undefined
  let asking: AbortController | undefined
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let patience: ReturnType<typeof setTimeout> | undefined
  let lookTimer: ReturnType<typeof setTimeout> | undefined
  let keepTimer: ReturnType<typeof setTimeout> | undefined
  let looking: Look | undefined
  let live: 'none' | 'loading' | LiveLink = 'none'
  let stopWatching: (() => void) | undefined
  const listeners = new Set<() => void>()

  const dispatch = (event: FeedEvent) => {
    if (!running) return
    const before = state
    state = reduceFeed(state, event)
    if (state === before) return
    for (const listener of listeners) listener()
    if (event.kind === 'found' || event.kind === 'looked' || event.kind === 'stationsChanged') keepSoon()
  }

  const keep = () => {
    clearTimeout(keepTimer)
    keepTimer = undefined
    if (state.heardAtMs !== undefined) void deps.kept.keep(state)
  }
  const keepSoon = () => {
    keepTimer ??= setTimeout(keep, KEEP_DELAY_MS)
  }

  const askAgainIn = (delayMs: number) => {
    clearTimeout(timer)
    if (running) timer = setTimeout(() => void load(), delayMs)
  }

  /** Answers from what the phone keeps, unless the server was faster. */
  const answerKept = async () => {
    const asked = question
    if (!running || asked === undefined) return
    const answer = await deps.kept.answer(asked, state)
    const key = questionKey(asked)
    if (answer === undefined || state.asked !== key || state.found?.key === key) return
    dispatch({ kind: 'foundKept', found: { ...answer.found, key, kept: true }, stations: answer.stations })
  }

  const load = async () => {
    if (!running || question === undefined) return
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    clearTimeout(timer)
    const key = questionKey(question)
    dispatch({ kind: 'asked', key })
    clearTimeout(patience)
    patience = setTimeout(() => void answerKept(), PATIENCE_MS)
    try {
      const answer = await deps.api.findStations(question, mine.signal)
      if (asking !== mine) return
      failures = 0
      dispatch({ kind: 'found', key, answer, nowMs: deps.nowMs() })
      void goLive()
    } catch {
      // Whatever the reason (ApiFailure), there is one remedy: say so, show what is kept, and try again.
      if (asking !== mine) return
      failures += 1
      await answerKept()
      dispatch({ kind: 'askFailed', key })
      // Before there was any link, a question that fails is the only sign that there is no network.
      if (live === 'none') dispatch({ kind: 'linkDown' })
    }
    if (asking !== mine) return
    asking = undefined
    clearTimeout(patience)
    if (failures > 0) askAgainIn(retryDelayMs(failures, deps.random()))
    else askAgainIn(state.link === 'down' ? ASK_WITHOUT_LINK_MS : ASK_EVERY_MS)
  }

  const sendLook = () => {
    if (typeof live === 'string' || looking === undefined) return
    live.look(looking, list => {
      if (isStationList(list)) dispatch({ kind: 'looked', list, nowMs: deps.nowMs() })
    })
  }

  const goLive = async () => {
    if (!running || live !== 'none') return
    live = 'loading'
    try {
      const connect = await deps.loadLive()
      if (!running) return
      let wasDown = false
      live = connect({
        up: () => {
          dispatch({ kind: 'linkUp', nowMs: deps.nowMs() })
          sendLook()
          // What was found before the gap may not be what would be found now.
          if (wasDown) void load()
          wasDown = false
        },
        down: () => {
          wasDown = true
          dispatch({ kind: 'linkDown' })
        },
        heard: () => dispatch({ kind: 'heard', nowMs: deps.nowMs() }),
        stations: list => {
          if (isStationList(list)) dispatch({ kind: 'stationsChanged', list, nowMs: deps.nowMs() })
        },
      })
    } catch {
      // The network went before the code for the live connection came: the next answer tries again.
      live = 'none'
      dispatch({ kind: 'linkDown' })
      askAgainIn(RETRY_SLOWEST_MS)
    }
  }

  const openStation = async (id: string) => {
    dispatch({ kind: 'opening', id })
    const recalling = deps.kept.recallDetail(id).then(kept => {
      if (kept !== undefined) dispatch({ kind: 'recalledDetail', ...kept })
    })
    try {
      const detail = await deps.api.getStation(id)
      dispatch({ kind: 'opened', id, detail, nowMs: deps.nowMs() })
      void deps.kept.keepDetail({ detail, atMs: deps.nowMs() + state.clockOffsetMs })
    } catch (error) {
      await recalling
      dispatch({ kind: 'openFailed', id, missing: error instanceof ApiFailure && error.code === 'missing' })
    }
  }

  return {
    start() {
      if (running) return
      running = true
      stopWatching = deps.watchDevice({
        awake: () => {
          if (typeof live !== 'string') live.hurry()
          sendLook()
          void load()
        },
        offline: () => dispatch({ kind: 'linkDown' }),
        leaving: keep,
      })
      void deps.kept.recall().then(memory => {
        if (memory !== undefined) dispatch({ kind: 'recalled', memory })
      })
      void load()
    },
    stop() {
      running = false
      for (const pending of [timer, patience, lookTimer, keepTimer]) clearTimeout(pending)
      asking?.abort()
      stopWatching?.()
      if (typeof live !== 'string') live.close()
      live = 'none'
    },
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ask(next) {
      const isSame = question !== undefined && questionKey(question) === questionKey(next)
      question = next
      if (!isSame) void load()
    },
    look(next) {
      if (JSON.stringify(next) === JSON.stringify(looking)) return
      looking = next
      clearTimeout(lookTimer)
      lookTimer = setTimeout(sendLook, LOOK_DELAY_MS)
    },
    openStation: id => void openStation(id),
    reload: () => void load(),
  }
}

/** The wait before the next try after `failures` failed ones; `random` is 0 up to 1. */
export function retryDelayMs(failures: number, random: number): number {
  const longestMs = Math.min(RETRY_SLOWEST_MS, RETRY_FIRST_MS * 2 ** (failures - 1))
  return (longestMs * (1 + random)) / 2
}
