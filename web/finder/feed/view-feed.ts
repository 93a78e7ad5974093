import type { FinderFilter, MapView } from '@harbor/protocol'
import type { Box, PublicApi } from '../../shared/api/public-api.ts'

/** A finger that drags the map passes over many views. */
const ASK_DELAY_MS = 200
/** Clusters are not live: where they stand on the screen they are asked for again. */
const ASK_EVERY_MS = 60_000
const RETRY_MS = 10_000

/** A part of the world as a map shows it. */
export interface ViewWanted {
  box: Box
  zoom: number
  filters: readonly FinderFilter[]
}

export interface ViewState {
  view: MapView | undefined
  /** From what the phone keeps, for want of a network. */
  kept: boolean
}

export interface ViewFeedDeps {
  api: Pick<PublicApi, 'getView'>
  /** The view in what the phone keeps; undefined when it keeps nothing. */
  answerKept: (wanted: ViewWanted) => Promise<MapView | undefined>
}

/** What the map shows of the part of the world in view. */
export interface ViewFeed {
  want: (wanted: ViewWanted) => void
  getState: () => ViewState
  subscribe: (listener: () => void) => () => void
  stop: () => void
}

export function createViewFeed({ api, answerKept }: ViewFeedDeps): ViewFeed {
  let state: ViewState = { view: undefined, kept: false }
  let wanted: ViewWanted | undefined
  let asking: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const listeners = new Set<() => void>()

  const set = (next: ViewState) => {
    state = next
    for (const listener of listeners) listener()
  }

  const load = async () => {
    if (wanted === undefined || document.visibilityState === 'hidden') return askIn(ASK_EVERY_MS)
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    const asked = wanted
    try {
      const view = await api.getView(asked, mine.signal)
      if (asking !== mine) return
      set({ view, kept: false })
      askIn(ASK_EVERY_MS)
    } catch {
      if (asking !== mine) return
      askIn(RETRY_MS)
      // The pins of the view before stay until there is something to put in their place.
      const view = await answerKept(asked)
      if (view !== undefined && asking === mine) set({ view, kept: true })
    }
  }
  const askIn = (delayMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), delayMs)
  }

  return {
    want(next) {
      if (JSON.stringify(next) === JSON.stringify(wanted)) return
      // The first view is not the end of a drag.
      const delayMs = wanted === undefined ? 0 : ASK_DELAY_MS
      wanted = next
      askIn(delayMs)
    },
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      clearTimeout(timer)
      asking?.abort()
      wanted = undefined
    },
  }
}
