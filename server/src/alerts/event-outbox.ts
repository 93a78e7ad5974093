import { type AlertView, type CloudEvent, type EventKind, errorText, topics } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { withSequence } from '../automation/event-feed.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** Names this system in its events (CloudEvents 1.0, `source`). */
const EVENT_SOURCE = 'urn:harbor:server'
/** Events read from the table at once. */
const BATCH = 50
/** How long after a failed publish the next try comes, unless something new wakes it earlier (chosen: soon, yet no busy loop). */
const RETRY_MS = 2_000

/** Puts the event of an alert's change beside the change itself, in the same transaction: neither is ever there alone. */
export async function putAlertEvent(
  tx: Kysely<RegistryTables>,
  { view, kind, seq, atMs }: { view: AlertView; kind: EventKind; seq: number; atMs: number },
): Promise<void> {
  // The same change always has the same id, so that a receiver can drop what is delivered twice.
  const id = `${view.id}-${seq}`
  await putEvent(tx, { kind, id, subject: view.id, district: view.district, atMs, data: view })
}

/** What leaves this server for others. */
export interface OutgoingEvent {
  kind: EventKind
  /** The same for the same change. */
  id: string
  subject: string
  district: string
  atMs: number
  data: unknown
}

/** Puts an event into the feed and the outbox, in the transaction of what it tells of. */
export async function putEvent(
  tx: Kysely<RegistryTables>,
  { kind, id, subject, district, atMs, data }: OutgoingEvent,
): Promise<void> {
  const event: CloudEvent = {
    specversion: '1.0',
    id,
    source: EVENT_SOURCE,
    type: `harbor.${kind}`,
    subject,
    time: new Date(atMs).toISOString(),
    datacontenttype: 'application/json',
    data,
  }
  const { seq: place } = await tx
    .insertInto('event_feed')
    .values(eb => ({
      seq: eb
        .selectFrom('event_feed as before')
        .select(before => before(before.fn.coalesce(before.fn.max('before.seq'), before.lit(0)), '+', 1).as('seq')),
      district,
      station: stationOf(data),
      payload: JSON.stringify(event),
      at_ms: atMs,
    }))
    .returning('seq')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('event_outbox')
    .values(eb => ({
      seq: eb
        .selectFrom('event_outbox as pending')
        .select(pending =>
          pending(pending.fn.coalesce(pending.fn.max('pending.seq'), pending.lit(0)), '+', 1).as('seq'),
        ),
      topic: topics.event(district, kind),
      payload: JSON.stringify(withSequence(event, place)),
      created_at_ms: atMs,
    }))
    .execute()
}

/** The station that an event is about, as its data names it; null: a whole district. */
function stationOf(data: unknown): string | null {
  const station = (data as { station?: unknown } | null | undefined)?.station
  return typeof station === 'string' ? station : null
}

/** Sends the outbox to the broker, oldest first; an event leaves it only when the broker has confirmed it. */
export interface EventOutbox {
  start: () => void
  /** Something was put in, or the broker is back. */
  wake: () => void
  /** Resolves when nothing of it runs any more; what was not confirmed stays for the next start. */
  stop: () => Promise<void>
}

export interface EventOutboxDeps {
  db: RegistryDb
  /** Resolves when the broker has confirmed the message (QoS 1); rejects when it could not be sent now. */
  publish: (topic: string, payload: string) => Promise<void>
  log: Logger
}

export function createEventOutbox({ db, publish, log }: EventOutboxDeps): EventOutbox {
  let isStopped = true
  let running: Promise<void> | undefined
  let isWoken = false
  let retry: NodeJS.Timeout | undefined

  const sendAll = async (): Promise<void> => {
    for (;;) {
      isWoken = false
      const events = await db.selectFrom('event_outbox').selectAll().orderBy('seq').limit(BATCH).execute()
      if (events.length === 0) return
      for (const { seq, topic, payload } of events) {
        if (isStopped) return
        await publish(topic, payload)
        await db.deleteFrom('event_outbox').where('seq', '=', seq).execute()
      }
    }
  }
  const run = () => {
    if (isStopped || running !== undefined) return
    clearTimeout(retry)
    running = sendAll()
      .catch((error: unknown) => {
        log.debug({ reason: errorText(error) }, 'events wait for the broker')
        isWoken = false
        if (!isStopped) retry = setTimeout(run, RETRY_MS)
      })
      .finally(() => {
        running = undefined
        // Woken between the last look into the table and now.
        if (isWoken) run()
      })
  }

  return {
    start: () => {
      isStopped = false
      run()
    },
    wake: () => {
      isWoken = true
      run()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(retry)
      await running
    },
  }
}
