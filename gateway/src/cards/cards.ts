import { createHmac } from 'node:crypto'
import { type CardCheckIn, type GatewayConfig, encodeJson, errorText, topics } from '@harbor/protocol'
import type { Rejection } from '../decoders/decoder.ts'
import type { Log } from '../log.ts'
import { type CardKeyFile, type MonthKey, monthIn } from './card-key.ts'
import { cardNumberOf } from './card-number.ts'

const MINUTE_MS = 60_000
/** A card that lies on the reader is said again and again: within this it is the same visit. */
const SAME_VISIT_MS = MINUTE_MS
/** Check-ins that wait for the broker; beyond, the oldest go. Chosen: a busy day. */
const MAX_WAITING = 500
/** Pseudonyms of the last minute that are remembered; chosen: more than anybody holds to a reader in a minute. */
const MAX_RECENT = 200
/** How often it is looked whether the key's month is over. */
const LOOK_EVERY_MS = 3_600_000

/** Makes check-ins of cards that are held to the station's readers. The number of a card is kept nowhere, not even in a log. */
export interface Cards {
  start: () => Promise<void>
  /** Whether what is said on a topic is a card's, and is to be passed on to nobody. */
  isPrivate: (topic: string) => boolean
  /** Takes a reader's message; false: it is not a card's, and others may read it. */
  take: (topic: string, payload: Uint8Array) => boolean
  /** Offers what the broker has not taken. */
  linkUp: () => void
  reconfigure: (config: GatewayConfig) => void
  /** May be called twice. */
  stop: () => Promise<void>
}

export interface CardsDeps {
  file: CardKeyFile
  /** Now in ms since 1970; undefined: nobody knows the time. */
  now: () => number | undefined
  /** 32 random bytes. */
  newKey: () => Buffer
  /** Publishes to the broker with QoS 1; `onTaken` when it has it. */
  publish: (topic: string, payload: Uint8Array, onTaken: () => void) => void
  onRefused: (topic: string, rejection: Rejection) => void
  log: Log
}

export function createCards(initial: GatewayConfig, { file, now, newKey, publish, onRefused, log }: CardsDeps): Cards {
  let config = initial
  let current: MonthKey | undefined
  let writing: Promise<void> = Promise.resolve()
  let looking: NodeJS.Timeout | undefined
  const recent = new Map<string, number>()
  const waiting = new Map<number, CardCheckIn>()
  let nextId = 0

  const store = (work: () => Promise<void>) => {
    writing = writing.then(work).catch((error: unknown) => {
      // The key in memory serves until the next start; after that this month's cards are new.
      log.warn({ error: errorText(error) }, "the month's key for cards could not be written")
    })
  }
  const forget = () => {
    if (current === undefined) return
    current.key.fill(0)
    current = undefined
    recent.clear()
    store(file.remove)
  }
  /** A key whose month is over, or that no reader needs, is destroyed, not put aside. */
  const forgetOld = () => {
    const atMs = now()
    const isOver = atMs !== undefined && current !== undefined && monthIn(atMs, config.timeZone) !== current.month
    if (isOver || (config.cardReaders ?? []).length === 0) forget()
  }
  const keyOf = (month: string): Buffer => {
    if (current?.month === month) return current.key
    forget()
    const made = { month, key: newKey() }
    current = made
    const kept = { month, key: Buffer.from(made.key) }
    store(() => file.write(kept))
    return made.key
  }
  const offer = (id: number, checkIn: CardCheckIn) => {
    const { district, gateway } = config
    publish(topics.checkIn({ district, gateway }), encodeJson(checkIn), () => waiting.delete(id))
  }
  const checkIn = (number: string, atMs: number) => {
    const pseudonym = createHmac('sha256', keyOf(monthIn(atMs, config.timeZone)))
      .update(JSON.stringify([config.station, number]))
      .digest('hex')
      .slice(0, 32)
    const lastMs = recent.get(pseudonym)
    recent.delete(pseudonym)
    recent.set(pseudonym, atMs)
    for (const [oldest] of recent) {
      if (recent.size <= MAX_RECENT) break
      recent.delete(oldest)
    }
    if (lastMs !== undefined && Math.abs(atMs - lastMs) < SAME_VISIT_MS) return
    const id = nextId
    nextId += 1
    // The full minute: nobody needs to know the second.
    const said = { pseudonym, atMs: Math.floor(atMs / MINUTE_MS) * MINUTE_MS }
    waiting.set(id, said)
    for (const [oldest] of waiting) {
      if (waiting.size <= MAX_WAITING) break
      waiting.delete(oldest)
    }
    offer(id, said)
  }
  const readersAt = (topic: string) => (config.cardReaders ?? []).filter(reader => reader.topic === topic)

  return {
    start: async () => {
      current = await file.read()
      forgetOld()
      looking = setInterval(forgetOld, LOOK_EVERY_MS)
    },
    isPrivate: topic => readersAt(topic).length > 0,
    take: (topic, payload) => {
      for (const reader of readersAt(topic)) {
        const number = cardNumberOf(reader, payload)
        if (number === undefined) continue
        const atMs = now()
        if (typeof number !== 'string') onRefused(topic, number)
        else if (atMs === undefined) onRefused(topic, { reason: 'bad_time', detail: 'card: the time is not known yet' })
        else checkIn(number, atMs)
        return true
      }
      // A reader whose messages are its numbers says nothing else that anybody should read.
      return readersAt(topic).some(({ field }) => field === undefined)
    },
    linkUp: () => {
      for (const [id, said] of waiting) offer(id, said)
    },
    reconfigure: next => {
      // Another station's visitors are others: the pseudonym has the station in it.
      config = next
      forgetOld()
    },
    stop: async () => {
      clearInterval(looking)
      await writing
    },
  }
}
