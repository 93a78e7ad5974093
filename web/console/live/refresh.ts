import type { QueryClient } from '@tanstack/react-query'

/** Under a storm of events an answer is asked for again this often, not once an event. */
const EVERY_MS = 2_000

/** Asks for something again after events that may have changed it: at once, then at most every two seconds. */
export interface Refresh {
  touch: () => void
  stop: () => void
}

/** @param queryKey what is asked for again if it is shown; what begins with it as well. */
export function createRefresh(client: QueryClient, queryKey: readonly unknown[]): Refresh {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  const refresh = () => {
    isDue = false
    timer = setTimeout(() => {
      timer = undefined
      if (isDue) refresh()
    }, EVERY_MS)
    // What is on its way is let arrive: under a storm it would else never come.
    void client.invalidateQueries({ queryKey }, { cancelRefetch: false })
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
