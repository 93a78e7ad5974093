import { createHash } from 'node:crypto'
import type { FeedbackRequest, FeedbackStatus, FeedbackView } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { PhotoStore } from '../photos/photo-store.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { toFeedbackStatus } from './feedback-row.ts'
import { changeFeedback, putFeedbackEvent, viewOf } from './feedback-writes.ts'
import { reportKeyHash } from './visitor-keys.ts'

const DAY_MS = 24 * 3_600_000
/** An older `writtenAt` is not believed (protocol, feedbackRequestSchema), and photos are not taken later. */
const MAX_LATE_MS = 7 * DAY_MS

/** What visitors tell, and what they hear of it. */
export interface FeedbackBook {
  /**
   * Takes a report. The same one sent again gives the same answer, and is one.
   *
   * @throws ApiProblem `not_found` without such a station, `invalid_request` with an appliance of another, `conflict` when the key was
   * used for something else.
   */
  take: (
    station: string,
    request: FeedbackRequest,
    networks: readonly [string, string],
  ) => Promise<{ status: FeedbackStatus; isNew: boolean; writtenAtMs: number }>
  /** @throws ApiProblem `not_found`. */
  status: (key: string) => Promise<FeedbackStatus>
  /**
   * Takes a photo of a report. The same bytes sent again change nothing.
   *
   * @throws ApiProblem `not_found`, `invalid_request` for a number that was not announced, `conflict` when there is another photo under the
   * number, or the report is old; and what the photo store throws.
   */
  takePhoto: (key: string, n: number, bytes: Uint8Array) => Promise<void>
  /**
   * The visitor's answer to "is it fixed?".
   *
   * @throws ApiProblem `not_found`; `conflict` when nobody asks, or the answer was another.
   */
  answerFixed: (key: string, fixed: boolean) => Promise<FeedbackStatus>
}

export interface FeedbackBookDeps {
  db: RegistryDb
  directory: Directory
  photos: PhotoStore
  nowMs: () => number
  newId: () => string
  /** Told of each change after it is durable. */
  onChanged: (view: FeedbackView, what: 'received' | 'changed' | 'fixed_answered') => void
}

export function createFeedbackBook({ db, directory, photos, nowMs, newId, onChanged }: FeedbackBookDeps): FeedbackBook {
  const find = async (tx: RegistryDb, key: string) => {
    const row = await tx
      .selectFrom('feedback')
      .selectAll()
      .where('key_sha256', '=', reportKeyHash(key))
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', 'there is no report with this key')
    return row
  }
  const photosHeld = async (tx: RegistryDb, id: string): Promise<number> => {
    const { count } = await tx
      .selectFrom('visitor_photo')
      .select(eb => eb.fn.countAll<number>().as('count'))
      .where('feedback', '=', id)
      .executeTakeFirstOrThrow()
    return Number(count)
  }
  const statusOf = async (tx: RegistryDb, key: string) => {
    const row = await find(tx, key)
    return toFeedbackStatus(row, await photosHeld(tx, row.id))
  }

  /** Whether a rating counts: one a day from one network at one station, so that nobody lifts or sinks a mean alone. */
  const starsCount = async (tx: RegistryDb, station: string, networks: readonly string[]): Promise<0 | 1> => {
    const other = await tx
      .selectFrom('feedback')
      .select('id')
      .where('station', '=', station)
      .where('received_at_ms', '>', nowMs() - DAY_MS)
      .where('stars_count', '=', 1)
      .where('network', 'in', networks)
      .executeTakeFirst()
    return other === undefined ? 1 : 0
  }

  return {
    take: async (station, request, networks) => {
      const entry = directory.stations.get(station)
      if (entry === undefined) throw new ApiProblem('not_found', `there is no station ${station}`)
      const { appliance } = request
      if (appliance !== undefined && !entry.appliances.some(({ id }) => id === appliance))
        throw new ApiProblem('invalid_request', `body: appliance: there is no ${appliance} at ${station}`)
      const atMs = nowMs()
      const writtenAtMs = believedWriting(request.writtenAt, atMs)
      const bodySha256 = bodyHash(station, request)
      const received = await db.transaction().execute(async tx => {
        const known = await tx
          .selectFrom('feedback')
          .select(['id', 'body_sha256'])
          .where('key_sha256', '=', reportKeyHash(request.key))
          .executeTakeFirst()
        if (known !== undefined && known.body_sha256 !== bodySha256)
          throw new ApiProblem('conflict', 'this key was used for another report; make a new one')
        if (known !== undefined) return undefined
        const id = newId()
        await tx
          .insertInto('feedback')
          .values({
            id,
            key_sha256: reportKeyHash(request.key),
            body_sha256: bodySha256,
            station,
            district: entry.record.district,
            topic: request.topic,
            appliance: appliance ?? null,
            text: request.text === undefined || request.text === '' ? null : request.text,
            stars: request.stars ?? null,
            stars_count: request.stars === undefined ? 0 : await starsCount(tx, station, networks),
            photos: request.photos,
            state: 'received',
            revision: 1,
            written_at_ms: writtenAtMs,
            received_at_ms: atMs,
            changed_at_ms: atMs,
            network: networks[0],
          })
          .execute()
        const view = await viewOf(tx, id)
        if (view !== undefined) await putFeedbackEvent(tx, view, 'feedback-received')
        return view
      })
      if (received !== undefined) onChanged(received, 'received')
      return { status: await statusOf(db, request.key), isNew: received !== undefined, writtenAtMs }
    },

    status: key => statusOf(db, key),

    takePhoto: async (key, n, bytes) => {
      const row = await find(db, key)
      if (n > row.photos)
        throw new ApiProblem('invalid_request', `path: n: ${n}, but the report announced ${row.photos} photos`)
      if (nowMs() > row.received_at_ms + MAX_LATE_MS)
        throw new ApiProblem('conflict', 'photos are taken within seven days of their report')
      const given = createHash('sha256').update(bytes).digest('hex')
      const isThere = async (tx: RegistryDb): Promise<boolean> => {
        const there = await tx
          .selectFrom('visitor_photo')
          .select('given_sha256')
          .where('feedback', '=', row.id)
          .where('n', '=', n)
          .executeTakeFirst()
        if (there !== undefined && there.given_sha256 !== given)
          throw new ApiProblem('conflict', `there is another photo ${n} already`)
        return there !== undefined
      }
      // Asked before the work of drawing it, and again when it is put down: the same may come twice at once.
      if (await isThere(db)) return
      const sha256 = await photos.keep(bytes)
      const view = await db.transaction().execute(async tx => {
        if (await isThere(tx)) return undefined
        const { id: feedback, station, district } = row
        const photo = { id: newId(), feedback, n, station, district, sha256, given_sha256: given, at_ms: nowMs() }
        await tx.insertInto('visitor_photo').values(photo).execute()
        return changeFeedback(tx, feedback, { atMs: nowMs(), set: {} })
      })
      if (view !== undefined) onChanged(view, 'changed')
    },

    answerFixed: async (key, fixed) => {
      const view = await db.transaction().execute(async tx => {
        const row = await find(tx, key)
        if (row.fixed === (fixed ? 1 : 0)) return undefined
        if (row.state !== 'fixed') throw new ApiProblem('conflict', 'nobody asks whether it is fixed')
        const atMs = nowMs()
        return changeFeedback(tx, row.id, {
          atMs,
          set: fixed
            ? { fixed: 1, state: 'closed', closed_at_ms: atMs, closed_by: null }
            : { fixed: 0, state: row.work_order === null ? 'received' : 'in_work' },
        })
      })
      if (view !== undefined) onChanged(view, 'fixed_answered')
      return statusOf(db, key)
    },
  }
}

/** When a report was written, if that can be believed, else when it came. */
export function believedWriting(writtenAt: string | undefined, receivedAtMs: number): number {
  const writtenAtMs = writtenAt === undefined ? receivedAtMs : Date.parse(writtenAt)
  return writtenAtMs > receivedAtMs || writtenAtMs < receivedAtMs - MAX_LATE_MS ? receivedAtMs : writtenAtMs
}

function bodyHash(station: string, { topic, appliance, text, stars, photos }: FeedbackRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([station, topic, appliance, text, stars, photos]))
    .digest('hex')
}
