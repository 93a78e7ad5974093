import { type NoticePreview, type NoticeRequest, type Person, noticeChoiceSchema } from '@harbor/protocol'
import { wallOfDate } from '@harbor/protocol/opening-at'
import type { Kysely } from 'kysely'
import { putEvent } from '../alerts/event-outbox.ts'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { StationHours } from '../stations/open-hours.ts'
import { MAX_NOTICE_DAYS, longerHours } from './longer-hours.ts'
import { appendSteps } from './notice-record.ts'
import { recipientsOf } from './recipients.ts'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
/** Rows of one statement. */
const AT_ONCE = 500
/** What is not done so long after its deadline is told to the city (chosen: half a shift of who looks after a district). */
export const CITY_AFTER_MS = 2 * 3_600_000

export interface IssueDeps {
  db: RegistryDb
  planOf: StationHours['planOf']
  nowMs: () => number
  newId: () => string
}

/** An order as it was issued. */
export interface Issued {
  id: string
  /** False: the page had sent it before, and this is the one that it made then. */
  isNew: boolean
}

/**
 * Writes an order with all that follows from it, in one transaction: addressees, longer hours to be applied, what falls due, and the
 * events. Sent twice it is there once.
 *
 * @throws ApiProblem `conflict` when the recipients are no longer those that the writer saw, or the key was used for another order.
 */
export async function issueNotice(deps: IssueDeps, person: Person, request: NoticeRequest): Promise<Issued> {
  const { db, nowMs, newId } = deps
  const earlier = await earlierOf(db, person, request)
  if (earlier !== undefined) return { id: earlier, isNew: false }
  const atMs = nowMs()
  checkTimes(request, atMs)
  const to = await recipientsOf(db, person, request.to)
  if (to.count !== request.expected)
    throw new ApiProblem('conflict', `the choice now has ${to.count} recipients, not ${request.expected}; look again`)
  const hours = hoursOf(deps, request, to)
  const id = newId()
  const isNew = await db.transaction().execute(async tx => {
    if ((await earlierOf(tx, person, request)) !== undefined) return false
    if (request.supersedes !== undefined) await endEarlier(tx, person, { request, atMs, by: id })
    await insertNotice(tx, person, { id, atMs, request })
    await insertAddressees(tx, id, { to, atMs })
    for (let from = 0; from < hours.length; from += AT_ONCE)
      await tx
        .insertInto('notice_hours')
        .values(
          hours.slice(from, from + AT_ONCE).map(({ station, text }) => ({
            id: `${id}.${station}`,
            notice: id,
            station,
            hours: text,
            applied_at_ms: null,
            ended_at_ms: null,
          })),
        )
        .execute()
    await insertDues(tx, id, { request, atMs })
    await appendSteps(tx, id, [{ what: 'issued', atMs, actor: person.login, note: String(to.count) }])
    await putEvents(tx, { id, request, to, atMs, issuer: person.name })
    return true
  })
  if (isNew) return { id, isNew }
  const first = await earlierOf(db, person, request)
  return { id: first ?? id, isNew: false }
}

async function earlierOf(
  db: Kysely<RegistryTables>,
  person: Person,
  { key, titleZh, textZh }: NoticeRequest,
): Promise<string | undefined> {
  const row = await db.selectFrom('notice').selectAll().where('request_key', '=', key).executeTakeFirst()
  if (row === undefined) return undefined
  if (row.issued_by === person.login && row.title_zh === titleZh && row.text_zh === textZh) return row.id
  throw new ApiProblem('conflict', 'key: used for another order; its words cannot be changed, write a new one')
}

function checkTimes({ deadline, hours }: NoticeRequest, atMs: number): void {
  const wrong = (field: string, text: string) => new ApiProblem('invalid_request', `body: ${field}: ${text}`)
  if (deadline !== undefined && Date.parse(deadline) <= atMs) throw wrong('deadline', 'expected a time to come')
  if (hours === undefined) return
  const days = (wallOfDate(hours.to) - wallOfDate(hours.from)) / DAY_MS
  if (!Number.isFinite(days) || days < 0) throw wrong('hours: to', `expected ${hours.from} or later`)
  if (days >= MAX_NOTICE_DAYS) throw wrong('hours: to', `expected at most ${MAX_NOTICE_DAYS} days`)
}

/** Stations whose hours the order changes; those whose hours are not known, or long enough, keep theirs. */
function hoursOf({ planOf, nowMs }: IssueDeps, { hours }: NoticeRequest, { stations }: NoticePreview) {
  if (hours === undefined) return []
  return stations.flatMap(({ station }) => {
    const plan = planOf(station, nowMs())
    const text = plan === undefined ? undefined : longerHours(plan, hours)
    return text === undefined ? [] : [{ station, text }]
  })
}

/** @throws ApiProblem `not_found` for an order of somebody else. */
async function endEarlier(
  tx: Kysely<RegistryTables>,
  person: Person,
  { request: { supersedes = '' }, atMs, by }: { request: NoticeRequest; atMs: number; by: string },
): Promise<void> {
  const row = await tx.selectFrom('notice').select(['id', 'issued_by']).where('id', '=', supersedes).executeTakeFirst()
  if (row === undefined || (row.issued_by !== person.login && person.role !== 'administrator'))
    throw new ApiProblem('not_found', `supersedes: you have issued no notice ${supersedes}`)
  await tx
    .insertInto('notice_end')
    .values({ notice: row.id, state: 'superseded', at_ms: atMs, actor: person.login, reason: by })
    .onConflict(conflict => conflict.doNothing())
    .execute()
  await appendSteps(tx, row.id, [{ what: 'superseded', atMs, actor: person.login, note: by }])
}

async function insertNotice(
  tx: Kysely<RegistryTables>,
  person: Person,
  { id, atMs, request }: { id: string; atMs: number; request: NoticeRequest },
): Promise<void> {
  const { key, kind, severity, deadline, hours } = request
  await tx
    .insertInto('notice')
    .values({
      id,
      request_key: key,
      kind,
      severity,
      title_zh: request.titleZh,
      title_en: request.titleEn,
      text_zh: request.textZh,
      text_en: request.textEn,
      is_public: request.isPublic ? 1 : 0,
      needs_photo: request.needsPhoto ? 1 : 0,
      deadline_ms: deadline === undefined ? null : Date.parse(deadline),
      choice: JSON.stringify(noticeChoiceSchema.parse(request.to)),
      hours: hours === undefined ? null : JSON.stringify(hours),
      until_heat_ends_in: request.untilHeatEndsIn ?? null,
      supersedes: request.supersedes ?? null,
      issued_at_ms: atMs,
      issued_by: person.login,
    })
    .execute()
}

async function insertAddressees(
  tx: Kysely<RegistryTables>,
  notice: string,
  { to: { stations, managers }, atMs }: { to: NoticePreview; atMs: number },
): Promise<void> {
  const fresh = { notice, state: 'sent' as const, at_ms: atMs, actor: null, note: null, escalated_at_ms: null }
  const rows = [
    ...stations.map(({ station, district }) => ({ ...fresh, station, login: null, district })),
    ...managers.map(({ login }) => ({ ...fresh, station: null, login, district: '' })),
  ].map((row, index) => ({ ...row, n: index + 1 }))
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await tx
      .insertInto('notice_addressee')
      .values(rows.slice(from, from + AT_ONCE))
      .execute()
}

async function insertDues(
  tx: Kysely<RegistryTables>,
  notice: string,
  { request: { remindAfterMin, deadline }, atMs }: { request: NoticeRequest; atMs: number },
): Promise<void> {
  const dues: { what: RegistryTables['notice_due']['what']; due_ms: number }[] = [
    { what: 'tell', due_ms: atMs },
    { what: 'remind', due_ms: atMs + remindAfterMin * MINUTE_MS },
  ]
  if (deadline !== undefined)
    dues.push(
      { what: 'escalate', due_ms: Date.parse(deadline) },
      { what: 'escalate_city', due_ms: Date.parse(deadline) + CITY_AFTER_MS },
    )
  await tx
    .insertInto('notice_due')
    .values(dues.map(due => ({ notice, ...due, done_at_ms: null })))
    .execute()
}

/** One event for each district that it reaches, so that whoever listens to a district hears of it. */
async function putEvents(
  tx: Kysely<RegistryTables>,
  of: { id: string; request: NoticeRequest; to: NoticePreview; atMs: number; issuer: string },
): Promise<void> {
  const { id, request, to, atMs, issuer } = of
  const { kind, severity, titleZh, titleEn, textZh, textEn, isPublic, deadline, hours } = request
  const words = { kind, severity, titleZh, titleEn, textZh, textEn, isPublic }
  for (const [district, stations] of Map.groupBy(to.stations, station => station.district)) {
    const data = {
      id,
      district,
      ...words,
      ...(deadline !== undefined && { deadline }),
      ...(hours !== undefined && { hours }),
      issuedBy: issuer,
      stations: stations.map(({ station }) => station),
    }
    await putEvent(tx, { kind: 'notice-issued', id: `${id}-${district}`, subject: id, district, atMs, data })
  }
}
