import { Readable } from 'node:stream'
import { mkdir } from 'node:fs/promises'
import createPersistence, { type Persistence, type StoredFilter } from 'aedes-persistence-level'
import { Level } from 'level'
import { filterMatches, literalPrefix } from './filter-matches.ts'
import type { Limits } from './limits.ts'
import { createQueueBook } from './queue-book.ts'

/** Sessions and retained messages on disk. They outlive a crash of the process, not one of the machine: writes are not synced. */
export interface SessionStore {
  /** For Aedes. */
  persistence: Persistence
  /** How often the store was opened, this time included: rises with each start. */
  startNumber: number
  /** Sessions that have messages waiting. */
  sessionsWaiting: () => number
  messagesWaiting: () => number
  /** Deletes all sessions whose client id begins with `prefix`. */
  forget: (prefix: string) => Promise<void>
  close: () => Promise<void>
}

export interface SessionStoreDeps {
  /** Whether a client, by its namespaced id, was granted a filter. */
  isGranted: (clientId: string, filter: string) => boolean
  /** A message was dropped because too much waits for the session. */
  onQueueFull: (clientId: string, topic: string) => void
}

type Db = Level<string, Buffer>

const STARTS_KEY = 'harbor-starts'
const RETAINED = 'harbor-retained:'
/** The key ranges of aedes-persistence-level that begin with an encoded client id. */
const OUTGOING = 'outgoing:'
const CLIENT_RANGES = ['subscriptions:', OUTGOING, 'outgoing-id:', 'incoming:'] as const

/**
 * Opens the store in `directory`. What aedes-persistence-level does is used where it is right, and replaced where it is not:
 * it stores filters that were refused beside one that was granted, queues for subscriptions of QoS 0 after a restart, has no
 * bound on a queue, and reads every retained message there is for each SUBSCRIBE.
 */
export async function openSessionStore(
  directory: string,
  limits: Limits,
  deps: SessionStoreDeps,
): Promise<SessionStore> {
  await mkdir(directory, { recursive: true })
  const db: Db = new Level(directory, { keyEncoding: 'utf8', valueEncoding: 'buffer' })
  await db.open()
  const startNumber = Number((await db.get(STARTS_KEY))?.toString() ?? 0) + 1
  await db.put(STARTS_KEY, Buffer.from(String(startNumber)))

  const book = createQueueBook(limits)
  for await (const [key, value] of db.iterator({ gte: OUTGOING, lt: after(OUTGOING) })) {
    book.add(decodeURIComponent(key.slice(OUTGOING.length).split(':', 1)[0] ?? ''), value.length)
  }

  const persistence = createPersistence(db)
  keepOnlyGranted(persistence, deps.isGranted)
  boundQueues(persistence, book, deps.onQueueFull)
  updateInOrder(persistence)
  indexRetained(persistence, db)

  return {
    persistence,
    startNumber,
    sessionsWaiting: book.sessions,
    messagesWaiting: book.messages,
    forget: async prefix => {
      const encoded = encodeURIComponent(prefix)
      for await (const key of db.keys({ gte: CLIENT_RANGES[0] + encoded, lt: after(CLIENT_RANGES[0] + encoded) })) {
        const id = decodeURIComponent(key.slice(CLIENT_RANGES[0].length).split(':', 1)[0] ?? '')
        // Through the persistence, which also has the filters in memory.
        await persistence.cleanSubscriptions({ id })
      }
      for (const range of CLIENT_RANGES) await db.clear({ gte: range + encoded, lt: after(range + encoded) })
      book.forget(prefix)
    },
    close: () => db.close(),
  }
}

/** Behind all keys that begin with `prefix`: keys compare as UTF-8, where the last code point sorts highest. */
function after(prefix: string): string {
  return `${prefix}\u{10ffff}`
}

function keepOnlyGranted(persistence: Persistence, isGranted: SessionStoreDeps['isGranted']): void {
  const add = persistence.addSubscriptions.bind(persistence)
  const match = persistence.subscriptionsByTopic.bind(persistence)
  /** Aedes asks once per granted filter of a SUBSCRIBE, with all of its filters. */
  const asked = new WeakMap<readonly StoredFilter[], Promise<void>>()
  persistence.addSubscriptions = (client, filters) => {
    const before = asked.get(filters)
    if (before !== undefined) return before
    const added = add(
      client,
      filters.filter(({ topic }) => isGranted(client.id, topic)),
    )
    asked.set(filters, added)
    return added
  }
  persistence.subscriptionsByTopic = async topic => (await match(topic)).filter(({ qos }) => qos > 0)
}

function boundQueues(
  persistence: Persistence,
  book: ReturnType<typeof createQueueBook>,
  onQueueFull: SessionStoreDeps['onQueueFull'],
): void {
  const enqueue = persistence.outgoingEnqueueCombi.bind(persistence)
  const clear = persistence.outgoingClearMessageId.bind(persistence)
  persistence.outgoingEnqueueCombi = async (to, message) => {
    const sizeBytes = message.topic.length + message.payload.length
    // A client with two filters that match is named twice, and has one copy waiting.
    const clientIds = new Set(to.map(({ clientId }) => clientId))
    for (const clientId of clientIds) {
      if (book.add(clientId, sizeBytes)) continue
      clientIds.delete(clientId)
      onQueueFull(clientId, message.topic)
    }
    const sessions = [...clientIds].map(clientId => ({ clientId }))
    try {
      await enqueue(sessions, message)
    } catch (error) {
      for (const clientId of clientIds) book.remove(clientId, sizeBytes)
      throw error
    }
  }
  persistence.outgoingClearMessageId = async (client, ack) => {
    const cleared = await clear(client, ack)
    if (cleared !== undefined) book.remove(client.id, (cleared.topic?.length ?? 0) + (cleared.payload?.length ?? 0))
    return cleared
  }
}

/**
 * A message goes out to a session when its update is stored. The store's writes run side by side; so that messages go out in
 * the order in which they came ([MQTT-4.6.0-6]), an update ends only after those that were asked for before it.
 */
function updateInOrder(persistence: Persistence): void {
  const update = persistence.outgoingUpdate.bind(persistence)
  const last = new Map<string, Promise<unknown>>()
  persistence.outgoingUpdate = (client, message) => {
    const before = last.get(client.id)
    const stored = update(client, message)
    const mine = Promise.allSettled([before, stored]).then(() => {
      if (last.get(client.id) === mine) last.delete(client.id)
      return stored
    })
    last.set(client.id, mine)
    return mine
  }
}

/** Retained messages under a key per topic (one byte of QoS, then the payload), read by the range that a filter can match. */
function indexRetained(persistence: Persistence, db: Db): void {
  persistence.storeRetained = async ({ topic, payload, qos }) => {
    const key = RETAINED + topic
    await (payload.length === 0 ? db.del(key) : db.put(key, Buffer.concat([Buffer.from([qos]), payload]))) // [MQTT-3.3.1-10]
  }
  persistence.createRetainedStreamCombi = filters => Readable.from(retainedMessages(db, filters))
  persistence.createRetainedStream = filter => persistence.createRetainedStreamCombi([filter])
}

async function* retainedMessages(db: Db, filters: readonly string[]) {
  for (const filter of filters) {
    const prefix = RETAINED + literalPrefix(filter)
    for await (const [key, value] of db.iterator({ gte: prefix, lt: after(prefix) })) {
      const topic = key.slice(RETAINED.length)
      if (filterMatches(filter, topic)) yield { cmd: 'publish', topic, qos: value[0] ?? 0, payload: value.subarray(1) }
    }
  }
}
