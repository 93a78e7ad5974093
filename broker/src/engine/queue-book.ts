import type { Limits } from './limits.ts'

/** How much waits for each session. */
export interface QueueBook {
  /** Takes a message in; false, and nothing is changed, when too much waits already. */
  add: (session: string, sizeBytes: number) => boolean
  /** Whether anything waits for a session. */
  has: (session: string) => boolean
  remove: (session: string, sizeBytes: number) => void
  forget: (isGone: (session: string) => boolean) => void
  messages: () => number
}

export function createQueueBook(limits: Pick<Limits, 'queuedMessagesPerSession' | 'queuedBytesPerSession'>): QueueBook {
  const entries = new Map<string, { messages: number; bytes: number }>()
  let total = 0

  return {
    add: (session, sizeBytes) => {
      const entry = entries.get(session) ?? { messages: 0, bytes: 0 }
      if (entry.messages >= limits.queuedMessagesPerSession) return false
      if (entry.bytes + sizeBytes > limits.queuedBytesPerSession) return false
      entries.set(session, { messages: entry.messages + 1, bytes: entry.bytes + sizeBytes })
      total += 1
      return true
    },
    has: session => entries.has(session),
    remove: (session, sizeBytes) => {
      const entry = entries.get(session)
      if (entry === undefined) return
      total -= 1
      // What was counted at start is the size as stored, some bytes more; an empty queue has no bytes whatever was counted.
      if (entry.messages <= 1) entries.delete(session)
      else entries.set(session, { messages: entry.messages - 1, bytes: Math.max(0, entry.bytes - sizeBytes) })
    },
    forget: isGone => {
      for (const [session, { messages }] of entries) {
        if (!isGone(session)) continue
        entries.delete(session)
        total -= messages
      }
    },
    messages: () => total,
  }
}
