import { mkdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { errorText, topicMatcher } from '@harbor/protocol'
import createPersistence, { type Persistence, type StoredFilter, type StoredPacket } from 'aedes-persistence-level'
import { Level } from 'level'
import { BrokerError } from '../errors.ts'
import { literalPrefix } from './literal-prefix.ts'
import type { Limits } from './limits.ts'
import { type QueueBook, createQueueBook } from './queue-book.ts'
import { type SessionList, createSessionList } from './session-list.ts'

/** Sessions and retained messages on disk. They outlive a crash of the process, not one of the machine: writes are not synced. */
export interface SessionStore {
  /** For Aedes. */
  persistence: Persistence
  /** How often the store was opened, this time included: rises with each start. */
  startNumber: number
  /** Sessions that outlive their connections. */
  sessions: () => number
  /** Messages that wait for a session or for its acknowledgement. */
  messagesWaiting: () => number
  /** Deletes all sessions of an account. */
  forgetAccount: (account: string) => Promise<void>
  close: () => Promise<void>
}

export interface SessionStoreDeps {
  /** Whether a client, by its namespaced id, was granted a filter. */
  isGranted: (clientId: string, filter: string) => boolean
  isConnected: (clientId: string) => boolean
  /** A message was dropped because too much waits for the session. */
  onQueueFull: (clientId: string, topic: string) => void
  /** Something could not be read. */
  onFailed: (error: Error) => void
}

type Db = Level<string, Buffer>

const STARTS_KEY = 'harbor-starts'
const RETAINED = 'harbor-retained:'
/** The key ranges of aedes-persistence-level: each name is followed by an encoded client id and a colon. */
const SUBSCRIPTIONS = 'subscriptions:'
const OUTGOING = 'outgoing:'
const CLIENT_RANGES = [SUBSCRIPTIONS, OUTGOING, 'outgoing-id:', 'incoming:'] as const

/** Why LevelDB did not open: it names a lock held by another process in the cause of its error. */
function lockText(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const isLocked = cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
  return isLocked ? 'another broker uses this folder; stop it, or set another DATA_DIR' : errorText(cause ?? error)
}

/**
 * Opens the store in `directory`. What aedes-persistence-level does is used where it is right, and replaced where it is not:
 * it stores filters that were refused beside one that was granted, queues for subscriptions of QoS 0 after a restart, has no
 * bound on a queue or on the number of sessions, ends writes in any order, and reads every retained message there is for each
 * SUBSCRIBE.
 */
export async function openSessionStore(
  directory: string,
  limits: Limits,
  deps: SessionStoreDeps,
): Promise<SessionStore> {
  await mkdir(directory, { recursive: true })
  const db: Db = new Level(directory, { keyEncoding: 'utf8', valueEncoding: 'buffer' })
  try {
    await db.open()
  } catch (cause) {
    throw new BrokerError(
      'BROKER_SESSIONS_UNAVAILABLE',
      `cannot open the sessions in ${directory}: ${lockText(cause)}`,
      { cause },
    )
  }
  const startNumber = Number((await db.get(STARTS_KEY))?.toString() ?? 0) + 1
  await db.put(STARTS_KEY, Buffer.from(String(startNumber)))

  const book = createQueueBook(limits)
  for await (const [key, value] of db.iterator(range(OUTGOING))) book.add(clientIdOf(key), value.length)
  const list = createSessionList(limits.sessionsPerAccount, deps.isConnected)
  for await (const key of db.keys(range(SUBSCRIPTIONS))) list.stored(clientIdOf(key), [filterOf(key)])

  const persistence = createPersistence(db)
  updateInOrder(persistence)
  markSentBefore(persistence)
  boundQueues(persistence, book, deps.onQueueFull)
  indexRetained(persistence, db, deps.onFailed)
  keepOnlyGranted(persistence, deps.isGranted)
  boundSessions(persistence, list, session => forget(session, ':'))

  /** Deletes the sessions whose id is `id`, or begins with it, depending on what ends the key. */
  const forget = async (id: string, end: ':' | ''): Promise<void> => {
    const encoded = encodeURIComponent(id) + end
    for await (const key of db.keys(range(SUBSCRIPTIONS + encoded))) {
      // Through the persistence, which has the filters in memory too.
      await persistence.cleanSubscriptions({ id: clientIdOf(key) })
    }
    for (const name of CLIENT_RANGES) await db.clear(range(name + encoded))
    book.forget(session => (end === '' ? session.startsWith(id) : session === id))
  }

  return {
    persistence,
    startNumber,
    sessions: list.size,
    messagesWaiting: book.messages,
    forgetAccount: account => forget(`${account}/`, ''),
    close: () => db.close(),
  }
}

/** All keys that begin with `prefix`: keys compare as UTF-8, where the last code point sorts highest. */
function range(prefix: string): { gte: string; lt: string } {
  return { gte: prefix, lt: `${prefix}\u{10ffff}` }
}

function clientIdOf(key: string): string {
  return decodeURIComponent(key.split(':', 2)[1] ?? '')
}

function filterOf(key: string): string {
  return key.split(':').slice(2).join(':')
}

function keepOnlyGranted(persistence: Persistence, isGranted: SessionStoreDeps['isGranted']): void {
  const add = persistence.addSubscriptions.bind(persistence)
  const match = persistence.subscriptionsByTopic.bind(persistence)
  persistence.addSubscriptions = (client, filters) =>
    add(
      client,
      filters.filter(({ topic }) => isGranted(client.id, topic)),
    )
  persistence.subscriptionsByTopic = async topic => (await match(topic)).filter(({ qos }) => qos > 0)
}

/** [MQTT-3.3.1-1]: what was sent before and not acknowledged has a packet id already, and says DUP when it is sent again. */
function markSentBefore(persistence: Persistence): void {
  const read = persistence.outgoingStream.bind(persistence)
  persistence.outgoingStream = client =>
    read(client).map((packet: StoredPacket) =>
      packet.cmd === 'publish' && (packet.messageId ?? 0) > 0 ? Object.assign(packet, { dup: true }) : packet,
    )
}

function boundSessions(persistence: Persistence, list: SessionList, forget: (session: string) => Promise<void>): void {
  const add = persistence.addSubscriptions.bind(persistence)
  const remove = persistence.removeSubscriptions.bind(persistence)
  const clean = persistence.cleanSubscriptions.bind(persistence)
  /** Aedes asks once per granted filter of a SUBSCRIBE, each time with all of its filters. */
  const asked = new WeakMap<readonly StoredFilter[], Promise<void>>()
  const addOnce = async (client: { id: string }, filters: readonly StoredFilter[]) => {
    await add(client, filters)
    const surplus = list.stored(
      client.id,
      filters.map(({ topic }) => topic),
    )
    for (const session of surplus) await forget(session)
  }
  persistence.addSubscriptions = (client, filters) => {
    const added = asked.get(filters) ?? addOnce(client, filters)
    asked.set(filters, added)
    return added
  }
  persistence.removeSubscriptions = async (client, topics) => {
    await remove(client, topics)
    list.deleted(client.id, topics)
  }
  persistence.cleanSubscriptions = async client => {
    await clean(client)
    list.deleted(client.id)
  }
}

function boundQueues(persistence: Persistence, book: QueueBook, onQueueFull: SessionStoreDeps['onQueueFull']): void {
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
    // Nothing is stored for most of those who acknowledge, gateways without a session: a read each would be the most of our work.
    if (!book.has(client.id)) return undefined
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
function indexRetained(persistence: Persistence, db: Db, onFailed: (error: Error) => void): void {
  persistence.storeRetained = async ({ topic, payload, qos }) => {
    const key = RETAINED + topic
    await (payload.length === 0 ? db.del(key) : db.put(key, Buffer.concat([Buffer.from([qos]), payload]))) // [MQTT-3.3.1-10]
  }
  persistence.createRetainedStreamCombi = filters =>
    // Aedes pipes the stream, and a pipe passes no error on.
    Readable.from(retainedMessages(db, filters)).on('error', onFailed)
  persistence.createRetainedStream = filter => persistence.createRetainedStreamCombi([filter])
}

async function* retainedMessages(db: Db, filters: readonly string[]) {
  for (const filter of filters) {
    const matches = topicMatcher(filter)
    for await (const [key, value] of db.iterator(range(RETAINED + literalPrefix(filter)))) {
      const topic = key.slice(RETAINED.length)
      if (matches(topic.split('/'))) yield { cmd: 'publish', topic, qos: value[0] ?? 0, payload: value.subarray(1) }
    }
  }
}
