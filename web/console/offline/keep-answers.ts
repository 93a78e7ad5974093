import type { QueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import type { KeptAnswer, KeptDatabase } from './kept-database.ts'

/** Older answers are not shown: what stood in an order two weeks ago helps nobody. */
const MAX_AGE_MS = 14 * 24 * 3_600_000
/** Answers come in bursts: they are written together. */
const WRITE_AFTER_MS = 300

/** Which answers a phone keeps: who signed in, what words and rules mean, orders with their lists, the inbox, notices, and what stations keep. */
const KEPT: readonly unknown[] = [
  queryKeys.session[0],
  queryKeys.clientConfig[0],
  queryKeys.rules[0],
  queryKeys.everyOrderList[0],
  queryKeys.order('')[0],
  queryKeys.everyInbox[0],
  queryKeys.everyNotice[0],
  queryKeys.everyStock[0],
]

export interface KeepingAnswers {
  /** Puts what is kept into the cache, with its age: to be called before the page is drawn. */
  restore: () => Promise<void>
  /** Writes down what comes from now on; returns how to stop that. */
  start: () => () => void
}

/** Keeps the newest answers on the phone, so that the pages that were seen open without a network, as old as they are. */
export function createKeepingAnswers(
  client: QueryClient,
  store: Pick<KeptDatabase, 'readAnswers' | 'writeAnswers'>,
  nowMs: () => number,
): KeepingAnswers {
  const changed = new Map<string, KeptAnswer>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = () => {
    timer = undefined
    const answers = [...changed.values()]
    changed.clear()
    void store.writeAnswers(answers)
  }
  return {
    async restore() {
      const oldestMs = nowMs() - MAX_AGE_MS
      for (const { queryKey, data, atMs } of await store.readAnswers())
        if (atMs > oldestMs) {
          client.setQueryData(queryKey, data, { updatedAt: atMs })
          // However young it is: a page that was just opened asks anew, and says so when nobody answers.
          client.getQueryCache().find({ queryKey, exact: true })?.invalidate()
        }
    },
    start() {
      const stop = client.getQueryCache().subscribe(({ type, query }) => {
        if (type !== 'updated' || !KEPT.includes(query.queryKey[0])) return
        const { data, dataUpdatedAt: atMs, status } = query.state
        // That nobody is signed in is not worth keeping: it is what a phone without anything kept says too.
        if (status !== 'success' || data === null || data === undefined) return
        changed.set(query.queryHash, { hash: query.queryHash, queryKey: query.queryKey, data, atMs })
        timer ??= setTimeout(write, WRITE_AFTER_MS)
      })
      return () => {
        stop()
        clearTimeout(timer)
        timer = undefined
        changed.clear()
      }
    },
  }
}
