import {
  type ChecklistFillRequest,
  type ChecklistTemplate,
  type LineResult,
  type Person,
  lineResult,
} from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import { putInOrder } from '../work-orders/order-life.ts'
import { findOrder } from '../work-orders/order-queries.ts'
import type { OrderWriting } from '../work-orders/order-record.ts'
import { type FillPlace, topicOfLine } from './place-fault.ts'

/**
 * Writes a filled-in checklist down and opens an order for each failed line, in one transaction: both or neither. Sent again with the
 * same key it is known, and nothing happens.
 *
 * @returns whether it is new.
 * @throws ApiProblem `not_found` for a place or order that is not the person's; `invalid_request` that names the line; `conflict`
 *   when the key is another person's.
 */
export async function writeFill(
  writing: OrderWriting,
  request: ChecklistFillRequest,
  { person, template }: { person: Person; template: ChecklistTemplate },
): Promise<boolean> {
  const { tx, nowMs } = writing
  const known = await tx
    .selectFrom('checklist_fill')
    .select('filled_by')
    .where('key', '=', request.key)
    .executeTakeFirst()
  if (known !== undefined) {
    if (known.filled_by !== person.login) throw new ApiProblem('conflict', 'key: another checklist has it')
    return false
  }
  const place = await placeOf(writing, request, person)
  const failed = failedLines(template, request)
  // A phone's clock may be ahead; nothing is filled in later than now.
  const filledAtMs = Math.min(Date.parse(request.filledAt), nowMs)
  await tx
    .insertInto('checklist_fill')
    .values({
      key: request.key,
      template: template.id,
      version: template.version,
      station: place.station,
      district: place.district,
      work_order: request.workOrder ?? null,
      filled_by: person.login,
      filled_at_ms: filledAtMs,
      received_at_ms: nowMs,
      failed: failed.size,
    })
    .execute()
  for (const { line, value, note, photos } of request.answers) {
    const of = failed.get(line)
    const topic = of && topicOfLine(of, template, { place, directory: writing.directory })
    const order =
      topic &&
      ((await repairedSince(writing, topic.thing, filledAtMs)) ??
        (await putInOrder(writing, topic, { source: 'checklist', actor: person.login, note })).id)
    await tx
      .insertInto('checklist_answer')
      .values({
        fill: request.key,
        line,
        value: value === undefined ? null : JSON.stringify(value),
        note: note ?? null,
        failed: of === undefined ? 0 : 1,
        photos,
        work_order: order ?? null,
      })
      .execute()
  }
  return true
}

async function placeOf(
  { tx, directory }: OrderWriting,
  { station, workOrder }: ChecklistFillRequest,
  person: Person,
): Promise<FillPlace> {
  const record = directory.stations.get(station)?.record
  if (record === undefined || !maySeeStation(person, record))
    throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
  if (workOrder === undefined) return { station, district: record.district, appliance: null }
  const order = await findOrder(tx, person, workOrder)
  if (order.station !== station)
    throw new ApiProblem('invalid_request', `body: workOrder: expected an order of station ${station}`)
  return { station, district: record.district, appliance: order.appliance }
}

const SAYS: Readonly<Partial<Record<LineResult, string>>> = {
  missing: 'expected an answer',
  wrong: 'expected an answer of its type',
}

/** The lines that failed, by id. */
function failedLines(template: ChecklistTemplate, { answers }: ChecklistFillRequest) {
  const byLine = new Map(answers.map(answer => [answer.line, answer]))
  if (byLine.size !== answers.length) throw new ApiProblem('invalid_request', 'body: answers: expected one a line')
  const failed = new Map<string, ChecklistTemplate['lines'][number]>()
  for (const line of template.lines) {
    const result = lineResult(line, byLine.get(line.id))
    const problem = SAYS[result]
    if (problem !== undefined) throw new ApiProblem('invalid_request', `body: answers: line ${line.id}: ${problem}`)
    if (result === 'failed') failed.set(line.id, line)
    byLine.delete(line.id)
  }
  const [strange] = byLine.keys()
  if (strange !== undefined)
    throw new ApiProblem('invalid_request', `body: answers: version ${template.version} has no line ${strange}`)
  return failed
}

/** The order by which a thing was repaired after it was seen to be broken: what a phone sends late is no new fault. */
async function repairedSince({ tx }: OrderWriting, thing: string, seenAtMs: number): Promise<string | undefined> {
  const open = await tx
    .selectFrom('work_order')
    .select('id')
    .where('thing', '=', thing)
    .where('closed_at_ms', 'is', null)
    .executeTakeFirst()
  if (open !== undefined) return undefined
  const repaired = await tx
    .selectFrom('work_order')
    .select('id')
    .where('thing', '=', thing)
    .where('state', '=', 'verified')
    .where('done_at_ms', '>=', seenAtMs)
    .orderBy('done_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  return repaired?.id
}
