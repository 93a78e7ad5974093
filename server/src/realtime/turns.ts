/** Works off what is given to it, first come first served, a few at a time. Everything else has its turn in between. */
export interface Turns<Item> {
  add: (item: Item) => void
  /** What waits is dropped; what is under way ends by itself. */
  stop: () => void
}

/** @param work never rejects */
export function createTurns<Item>(atOnce: number, work: (item: Item) => Promise<void>): Turns<Item> {
  const waiting: Item[] = []
  let underWay = 0
  const next = () => {
    if (underWay >= atOnce) return
    const item = waiting.shift()
    if (item === undefined) return
    underWay += 1
    void work(item).then(() => {
      underWay -= 1
      setImmediate(next)
    })
  }
  return {
    add: item => {
      waiting.push(item)
      next()
    },
    stop: () => {
      waiting.length = 0
    },
  }
}
