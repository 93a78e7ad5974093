import { errorText, hasCode, noticeHoursSchema } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { HoursChanges } from '../stations/hours-changes.ts'
import { noticeNews } from '../tell/notice-news.ts'
import type { Tell } from '../tell/tell.ts'
import { type ReceiptChange, appendSteps, moveReceipts } from './notice-record.ts'
import { isOverdue, isUnread } from './receipts.ts'
import { type KeepersOf, readAbove, readCity, readKeepers } from './recipients.ts'

/** Orders, dues and stations looked at in one round: the rest has the next. */
const BATCH = 50
const HOURS_BATCH = 500

export interface RoundsDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  tell: Pick<Tell, 'tellPeople'>
  changes: Pick<HoursChanges, 'add' | 'end'>
  /** Whether a warning of heat stands in a district. */
  heatStands: (district: string) => boolean
  /** Orders ended. */
  onEnded: () => Promise<void>
  /** Receipts of these stations changed; none: of people. */
  onChanged: (notice: string, stations: readonly string[]) => void
  nowMs: () => number
  log: Logger
}

/** What follows from orders by itself. Each reads what is to be done from the tables, so a restart in the middle loses and doubles nothing. */
export interface NoticeRounds {
  round: () => Promise<void>
}

interface Addressee {
  notice: string
  n: number
  station: string | null
  login: string | null
  state: ReceiptChange['state']
}

export function createNoticeRounds(deps: RoundsDeps): NoticeRounds {
  const { db, directory, tell, changes, heatStands, onEnded, onChanged, nowMs, log } = deps

  const addressees = (notice: string): Promise<Addressee[]> =>
    db
      .selectFrom('notice_addressee')
      .select(['notice', 'n', 'station', 'login', 'state'])
      .where('notice', '=', notice)
      .orderBy('n')
      .execute()
  const placeOf = (station: string) => {
    const record = directory.stations.get(station)?.record
    return { id: station, district: record?.district ?? '', street: record?.street }
  }
  /** Who is told for an addressee. */
  const loginsOf = ({ station, login }: Addressee, keepersOf: KeepersOf): string[] => {
    if (station === null) return login === null ? [] : [login]
    return keepersOf(placeOf(station)).map(keeper => keeper.login)
  }
  const noticeOf = async (id: string) => {
    const row = await db
      .selectFrom('notice')
      .leftJoin('notice_end', 'notice_end.notice', 'notice.id')
      .selectAll('notice')
      .select('notice_end.state as end_state')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const { severity, title_zh: titleZh, title_en: titleEn } = row
    return { ...row, news: { id, severity, titleZh, titleEn }, stands: row.end_state === null }
  }

  /** One telling a person, however many of their stations it is for. Told before it is marked: the outbox keeps it from going twice. */
  const doDue = async ({
    notice: id,
    what,
  }: {
    notice: string
    what: 'tell' | 'remind' | 'escalate' | 'escalate_city'
  }) => {
    const notice = await noticeOf(id)
    const all = await addressees(id)
    const concerned = notice.stands ? all.filter(one => isConcerned(what, one.state)) : []
    const reached = concerned.filter(({ station }) => what !== 'escalate_city' || station !== null)
    if (reached.length > 0) {
      const countOf = await countByLogin(what, reached)
      for (const [count, logins] of Map.groupBy(countOf.keys(), login => countOf.get(login) ?? 0))
        await tell.tellPeople(newsFor(notice, what, count), logins, WAY[what])
    }
    const atMs = nowMs()
    await db.transaction().execute(async tx => {
      const { numUpdatedRows } = await tx
        .updateTable('notice_due')
        .set({ done_at_ms: atMs })
        .where('notice', '=', id)
        .where('what', '=', what)
        .where('done_at_ms', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n || what === 'tell') return
      if (what === 'escalate')
        for (const { n } of reached)
          await tx
            .updateTable('notice_addressee')
            .set({ escalated_at_ms: atMs })
            .where('notice', '=', id)
            .where('n', '=', n)
            .where('escalated_at_ms', 'is', null)
            .execute()
      await appendSteps(
        tx,
        id,
        reached.map(({ n }) => ({ what, atMs, n })),
      )
    })
    onChanged(id, stationsOf(reached))
  }

  const countByLogin = async (what: string, of: readonly Addressee[]): Promise<Map<string, number>> => {
    const counts = new Map<string, number>()
    const add = (login: string) => counts.set(login, (counts.get(login) ?? 0) + 1)
    if (what === 'escalate_city') {
      for (const login of await readCity(db)) counts.set(login, of.length)
      return counts
    }
    if (what === 'escalate') {
      const above = await readAbove(db)
      const city = await readCity(db)
      for (const { station } of of)
        for (const login of station === null ? city : above(placeOf(station)).map(manager => manager.login)) add(login)
      return counts
    }
    const keepersOf = await readKeepers(db)
    for (const one of of) for (const login of loginsOf(one, keepersOf)) add(login)
    return counts
  }

  const doDues = async () => {
    const due = await db
      .selectFrom('notice_due')
      .select(['notice', 'what'])
      .where('done_at_ms', 'is', null)
      .where('due_ms', '<=', nowMs())
      .orderBy('due_ms')
      .limit(BATCH)
      .execute()
    for (const one of due) await doDue(one)
  }

  /** What became of the messages: an addressee is reached when one of its people is, and failed when nobody can be any more. */
  const settleSent = async () => {
    const waiting = await db
      .selectFrom('notice_addressee')
      .innerJoin('notice_due', 'notice_due.notice', 'notice_addressee.notice')
      .select('notice_addressee.notice')
      .distinct()
      .where('notice_addressee.state', '=', 'sent')
      .where('notice_due.what', '=', 'tell')
      .where('notice_due.done_at_ms', 'is not', null)
      .limit(BATCH)
      .execute()
    if (waiting.length === 0) return
    const keepersOf = await readKeepers(db)
    for (const { notice } of waiting) {
      const tellings = await db
        .selectFrom('tell_outbox')
        .select(['login', 'state', 'reason'])
        .where('kind', '=', 'notice')
        .where('subject', '=', notice)
        .execute()
      const byLogin = Map.groupBy(tellings, ({ login }) => login)
      const atMs = nowMs()
      const moves = (await addressees(notice))
        .filter(({ state }) => state === 'sent')
        .flatMap(one => {
          const logins = loginsOf(one, keepersOf)
          const own = logins.flatMap(login => byLogin.get(login) ?? [])
          const change = { n: one.n, state: one.state, atMs, station: one.station }
          if (own.some(({ state }) => state === 'told')) return { ...change, event: 'deliver' as const }
          if (own.some(({ state }) => state === 'waiting')) return []
          const note = failure(logins, own)
          return { ...change, event: 'fail' as const, note }
        })
      if (moves.length === 0) continue
      const moved = await db.transaction().execute(tx => moveReceipts(tx, notice, moves.map(withoutStation)))
      const ns = new Set(moved.map(({ n }) => n))
      onChanged(notice, stationsOf(moves.filter(({ n }) => ns.has(n))))
    }
  }

  /** Longer hours that are not in force yet, or no longer. */
  const settleHours = async () => {
    const rows = await db
      .selectFrom('notice_hours')
      .innerJoin('notice', 'notice.id', 'notice_hours.notice')
      .leftJoin('notice_end', 'notice_end.notice', 'notice.id')
      .selectAll('notice_hours')
      .select(['notice.kind', 'notice.hours as days', 'notice.issued_by', 'notice.title_zh', 'notice.title_en'])
      .select('notice_end.state as end_state')
      .where('notice_hours.ended_at_ms', 'is', null)
      .where(eb => eb.or([eb('applied_at_ms', 'is', null), eb('notice_end.state', 'is not', null)]))
      .orderBy('notice_hours.id')
      .limit(HOURS_BATCH)
      .execute()
    for (const row of rows) {
      // It is the order that changes the hours; whether its writer may do so was asked when it was issued.
      const by = { login: row.issued_by, name: row.issued_by, role: 'administrator' as const, districts: [] }
      const isOver = row.end_state !== null
      if (!isOver) {
        const { from, to } = noticeHoursSchema.parse(JSON.parse(row.days ?? '{}'))
        const kind = row.kind === 'heat' ? ('heat' as const) : ('notice' as const)
        const reason = { reasonZh: row.title_zh, reasonEn: row.title_en }
        const request = { station: row.station, kind, from, to, hours: row.hours, ...reason }
        await changes.add(by, request, row.id).catch((error: unknown) => {
          // Its days were over before this server could look at it, or the station is gone.
          if (!hasCode(error, 'invalid_request') && !hasCode(error, 'not_found')) throw error
          log.warn({ station: row.station, reason: errorText(error) }, 'an order could not change these hours')
        })
      } else if (row.applied_at_ms !== null)
        await changes.end(by, row.id).catch((error: unknown) => {
          if (!hasCode(error, 'not_found')) throw error
          log.warn({ station: row.station, reason: errorText(error) }, 'longer hours had been taken away already')
        })
      await db
        .updateTable('notice_hours')
        .set(isOver ? { ended_at_ms: nowMs() } : { applied_at_ms: nowMs() })
        .where('id', '=', row.id)
        .execute()
    }
  }

  const endWithHeat = async () => {
    const rows = await db
      .selectFrom('notice')
      .leftJoin('notice_end', 'notice_end.notice', 'notice.id')
      .select(['notice.id', 'notice.until_heat_ends_in'])
      .where('until_heat_ends_in', 'is not', null)
      .where('notice_end.state', 'is', null)
      .execute()
    for (const { id, until_heat_ends_in: district } of rows) {
      if (heatStands(district ?? '')) continue
      const atMs = nowMs()
      await db.transaction().execute(async tx => {
        const end = { notice: id, state: 'ended' as const, at_ms: atMs, actor: null, reason: 'heat_over' }
        await tx
          .insertInto('notice_end')
          .values(end)
          .onConflict(conflict => conflict.doNothing())
          .execute()
        await appendSteps(tx, id, [{ what: 'ended', atMs, note: 'heat_over' }])
      })
      await onEnded()
      onChanged(id, stationsOf(await addressees(id)))
    }
  }

  return {
    round: async () => {
      for (const [what, work] of [
        ['ending with the heat', endWithHeat],
        ['hours', settleHours],
        ['what is due', doDues],
        ['deliveries', settleSent],
      ] as const)
        await work().catch((error: unknown) =>
          log.error({ what, reason: errorText(error) }, 'a round of the orders failed; it is tried again'),
        )
    },
  }
}

const WAY = { tell: 'first', remind: 'other', escalate: 'every', escalate_city: 'every' } as const

function isConcerned(what: keyof typeof WAY, state: Addressee['state']): boolean {
  if (what === 'tell') return true
  return what === 'remind' ? isUnread(state) : isOverdue(state)
}

function newsFor(notice: { news: Parameters<typeof noticeNews>[0] }, what: keyof typeof WAY, count: number) {
  const late = what === 'escalate' || what === 'escalate_city'
  return noticeNews(notice.news, {
    what,
    bodyZh: late ? `${count} 个站点未按时完成` : `涉及您的 ${count} 项，请查看并回执`,
    bodyEn: late ? `${count} not done in time` : `For ${count} of yours: read it and answer`,
  })
}

function failure(logins: readonly string[], tellings: readonly { reason: string | null }[]): string {
  if (logins.length === 0) return 'no_keeper'
  return tellings.find(({ reason }) => reason !== null)?.reason ?? 'no_way'
}

function withoutStation({ station: _, ...change }: ReceiptChange & { station: string | null }): ReceiptChange {
  return change
}

function stationsOf(of: readonly { station: string | null }[]): string[] {
  return of.flatMap(({ station }) => (station === null ? [] : [station]))
}
