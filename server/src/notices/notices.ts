import {
  MAX_RECEIPT_PHOTOS,
  type NoticeAct,
  type NoticeDetail,
  type NoticePreview,
  type NoticeRequest,
  type NoticeView,
  type Person,
  type PublicNotice,
} from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { PhotoStore } from '../photos/photo-store.ts'
import { noticeNews } from '../tell/notice-news.ts'
import { type IssueDeps, issueNotice } from './issue.ts'
import { isYours, listNotices, noticeDetail, noticeRow, ownReceipts } from './notice-queries.ts'
import { appendSteps, moveReceipts } from './notice-record.ts'
import { isOverdue } from './receipts.ts'
import { readKeepers, recipientsOf } from './recipients.ts'
import type { RoundsDeps } from './notice-rounds.ts'
import type { PublicNotices } from './public-notices.ts'

/** Reminders by hand of one order: more are noise. */
const REMIND_EVERY_MS = 5 * 60_000

/** Orders of a level to those below it, with receipts. */
export interface Notices {
  preview: (person: Person, to: NoticeRequest['to']) => Promise<NoticePreview>
  /** @throws ApiProblem as issue.ts says. */
  issue: (person: Person, request: NoticeRequest) => Promise<{ notice: NoticeDetail; isNew: boolean }>
  list: (person: Person, asked: { isStanding: boolean; station?: string | undefined }) => Promise<NoticeView[]>
  /** @throws ApiProblem `not_found`, also for one that is none of the person's. */
  detail: (person: Person, id: string) => Promise<NoticeDetail>
  /**
   * One answer for some of the person's receipts. The same key again changes nothing.
   *
   * @throws ApiProblem `not_found`; `conflict` when the order no longer stands or a photo is missing; `invalid_request` without a reason.
   */
  act: (person: Person, id: string, act: NoticeAct) => Promise<NoticeDetail>
  /** Keeps a photo of a receipt of the person's; the same picture again changes nothing. */
  addPhoto: (person: Person, place: { id: string; n: number }, bytes: Uint8Array) => Promise<NoticeDetail>
  readPhoto: (person: Person, place: { id: string; n: number; photo: string }) => Promise<Buffer>
  /** Tells those who have not done it again, at most once in 5 minutes. @throws ApiProblem `not_found`, `conflict`. */
  remind: (person: Person, id: string) => Promise<NoticeDetail>
  /** Ends it; hours that it made longer are as before. The order itself stays to be read. */
  withdraw: (person: Person, id: string, reason: string) => Promise<NoticeDetail>
  /** What stands at a station for everybody, newest first. */
  publicAt: (station: string) => readonly PublicNotice[]
  /** A display in the station has shown what stands there for everybody. */
  displayed: (station: string) => Promise<void>
}

export interface NoticesDeps extends IssueDeps {
  photos: PhotoStore
  tell: RoundsDeps['tell']
  placeOf: (station: string) => { district: string; street?: string | undefined }
  publicNotices: PublicNotices
  onChanged: RoundsDeps['onChanged']
  /** There is something to do by itself. */
  wake: () => void
  /** Events wait in the registry's outbox. */
  onEvent: () => void
}

export function createNotices(deps: NoticesDeps): Notices {
  const { db, photos, tell, placeOf, publicNotices, onChanged, wake, onEvent, nowMs } = deps

  const standing = async (person: Person, id: string) => {
    const row = await noticeRow(db, person, id)
    if (row.end_state !== null) throw new ApiProblem('conflict', 'this notice no longer stands')
    return row
  }
  const own = async (person: Person, id: string) => {
    const row = await noticeRow(db, person, id)
    if (!isYours(row, person)) throw new ApiProblem('not_found', `you have issued no notice ${id}`)
    return row
  }
  const stationsOf = async (id: string) => {
    const rows = await db.selectFrom('notice_addressee').select('station').where('notice', '=', id).execute()
    return rows.flatMap(({ station }) => (station === null ? [] : [station]))
  }
  /** Receipts of what a station's display shows that nobody knows to have arrived. */
  const undelivered = (station: string) =>
    db
      .selectFrom('notice_addressee')
      .innerJoin('notice', 'notice.id', 'notice_addressee.notice')
      .leftJoin('notice_end', 'notice_end.notice', 'notice.id')
      .select(['notice.id', 'notice_addressee.n', 'notice_addressee.state'])
      .where('notice_addressee.station', '=', station)
      .where('notice_addressee.state', 'in', ['sent', 'failed'])
      .where('notice.is_public', '=', 1)
      .where('notice_end.state', 'is', null)
      .execute()

  return {
    preview: (person, to) => recipientsOf(db, person, to),
    issue: async (person, request) => {
      const { id, isNew } = await issueNotice(deps, person, request)
      if (isNew) {
        await publicNotices.refresh()
        onEvent()
        onChanged(id, await stationsOf(id))
        wake()
      }
      return { notice: await noticeDetail(db, person, id), isNew }
    },
    list: (person, asked) => listNotices(db, person, asked),
    detail: (person, id) => noticeDetail(db, person, id),
    act: async (person, id, { key, act, receipts, note }) => {
      const row = await noticeRow(db, person, id)
      const done = await db
        .selectFrom('notice_step')
        .select('seq')
        .where('notice', '=', id)
        .where('request_key', '=', key)
        .limit(1)
        .executeTakeFirst()
      if (done !== undefined) return noticeDetail(db, person, id)
      if (act !== 'read' && row.end_state !== null) throw new ApiProblem('conflict', 'this notice no longer stands')
      if (act === 'decline' && note === undefined)
        throw new ApiProblem('invalid_request', 'body: note: say why it cannot be done')
      const rows = await ownReceipts(db, person, { id, receipts })
      if (rows.length < new Set(receipts).size)
        throw new ApiProblem('not_found', 'receipts: not all of them are yours to answer')
      if (act === 'done' && row.needs_photo === 1) {
        const shown = await db.selectFrom('notice_photo').select('n').where('notice', '=', id).execute()
        const withPhoto = new Set(shown.map(({ n }) => n))
        if (rows.some(({ n, station }) => station !== null && !withPhoto.has(n)))
          throw new ApiProblem('conflict', 'this notice asks for a photo of each station before it is done')
      }
      const atMs = nowMs()
      const actor = person.login
      const moved = await db.transaction().execute(tx =>
        moveReceipts(
          tx,
          id,
          rows.map(({ n, state }) => ({ n, state, event: act, atMs, actor, note, requestKey: key })),
        ),
      )
      const ns = new Set(moved.map(({ n }) => n))
      onChanged(
        id,
        rows.flatMap(({ n, station }) => (station !== null && ns.has(n) ? [station] : [])),
      )
      return noticeDetail(db, person, id)
    },
    addPhoto: async (person, { id, n }, bytes) => {
      // Before anything is written to disk: who may not answer leaves nothing behind.
      await standing(person, id)
      const [receipt] = await ownReceipts(db, person, { id, receipts: [n] })
      if (receipt === undefined) throw new ApiProblem('not_found', `receipt ${n} is not yours to answer`)
      const known = await db
        .selectFrom('notice_photo')
        .select('photo')
        .where('notice', '=', id)
        .where('n', '=', n)
        .execute()
      if (known.length >= MAX_RECEIPT_PHOTOS)
        throw new ApiProblem('conflict', `a receipt has at most ${MAX_RECEIPT_PHOTOS} photos`)
      const photo = await photos.keep(bytes)
      if (known.some(one => one.photo === photo)) return noticeDetail(db, person, id)
      const atMs = nowMs()
      const actor = person.login
      await db.transaction().execute(async tx => {
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('notice_photo')
          .values({ notice: id, n, photo, at_ms: atMs, actor })
          .onConflict(conflict => conflict.doNothing())
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows !== 0n) await appendSteps(tx, id, [{ what: 'photo', atMs, n, actor, note: photo }])
      })
      onChanged(id, receipt.station === null ? [] : [receipt.station])
      return noticeDetail(db, person, id)
    },
    readPhoto: async (person, { id, n, photo }) => {
      const { receipts } = await noticeDetail(db, person, id)
      const isThere = receipts.some(one => one.n === n && one.photos.some(address => address.endsWith(`/${photo}`)))
      const bytes = isThere ? await photos.read(photo) : undefined
      if (bytes === undefined) throw new ApiProblem('not_found', `the notice has no photo ${photo}`)
      return bytes
    },
    remind: async (person, id) => {
      await own(person, id)
      const row = await standing(person, id)
      const atMs = nowMs()
      const rows = await db.selectFrom('notice_addressee').selectAll().where('notice', '=', id).execute()
      const late = rows.filter(({ state }) => isOverdue(state))
      const earlier = await db
        .selectFrom('notice_step')
        .select('at_ms')
        .where('notice', '=', id)
        .where('what', '=', 'reminded')
        .orderBy('seq', 'desc')
        .execute()
      const [last] = earlier
      if (last !== undefined && atMs - last.at_ms < REMIND_EVERY_MS)
        throw new ApiProblem('conflict', 'they were reminded less than 5 minutes ago')
      if (late.length === 0) throw new ApiProblem('conflict', 'there is nobody left to remind')
      const keepersOf = await readKeepers(db)
      const logins = new Set(
        late.flatMap(({ station, login }) =>
          station === null
            ? [login ?? '']
            : keepersOf({ id: station, ...placeOf(station) }).map(keeper => keeper.login),
        ),
      )
      const { severity, title_zh: titleZh, title_en: titleEn } = row
      const words = { what: 'remind' as const, bodyZh: '请尽快完成并回执', bodyEn: 'Please do it and answer' }
      await tell.tellPeople(
        noticeNews({ id, severity, titleZh, titleEn }, { ...words, nth: earlier.length + 1 }),
        [...logins],
        'every',
      )
      await db
        .transaction()
        .execute(tx =>
          appendSteps(tx, id, [{ what: 'reminded', atMs, actor: person.login, note: String(late.length) }]),
        )
      onChanged(id, await stationsOf(id))
      return noticeDetail(db, person, id)
    },
    withdraw: async (person, id, reason) => {
      const { end_state: ended } = await own(person, id)
      if (ended === null) {
        const atMs = nowMs()
        await db.transaction().execute(async tx => {
          const { numInsertedOrUpdatedRows } = await tx
            .insertInto('notice_end')
            .values({ notice: id, state: 'withdrawn', at_ms: atMs, actor: person.login, reason })
            .onConflict(conflict => conflict.doNothing())
            .executeTakeFirst()
          if (numInsertedOrUpdatedRows !== 0n)
            await appendSteps(tx, id, [{ what: 'withdrawn', atMs, actor: person.login, note: reason }])
        })
        await publicNotices.refresh()
        onChanged(id, await stationsOf(id))
        wake()
      }
      return noticeDetail(db, person, id)
    },
    publicAt: publicNotices.at,
    displayed: async station => {
      const atMs = nowMs()
      for (const { id, n, state } of await undelivered(station)) {
        await db
          .transaction()
          .execute(tx => moveReceipts(tx, id, [{ n, state, event: 'deliver', atMs, note: 'display' }]))
        onChanged(id, [station])
      }
    },
  }
}
