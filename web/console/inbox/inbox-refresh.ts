import type { QueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'

/** Under a storm of alerts the inbox is asked for again this often, not once an alert. */
const EVERY_MS = 2_000

/** Asks for the inbox again after alerts and orders changed: at once, then at most every two seconds. */
export interface InboxRefresh {
  touch: () => void
  stop: () => void
}

export function createInboxRefresh(client: QueryClient): InboxRefresh {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  const refresh = () => {
    isDue = false
    timer = setTimeout(() => {
      timer = undefined
      if (isDue) refresh()
    }, EVERY_MS)
    // What is on its way is let arrive: under a storm it would else never come.
    void client.invalidateQueries({ queryKey: queryKeys.everyInbox }, { cancelRefetch: false })
  }
  return {
    touch() {
      isDue = true
      if (timer === undefined) refresh()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      isDue = false
    },
  }
}

/** Ids remembered at most. */
const MAX_HEARD = 2_000
/** An alert that was raised longer ago is no news, whatever happens to it. */
const NEWS_MS = 10 * 60_000

/** Tells whether an alert is news to whoever listens: raised lately, and not told before. */
export function createNewsSense(nowMs: () => number): (alert: { id: string; raisedAt: string }) => boolean {
  const heard = new Set<string>()
  return ({ id, raisedAt }) => {
    if (heard.has(id)) return false
    if (heard.size >= MAX_HEARD) heard.clear()
    heard.add(id)
    return nowMs() - Date.parse(raisedAt) < NEWS_MS
  }
}
