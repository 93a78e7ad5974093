import { type CloudEvent, type EventFeed, type FeedCursor, type Person, cloudEventSchema } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** How long events are kept (chosen: over a holiday week somebody finds a program that stands still). */
export const FEED_KEEP_MS = 7 * 24 * 3_600_000
/** Events kept at most: some 200 MB of a disk. */
export const FEED_MAX_EVENTS = 200_000
/** Consumers of one account; chosen: more is a program that names itself anew at each start. */
const MAX_CONSUMERS = 200

/** The durable feed of events, and how far each consumer has read it. */
export interface EventFeedBook {
  /** Events after a place in the feed, as far as somebody may see them. */
  read: (person: Person, query: { after: number; limit: number }) => Promise<EventFeed>
  cursor: (account: string, consumer: string) => Promise<FeedCursor>
  /** Moves a cursor on, never back. Of too many the least used is forgotten. @throws ApiProblem `invalid_request` beyond the newest event. */
  putCursor: (account: string, consumer: string, after: number) => Promise<FeedCursor>
  /** Forgets what is kept no longer, but for the newest. */
  trim: () => Promise<void>
}

export function createEventFeed({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): EventFeedBook {
  const newestSeq = async (): Promise<number> => {
    const newest = await db
      .selectFrom('event_feed')
      .select(eb => eb.fn.max('seq').as('seq'))
      .executeTakeFirst()
    return newest?.seq ?? 0
  }
  const find = (account: string, consumer: string) =>
    db
      .selectFrom('feed_cursor')
      .select('after_seq')
      .where('account', '=', account)
      .where('consumer', '=', consumer)
      .executeTakeFirst()

  return {
    read: async (person, { after, limit }) => {
      const newest = await newestSeq()
      const oldest = await db
        .selectFrom('event_feed')
        .select(eb => eb.fn.min('seq').as('seq'))
        .executeTakeFirst()
      const rows = await db
        .selectFrom('event_feed')
        .select(['seq', 'payload'])
        .where('seq', '>', after)
        .where('seq', '<=', newest)
        .where(withinScope(person, { district: 'event_feed.district', station: 'event_feed.station' }))
        .orderBy('seq')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const hasMore = rows.length > limit
      return {
        events: page.map(({ seq, payload }) => ({
          seq,
          event: withSequence(cloudEventSchema.parse(JSON.parse(payload)), seq),
        })),
        // What is others' is passed over, so that a quiet account does not look through it again each time.
        next: hasMore ? (page.at(-1)?.seq ?? after) : Math.max(after, newest),
        hasMore,
        isGap: oldest?.seq != null && after + 1 < oldest.seq,
      }
    },
    cursor: async (account, consumer) => {
      const known = await find(account, consumer)
      return { consumer, after: known?.after_seq ?? (await newestSeq()), isNew: known === undefined }
    },
    putCursor: async (account, consumer, after) => {
      if (after > (await newestSeq()))
        throw new ApiProblem('invalid_request', 'body: after: there is no such event yet')
      const known = await find(account, consumer)
      if (known === undefined) {
        const { count } = await db
          .selectFrom('feed_cursor')
          .select(eb => eb.fn.countAll<number>().as('count'))
          .where('account', '=', account)
          .executeTakeFirstOrThrow()
        if (count >= MAX_CONSUMERS) await dropOldest(db, account)
      }
      await db
        .insertInto('feed_cursor')
        .values({ account, consumer, after_seq: after, at_ms: nowMs() })
        .onConflict(conflict =>
          conflict
            .columns(['account', 'consumer'])
            .doUpdateSet({ after_seq: after, at_ms: nowMs() })
            .where('feed_cursor.after_seq', '<', after),
        )
        .execute()
      return { consumer, after: Math.max(after, known?.after_seq ?? 0), isNew: false }
    },
    trim: async () => {
      const newest = await newestSeq()
      await db
        .deleteFrom('event_feed')
        .where(eb => eb.or([eb('at_ms', '<', nowMs() - FEED_KEEP_MS), eb('seq', '<=', newest - FEED_MAX_EVENTS)]))
        .where('seq', '<', newest)
        .execute()
    },
  }
}

/** An event with its place in the feed (CloudEvents' `sequence` extension). */
export function withSequence(event: CloudEvent, seq: number): CloudEvent {
  return { ...event, sequence: String(seq).padStart(16, '0') }
}

/** The consumer that was heard of least lately. */
async function dropOldest(db: RegistryDb, account: string): Promise<void> {
  const oldest = await db
    .selectFrom('feed_cursor')
    .select('consumer')
    .where('account', '=', account)
    .orderBy('at_ms')
    .limit(1)
    .executeTakeFirst()
  if (oldest === undefined) return
  await db.deleteFrom('feed_cursor').where('account', '=', account).where('consumer', '=', oldest.consumer).execute()
}
