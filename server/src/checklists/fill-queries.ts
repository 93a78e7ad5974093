import type { ChecklistFill, ChecklistFillDetail, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { isoTime } from '../work-orders/order-row.ts'
import { parseTemplate } from './checklist-templates.ts'

/** A page of what was filled in, the newest first. */
export interface FillQuery {
  station?: string | undefined
  workOrder?: string | undefined
  template?: string | undefined
  limit: number
  /** The `next` of the page before. */
  after?: string | undefined
}

/** What was filled in, within the person's districts: they are in the query itself. */
function visibleFills(db: RegistryDb, person: Person) {
  return db
    .selectFrom('checklist_fill')
    .innerJoin('station', 'station.id', 'checklist_fill.station')
    .innerJoin('checklist_template', join =>
      join
        .onRef('checklist_template.id', '=', 'checklist_fill.template')
        .onRef('checklist_template.version', '=', 'checklist_fill.version'),
    )
    .leftJoin('person', 'person.login', 'checklist_fill.filled_by')
    .selectAll('checklist_fill')
    .select(['station.name_zh', 'station.name_en', 'checklist_template.document', 'person.name'])
    .where(withinScope(person, { district: 'checklist_fill.district', station: 'checklist_fill.station' }))
}

type FillRow = Awaited<ReturnType<ReturnType<typeof visibleFills>['execute']>>[number]

function toFill(row: FillRow): ChecklistFill {
  const { titleZh, titleEn } = parseTemplate(row.document)
  return {
    key: row.key,
    template: row.template,
    version: row.version,
    titleZh,
    titleEn,
    station: row.station,
    stationNameZh: row.name_zh,
    stationNameEn: row.name_en,
    district: row.district,
    ...(row.work_order !== null && { workOrder: row.work_order }),
    by: row.name ?? row.filled_by,
    filledAt: isoTime(row.filled_at_ms),
    receivedAt: isoTime(row.received_at_ms),
    failed: row.failed,
  }
}

/** @throws ApiProblem `invalid_request` when `after` is no `next` of ours. */
export async function listFills(
  db: RegistryDb,
  person: Person,
  { station, workOrder, template, limit, after }: FillQuery,
): Promise<{ fills: ChecklistFill[]; next?: string }> {
  const from = after === undefined ? undefined : parseCursor(after)
  const rows = await visibleFills(db, person)
    .$if(station !== undefined, query => query.where('checklist_fill.station', '=', station as string))
    .$if(workOrder !== undefined, query => query.where('checklist_fill.work_order', '=', workOrder as string))
    .$if(template !== undefined, query => query.where('checklist_fill.template', '=', template as string))
    .$if(from !== undefined, query =>
      query.where(eb =>
        eb.or([
          eb('checklist_fill.received_at_ms', '<', from?.ms ?? 0),
          eb.and([
            eb('checklist_fill.received_at_ms', '=', from?.ms ?? 0),
            eb('checklist_fill.key', '<', from?.key ?? ''),
          ]),
        ]),
      ),
    )
    .orderBy('checklist_fill.received_at_ms', 'desc')
    .orderBy('checklist_fill.key', 'desc')
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    fills: shown.map(toFill),
    ...(rows.length > limit && last !== undefined && { next: `${last.received_at_ms}.${last.key}` }),
  }
}

function parseCursor(text: string): { ms: number; key: string } {
  const [, ms, key] = /^(\d{1,16})\.([0-9a-f]{32})$/.exec(text) ?? []
  if (ms === undefined || key === undefined)
    throw new ApiProblem('invalid_request', 'query: after: expected the `next` of an earlier answer')
  return { ms: Number(ms), key }
}

/** Where a picture of a checklist is found. */
export function fillPhotoAddress(fill: string, photo: string): string {
  return `/api/v1/checklist-fills/${fill}/photos/${photo}`
}

/** @throws ApiProblem `not_found`, also for another district's. */
export async function fillDetail(db: RegistryDb, person: Person, key: string): Promise<ChecklistFillDetail> {
  const row = await visibleFills(db, person).where('checklist_fill.key', '=', key).executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no checklist ${key} in your districts`)
  const answers = await db.selectFrom('checklist_answer').selectAll().where('fill', '=', key).execute()
  const photos = await db.selectFrom('checklist_photo').selectAll().where('fill', '=', key).orderBy('n').execute()
  return {
    ...toFill(row),
    lines: parseTemplate(row.document).lines,
    answers: answers.map(answer => {
      const come = photos.filter(({ line }) => line === answer.line)
      return {
        line: answer.line,
        ...(answer.value !== null && { value: JSON.parse(answer.value) as string | number }),
        ...(answer.note !== null && { note: answer.note }),
        failed: answer.failed === 1,
        ...(answer.work_order !== null && { workOrder: answer.work_order }),
        photos: come.map(({ photo }) => fillPhotoAddress(key, photo)),
        photosMissing: Math.max(0, answer.photos - come.length),
      }
    }),
  }
}
