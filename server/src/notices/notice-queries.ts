import {
  type NoticeDetail,
  type NoticeView,
  type Person,
  RECEIPT_STATES,
  type Receipt,
  noticeHoursSchema,
} from '@harbor/protocol'
import { type Kysely, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryTables } from '../registry/schema.ts'

type Db = Kysely<RegistryTables>

const MAX_LISTED = 100
const MAX_STEPS = 500

/** Receipts that a person may see: of stations within their scope, and their own; of people's, whoever sees all of the city. */
function visible(person: Person): RawBuilder<SqlBool> {
  const scope = withinScope(person, { district: 'notice_addressee.district', station: 'notice_addressee.station' })
  return sql<SqlBool>`(${scope} or ${sql.ref('notice_addressee.login')} = ${person.login})`
}

function noticesIn(db: Db) {
  return db
    .selectFrom('notice')
    .leftJoin('notice_end', 'notice_end.notice', 'notice.id')
    .leftJoin('person', 'person.login', 'notice.issued_by')
    .selectAll('notice')
    .select(['notice_end.state as end_state', 'person.name as issuer'])
}

type NoticeRow = Awaited<ReturnType<ReturnType<typeof noticesIn>['executeTakeFirstOrThrow']>>

/** Seen by its writer, and by everybody who sees one of its receipts. */
function shownTo(db: Db, person: Person) {
  return noticesIn(db).where(eb =>
    eb.or([
      eb('notice.issued_by', '=', person.login),
      eb.exists(
        eb
          .selectFrom('notice_addressee')
          .select('notice_addressee.n')
          .whereRef('notice_addressee.notice', '=', 'notice.id')
          .where(visible(person)),
      ),
    ]),
  )
}

/** Orders, the newest first. `standing`: only those that still stand. */
export async function listNotices(
  db: Db,
  person: Person,
  { isStanding, station }: { isStanding: boolean; station?: string | undefined },
): Promise<NoticeView[]> {
  const rows = await shownTo(db, person)
    .$if(isStanding, query => query.where('notice_end.state', 'is', null))
    .$if(station !== undefined, query =>
      query.where(eb =>
        eb.exists(
          eb
            .selectFrom('notice_addressee as at')
            .select('at.n')
            .whereRef('at.notice', '=', 'notice.id')
            .where('at.station', '=', station as string),
        ),
      ),
    )
    .orderBy('notice.issued_at_ms', 'desc')
    .orderBy('notice.id')
    .limit(MAX_LISTED)
    .execute()
  return viewsOf(db, person, rows)
}

/** @throws ApiProblem `not_found`, also for one that is none of the person's. */
export async function noticeRow(db: Db, person: Person, id: string): Promise<NoticeRow> {
  const row = await shownTo(db, person).where('notice.id', '=', id).executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no notice ${id} in your districts`)
  return row
}

async function viewsOf(db: Db, person: Person, rows: readonly NoticeRow[]): Promise<NoticeView[]> {
  if (rows.length === 0) return []
  const counted = await db
    .selectFrom('notice_addressee')
    .select(['notice', 'state'])
    .select(eb => [eb.fn.countAll<number>().as('count'), eb.fn.count<number>('escalated_at_ms').as('escalated')])
    .select(
      sql<number>`sum(case when ${mine(person)} and ${sql.ref('notice_addressee.state')} not in ('done', 'declined') then 1 else 0 end)`.as(
        'to_do',
      ),
    )
    .where(
      'notice',
      'in',
      rows.map(({ id }) => id),
    )
    .where(eb => {
      const issued = rows.filter(row => row.issued_by === person.login).map(({ id }) => id)
      // Whoever wrote an order sees all of its receipts.
      return eb.or([visible(person), ...(issued.length > 0 ? [eb('notice', 'in', issued)] : [])])
    })
    .groupBy(['notice', 'state'])
    .execute()
  const byNotice = Map.groupBy(counted, ({ notice }) => notice)
  return rows.map(row => {
    const own = byNotice.get(row.id) ?? []
    const sum = (pick: (one: (typeof own)[number]) => number) => own.reduce((all, one) => all + Number(pick(one)), 0)
    const countOf = (state: string) => Number(own.find(one => one.state === state)?.count ?? 0)
    return {
      ...noticeWords(row),
      counts: Object.fromEntries(RECEIPT_STATES.map(state => [state, countOf(state)])) as NoticeView['counts'],
      addressees: sum(({ count }) => count),
      escalated: sum(({ escalated }) => escalated),
      toDo: row.end_state === null ? sum(({ to_do: toDo }) => toDo) : 0,
      isYours: isYours(row, person),
    }
  })
}

/** Whoever wrote it, and administrators, may remind and withdraw. */
export function isYours(row: Pick<NoticeRow, 'issued_by'>, person: Person): boolean {
  return row.issued_by === person.login || person.role === 'administrator'
}

/** Receipts that the person answers for, as a condition: a keeper those of stations, anybody their own. */
function mine(person: Person): RawBuilder<SqlBool> {
  const scope = withinScope(person, { district: 'notice_addressee.district', station: 'notice_addressee.station' })
  const own = sql<SqlBool>`${sql.ref('notice_addressee.login')} = ${person.login}`
  if (person.role !== 'keeper') return own
  return sql<SqlBool>`((${sql.ref('notice_addressee.station')} is not null and ${scope}) or ${own})`
}

function noticeWords(row: NoticeRow) {
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    titleZh: row.title_zh,
    titleEn: row.title_en,
    textZh: row.text_zh,
    textEn: row.text_en,
    isPublic: row.is_public === 1,
    needsPhoto: row.needs_photo === 1,
    ...(row.deadline_ms !== null && { deadline: instant(row.deadline_ms) }),
    ...(row.hours !== null && { hours: noticeHoursSchema.parse(JSON.parse(row.hours)) }),
    ...(row.until_heat_ends_in !== null && { untilHeatEndsIn: row.until_heat_ends_in }),
    ...(row.supersedes !== null && { supersedes: row.supersedes }),
    state: row.end_state ?? ('standing' as const),
    issuedAt: instant(row.issued_at_ms),
    issuedBy: row.issuer ?? row.issued_by,
  }
}

/** One order with its receipts and its history, as far as the person sees them. */
export async function noticeDetail(db: Db, person: Person, id: string): Promise<NoticeDetail> {
  const row = await noticeRow(db, person, id)
  const [view] = await viewsOf(db, person, [row])
  if (view === undefined) throw new ApiProblem('not_found', `there is no notice ${id} in your districts`)
  const seesAll = row.issued_by === person.login
  const receipts = await db
    .selectFrom('notice_addressee')
    .leftJoin('station', 'station.id', 'notice_addressee.station')
    .leftJoin('person', 'person.login', 'notice_addressee.login')
    .leftJoin('person as actor', 'actor.login', 'notice_addressee.actor')
    .selectAll('notice_addressee')
    .select(['station.name_zh', 'station.name_en', 'person.name', 'actor.name as actor_name'])
    .select(mine(person).as('is_mine'))
    .where('notice_addressee.notice', '=', id)
    .$if(!seesAll, query => query.where(visible(person)))
    .orderBy('notice_addressee.n')
    .execute()
  const shown = new Set(receipts.map(({ n }) => n))
  const photos = Map.groupBy(
    await db.selectFrom('notice_photo').selectAll().where('notice', '=', id).orderBy('at_ms').execute(),
    ({ n }) => n,
  )
  const steps = await db
    .selectFrom('notice_step')
    .leftJoin('person', 'person.login', 'notice_step.actor')
    .selectAll('notice_step')
    .select('person.name')
    .where('notice', '=', id)
    .orderBy('seq', 'desc')
    .limit(MAX_STEPS)
    .execute()
  return {
    ...view,
    receipts: receipts.map((one): Receipt => ({
      n: one.n,
      ...(one.station !== null && { station: one.station }),
      ...(one.login !== null && { login: one.login }),
      nameZh: one.name_zh ?? one.name ?? one.login ?? '',
      nameEn: one.name_en ?? one.name ?? one.login ?? '',
      state: one.state,
      at: instant(one.at_ms),
      ...(one.actor !== null && { by: one.actor_name ?? one.actor }),
      ...(one.note !== null && { note: one.note }),
      photos: (photos.get(one.n) ?? []).map(({ photo }) => photoAddress(id, one.n, photo)),
      isEscalated: one.escalated_at_ms !== null,
      isYours: Boolean(one.is_mine) && view.state === 'standing',
    })),
    steps: steps
      .filter(({ n }) => n === null || shown.has(n))
      .toReversed()
      .map(({ seq, n, what, at_ms: atMs, actor, name, note }) => ({
        seq,
        at: instant(atMs),
        what,
        ...(n !== null && { n }),
        ...(actor !== null && { by: name ?? actor }),
        ...(note !== null && { note }),
      })),
  }
}

/** The person's own receipts among those named, as they are; those of others are left out. */
export async function ownReceipts(
  db: Db,
  person: Person,
  { id, receipts }: { id: string; receipts: readonly number[] },
): Promise<Selectable<RegistryTables['notice_addressee']>[]> {
  const rows = await db
    .selectFrom('notice_addressee')
    .selectAll()
    .where('notice', '=', id)
    .where(mine(person))
    .execute()
  const asked = new Set(receipts)
  return rows.filter(({ n }) => asked.has(n))
}

/** Where a photo of a receipt is found. */
export function photoAddress(id: string, n: number, photo: string): string {
  return `/api/v1/notices/${id}/receipts/${n}/photos/${photo}`
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString()
}
