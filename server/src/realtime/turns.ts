/** Works off what is given to it, first come first served, one at a time. Everything else has its turn in between. */
export interface Turns<Item> {
  /** An item that waits already keeps its place. */
  add: (item: Item) => void
  /** What waits is dropped. */
  stop: () => void
}

/** @param work never throws */
export function createTurns<Item>(work: (item: Item) => void): Turns<Item> {
  // In the order in which they were added.
  const waiting = new Set<Item>()
  let coming: NodeJS.Immediate | undefined
  const next = () => {
    coming = undefined
    for (const item of waiting) {
      waiting.delete(item)
      work(item)
      break
    }
    if (waiting.size > 0) coming ??= setImmediate(next)
  }
  return {
    add: item => {
      waiting.add(item)
      coming ??= setImmediate(next)
    },
    stop: () => {
      waiting.clear()
      clearImmediate(coming)
      coming = undefined
    },
  }
}
