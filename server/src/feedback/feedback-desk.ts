import type { FeedbackTopic, FeedbackView, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { PhotoStore } from '../photos/photo-store.ts'
import type { FeedbackState } from '../registry/feedback-tables.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { photosOf, selectFeedback, toFeedbackView } from './feedback-row.ts'
import { changeFeedback } from './feedback-writes.ts'
import { maskText } from './mask-text.ts'

/** `open`: somebody has still to do something about it. */
export const FEEDBACK_CHOICES = ['open', 'received', 'in_work', 'answered', 'fixed', 'closed', 'all'] as const

/** A page of reports. */
export interface FeedbackQuery {
  state: (typeof FEEDBACK_CHOICES)[number]
  /** A district or a street. */
  region?: string | undefined
  station?: string | undefined
  appliance?: string | undefined
  topic?: FeedbackTopic | undefined
  /** At most so many, newest first. */
  limit: number
  /** The `next` of the page before. */
  after?: string | undefined
}

/** What staff do with reports; everything is limited to their districts, in the query itself. */
export interface FeedbackDesk {
  list: (person: Person, query: FeedbackQuery) => Promise<{ feedback: FeedbackView[]; next: string | undefined }>
  /** A public reply, masked. @throws ApiProblem `not_found`. */
  reply: (person: Person, id: string, text: string) => Promise<FeedbackView>
  /** @throws ApiProblem `not_found`; `conflict` when it is closed. */
  close: (person: Person, id: string, text: string | undefined) => Promise<FeedbackView>
  /** A photo for staff. @throws ApiProblem `not_found`. */
  photo: (person: Person, id: string) => Promise<Buffer>
  /** Shows a photo to everybody, on the station's page. @throws ApiProblem `not_found`. */
  release: (person: Person, id: string) => Promise<FeedbackView>
  /** Takes that back. @throws ApiProblem `not_found`. */
  withdraw: (person: Person, id: string) => Promise<FeedbackView>
  /** A photo that is released, for everybody. @throws ApiProblem `not_found`. */
  publicPhoto: (id: string) => Promise<Buffer>
}

export interface FeedbackDeskDeps {
  db: RegistryDb
  photos: PhotoStore
  nowMs: () => number
  /** Told of each change after it is durable. */
  onChanged: (view: FeedbackView) => void
  /** What a station shows of released photos changed. */
  onPhotosChanged: (station: string) => Promise<void>
}

export function createFeedbackDesk({ db, photos, nowMs, onChanged, onPhotosChanged }: FeedbackDeskDeps): FeedbackDesk {
  const visible = (tx: RegistryDb, person: Person) =>
    selectFeedback(tx).where(withinScope(person, { district: 'feedback.district', station: 'feedback.station' }))
  const find = async (tx: RegistryDb, person: Person, id: string) => {
    const row = await visible(tx, person).where('feedback.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no report ${id} in your districts`)
    return row
  }
  const change = async (
    person: Person,
    id: string,
    decide: (row: Awaited<ReturnType<typeof find>>, atMs: number) => Parameters<typeof changeFeedback>[2]['set'],
  ): Promise<FeedbackView> => {
    const view = await db.transaction().execute(async tx => {
      const row = await find(tx, person, id)
      const atMs = nowMs()
      return changeFeedback(tx, id, { atMs, set: decide(row, atMs) })
    })
    if (view === undefined) throw new ApiProblem('not_found', `there is no report ${id} in your districts`)
    onChanged(view)
    return view
  }
  const findPhoto = async (person: Person, id: string) => {
    const row = await db
      .selectFrom('visitor_photo')
      .selectAll()
      .where('id', '=', id)
      .where(withinScope(person, { district: 'visitor_photo.district', station: 'visitor_photo.station' }))
      .executeTakeFirst()
    // A photo whose report is gone has no row to be shown in; nobody can ask for it but by its public address.
    if (row === undefined || row.feedback === null)
      throw new ApiProblem('not_found', `there is no photo ${id} in your districts`)
    return { ...row, feedback: row.feedback }
  }
  const setReleased = async (person: Person, id: string, released: { atMs: number; by: string } | undefined) => {
    const photo = await findPhoto(person, id)
    // The file first when it is shown, the row first when it is hidden: a row that says more than the disk shows nothing.
    if (released !== undefined) await photos.release(photo.sha256)
    await db
      .updateTable('visitor_photo')
      .set({ released_at_ms: released?.atMs ?? null, released_by: released?.by ?? null })
      .where('id', '=', id)
      .execute()
    if (released === undefined && !(await isReleased(db, photo.sha256))) await photos.withdraw(photo.sha256)
    await onPhotosChanged(photo.station)
    return change(person, photo.feedback, () => ({}))
  }

  return {
    list: async (person, { state, region, station, appliance, topic, limit, after }) => {
      const from = after === undefined ? undefined : parseCursor(after)
      const rows = await visible(db, person)
        .$if(state === 'open', q => q.where('feedback.state', 'not in', ['closed', 'answered']))
        .$if(state !== 'open' && state !== 'all', q => q.where('feedback.state', '=', state as FeedbackState))
        .$if(region !== undefined, q =>
          q.where(region?.length === 9 ? 'station.street' : 'station.district', '=', region as string),
        )
        .$if(station !== undefined, q => q.where('feedback.station', '=', station as string))
        .$if(appliance !== undefined, q => q.where('feedback.appliance', '=', appliance as string))
        .$if(topic !== undefined, q => q.where('feedback.topic', '=', topic as FeedbackTopic))
        .$if(from !== undefined, q =>
          q.where(eb =>
            eb.or([
              eb('feedback.received_at_ms', '<', from?.atMs ?? 0),
              eb.and([eb('feedback.received_at_ms', '=', from?.atMs ?? 0), eb('feedback.id', '<', from?.id ?? '')]),
            ]),
          ),
        )
        .orderBy('feedback.received_at_ms', 'desc')
        .orderBy('feedback.id', 'desc')
        // One more than asked for tells whether there is a next page.
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      const pictures = await photosOf(
        db,
        shown.map(row => row.id),
      )
      const last = shown.at(-1)
      return {
        feedback: shown.map(row => toFeedbackView(row, pictures.get(row.id) ?? [])),
        next: rows.length > limit && last !== undefined ? `${last.received_at_ms}.${last.id}` : undefined,
      }
    },
    reply: (person, id, text) =>
      change(person, id, (row, atMs) => ({
        reply_text: maskText(text),
        reply_at_ms: atMs,
        reply_by: person.login,
        ...(row.state === 'received' && { state: 'answered' as const }),
      })),
    close: (person, id, text) =>
      change(person, id, (row, atMs) => {
        if (row.state === 'closed') throw new ApiProblem('conflict', 'the report is closed already')
        return {
          state: 'closed',
          closed_at_ms: atMs,
          closed_by: person.login,
          ...(text !== undefined && { reply_text: maskText(text), reply_at_ms: atMs, reply_by: person.login }),
        }
      }),
    photo: async (person, id) => readOr404(photos.read((await findPhoto(person, id)).sha256)),
    release: (person, id) => setReleased(person, id, { atMs: nowMs(), by: person.login }),
    withdraw: (person, id) => setReleased(person, id, undefined),
    publicPhoto: async id => {
      const row = await db
        .selectFrom('visitor_photo')
        .select('sha256')
        .where('id', '=', id)
        .where('released_at_ms', 'is not', null)
        .executeTakeFirst()
      if (row === undefined) throw new ApiProblem('not_found', 'there is no such photo')
      return readOr404(photos.readPublic(row.sha256))
    },
  }
}

/** Whether any report's photo of this content is released: two visitors may have sent the same. */
async function isReleased(db: RegistryDb, sha256: string): Promise<boolean> {
  const row = await db
    .selectFrom('visitor_photo')
    .select('id')
    .where('sha256', '=', sha256)
    .where('released_at_ms', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

async function readOr404(reading: Promise<Buffer | undefined>): Promise<Buffer> {
  const bytes = await reading
  if (bytes === undefined) throw new ApiProblem('not_found', 'there is no such photo')
  return bytes
}

function parseCursor(text: string): { atMs: number; id: string } {
  const [, at, id] = /^(\d{1,16})\.(.{1,100})$/.exec(text) ?? []
  if (at === undefined || id === undefined)
    throw new ApiProblem('invalid_request', 'query: after: expected the `next` of an earlier answer')
  return { atMs: Number(at), id }
}
