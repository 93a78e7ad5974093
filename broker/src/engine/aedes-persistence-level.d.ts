// The package has no types of its own; these are the parts that we call or replace.
declare module 'aedes-persistence-level' {
  import type { Readable } from 'node:stream'
  import type { Level } from 'level'

  interface StoredMessage {
    topic: string
    payload: Uint8Array
    qos: number
    brokerId?: string
    brokerCounter?: number
  }
  /** With a packet id once it was sent. */
  interface StoredPacket {
    cmd: string
    messageId?: number
    dup?: boolean
  }
  interface StoredFilter {
    topic: string
    qos: number
  }
  interface Persistence {
    addSubscriptions(client: { id: string }, filters: readonly StoredFilter[]): Promise<void>
    removeSubscriptions(client: { id: string }, filters: readonly string[]): Promise<void>
    cleanSubscriptions(client: { id: string }): Promise<void>
    subscriptionsByTopic(topic: string): Promise<(StoredFilter & { clientId: string })[]>
    outgoingEnqueueCombi(to: readonly { clientId: string }[], message: StoredMessage): Promise<unknown>
    /** What waits for a client, oldest first: messages, and PUBRELs that were not answered. */
    outgoingStream(client: { id: string }): Readable
    outgoingUpdate(client: { id: string }, message: StoredMessage): Promise<unknown>
    outgoingClearMessageId(client: { id: string }, ack: { messageId?: number }): Promise<StoredMessage | undefined>
    storeRetained(message: StoredMessage): Promise<void>
    createRetainedStream(filter: string): Readable
    createRetainedStreamCombi(filters: readonly string[]): Readable
  }
  export default function persistence(db: Level<string, Buffer>): Persistence
}
