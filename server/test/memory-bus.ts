import { topicMatcher } from '@harbor/protocol'
import type { BusHandler, MessageBus } from '../src/bus/message-bus.ts'

/** A bus without a broker: the test is everybody else. */
export interface MemoryBus extends MessageBus {
  /** A message from outside; resolves when its handler has taken it. */
  receive(topic: string, payload: Uint8Array): Promise<void>
  /** What was published, oldest first. */
  published: { topic: string; payload: Uint8Array }[]
  /** Tells the listeners that the bus is connected. */
  connect(): void
}

export function createMemoryBus(): MemoryBus {
  const subscriptions: { fits: (levels: readonly string[]) => boolean; handler: BusHandler }[] = []
  const listeners: (() => void)[] = []
  const published: MemoryBus['published'] = []
  return {
    published,
    start: async () => undefined,
    stop: async () => undefined,
    isConnected: () => true,
    onConnect: listener => void listeners.push(listener),
    subscribe: (filter, handler) => void subscriptions.push({ fits: topicMatcher(filter), handler }),
    publish: async (topic, payload) => void published.push({ topic, payload }),
    connect: () => listeners.forEach(listener => listener()),
    async receive(topic, payload) {
      const subscription = subscriptions.find(({ fits }) => fits(topic.split('/')))
      await subscription?.handler({ topic, payload, isRetained: false })
    },
  }
}
