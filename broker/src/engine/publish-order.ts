/** Puts messages back into the order in which they were published. */
export interface PublishOrder {
  /** A message with this number is on its way through the store. Numbers rise from call to call. */
  begin: (number: number) => void
  /** The message is stored: `emit` runs as soon as all that began before it has run or ended. */
  ready: (number: number, emit: () => void) => void
  /** The message was emitted or failed: nothing waits for it any longer. */
  end: (number: number) => void
  /** Messages on their way. */
  size: () => number
}

/**
 * Aedes numbers messages when they are published, hands them out when the store has them, and each connection then drops
 * whatever has a lower number than the last it was given, taking it for a duplicate. The store's writes run side by side and a
 * retained message makes two of them, so without this a message that was overtaken would never arrive.
 */
export function createPublishOrder(): PublishOrder {
  /** Undefined: not stored yet. The order of a Map is that of insertion. */
  const waiting = new Map<number, (() => void) | undefined>()

  const flush = () => {
    for (const [number, emit] of waiting) {
      if (emit === undefined) return
      waiting.delete(number)
      emit()
    }
  }

  return {
    begin: number => void waiting.set(number, undefined),
    ready: (number, emit) => {
      if (!waiting.has(number)) {
        emit()
        return
      }
      waiting.set(number, emit)
      flush()
    },
    end: number => {
      if (waiting.delete(number)) flush()
    },
    size: () => waiting.size,
  }
}
