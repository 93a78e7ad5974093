import { NodeError } from './errors.ts'

export interface RequestQueue {
  /** Runs `task` when its turn comes. @throws NodeError NODE_BUSY when too many wait. */
  run: <Value>(task: () => Promise<Value>) => Promise<Value>
  /** Running and waiting. */
  size: () => number
}

/** At most `running` tasks at once and `waiting` behind them, so that a loop in a flow fills neither memory nor the server. */
export function createRequestQueue({ running, waiting }: { running: number; waiting: number }): RequestQueue {
  const queue: (() => void)[] = []
  let active = 0

  const takeTurn = (): Promise<void> => {
    if (active < running) {
      active += 1
      return Promise.resolve()
    }
    if (queue.length >= waiting) {
      throw new NodeError(
        'NODE_BUSY',
        `${queue.length} requests wait for the server, which is the most; send less or slower`,
      )
    }
    // Whoever leaves hands the turn on: `active` stays.
    return new Promise(resolve => queue.push(resolve))
  }
  const leave = () => {
    const next = queue.shift()
    if (next === undefined) active -= 1
    else next()
  }

  return {
    async run(task) {
      await takeTurn()
      try {
        return await task()
      } finally {
        leave()
      }
    },
    size: () => active + queue.length,
  }
}
