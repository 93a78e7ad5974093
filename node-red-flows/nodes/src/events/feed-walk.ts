import { type FeedCursor, cloudEventSchema, eventFeedSchema } from '@harbor/protocol'
import { z } from 'zod'

/** A page of the feed; a kind of event that a newer server has and this package does not know is read like any other. */
export const feedPageSchema = eventFeedSchema.extend({
  events: z.array(z.object({ seq: z.int().positive(), event: cloudEventSchema.extend({ type: z.string().max(100) }) })),
})
export type FeedPage = z.infer<typeof feedPageSchema>
/** An event with its place in the feed. */
export type FeedEntry = FeedPage['events'][number]

export interface FeedWalkDeps {
  /** GET /api/v1/events */
  read: (after: number) => Promise<FeedPage>
  /** GET and PUT of this consumer's cursor: what a new machine goes on from. */
  readCursor: () => Promise<FeedCursor>
  putCursor: (after: number) => Promise<void>
  /** The same beside the flow: it covers what was dealt with while the server could not be told. */
  recall: () => Promise<number | undefined>
  remember: (after: number) => Promise<void>
  /** Hands one event on. Rejects: it counts as not dealt with, and comes again. */
  deliver: (entry: FeedEntry) => Promise<void>
  /** Events were lost for good: kept for 7 days, and this consumer was away for longer. */
  onGap: (after: number) => void
}

export interface FeedWalk {
  /** Hands on all there is, oldest first. Rejects with the first fault; the next call goes on where this one stopped. */
  run: (isStopped: () => boolean) => Promise<void>
  /** The last event dealt with; undefined until the first run got so far. */
  after: () => number | undefined
}

/**
 * Reads the feed by one cursor. Each event is handed on once and in order, whatever fails on the way; after a crash between handing on and remembering
 * the events of that moment come again, with the same ids, rather than being lost.
 */
export function createFeedWalk(deps: FeedWalkDeps): FeedWalk {
  let after: number | undefined
  /** What the server knows. */
  let stored = 0

  async function begin(): Promise<number> {
    const cursor = await deps.readCursor()
    if (cursor.isNew) {
      // Another database, or the first start: whatever was remembered belongs to another feed.
      await deps.putCursor(cursor.after)
      await deps.remember(cursor.after)
      stored = cursor.after
      return cursor.after
    }
    stored = cursor.after
    return Math.max(cursor.after, (await deps.recall()) ?? 0)
  }

  /** One page; gives whether there is more. */
  async function step(from: number, isStopped: () => boolean): Promise<boolean> {
    const { events, next, hasMore, isGap } = await deps.read(from)
    if (isGap) deps.onGap(from)
    let at = from
    for (const entry of events.toSorted((one, other) => one.seq - other.seq)) {
      if (isStopped()) return false
      if (entry.seq <= at) continue
      await deps.deliver(entry)
      at = entry.seq
      after = at
      await deps.remember(at)
    }
    after = Math.max(at, next)
    return hasMore && after > from
  }

  async function store(): Promise<void> {
    if (after === undefined || after <= stored) return
    const at = after
    await deps.putCursor(at)
    stored = at
  }

  return {
    async run(isStopped) {
      after ??= await begin()
      // What the last run could not store.
      await store()
      let hasMore = true
      while (hasMore && !isStopped()) {
        hasMore = await step(after, isStopped)
        await store()
      }
    },
    after: () => after,
  }
}
