import { ALERT_STATES, type AlertDetail, type AlertTransition, type AlertView, type Person } from '@harbor/protocol'
import type { ApplianceKind } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryTables, TransitionDetail } from '../registry/schema.ts'
import { isoTime, selectAlertRows, toAlertView } from './alert-row.ts'

/** Which alerts: `open` are raised or acknowledged, `standing` those and the suppressed ones. */
export const ALERT_CHOICES = ['open', 'suppressed', 'standing', 'all'] as const
export type AlertChoice = (typeof ALERT_CHOICES)[number]

/** A page of alerts. */
export interface AlertQuery {
  state: AlertChoice
  severities?: readonly AlertView['severity'][] | undefined
  kind?: ApplianceKind | undefined
  station?: string | undefined
  appliance?: string | undefined
  rule?: string | undefined
  /** At most so many, newest first. */
  limit: number
  /** The `next` of the page before. */
  after?: string | undefined
}

export interface AlertPage {
  alerts: AlertView[]
  next: string | undefined
}

const STATES: Readonly<Record<AlertChoice, readonly AlertView['state'][]>> = {
  open: ['raised', 'acknowledged'],
  suppressed: ['suppressed'],
  standing: ['raised', 'acknowledged', 'suppressed'],
  all: ALERT_STATES,
}

/** Alerts that a person may see; their districts are in the query itself. */
export function visibleAlerts(db: Kysely<RegistryTables>, person: Person) {
  return selectAlertRows(db).where(withinScope(person, { district: 'alert.district', station: 'alert.station' }))
}

/**
 * A page of alerts, newest first.
 *
 * @throws ApiProblem `invalid_request` when `after` is no `next` of ours.
 */
export async function listAlerts(db: Kysely<RegistryTables>, person: Person, query: AlertQuery): Promise<AlertPage> {
  const { state, severities = [], kind, station, appliance, rule, limit, after } = query
  const from = after === undefined ? undefined : parseCursor(after)
  const rows = await visibleAlerts(db, person)
    // The index of what is not resolved is used for exactly these words.
    .$if(state !== 'all', q => q.where('alert.state', '!=', 'resolved'))
    .$if(state === 'open' || state === 'suppressed', q => q.where('alert.state', 'in', STATES[state]))
    .$if(severities.length > 0, q => q.where('alert.severity', 'in', severities))
    .$if(kind !== undefined, q => q.where('appliance.kind', '=', kind as ApplianceKind))
    .$if(station !== undefined, q => q.where('alert.station', '=', station as string))
    .$if(appliance !== undefined, q => q.where('alert.appliance', '=', appliance as string))
    .$if(rule !== undefined, q => q.where('alert.rule', '=', rule as string))
    .$if(from !== undefined, q =>
      q.where(eb =>
        eb.or([
          eb('alert.raised_at_ms', '<', from?.raisedAtMs ?? 0),
          eb.and([eb('alert.raised_at_ms', '=', from?.raisedAtMs ?? 0), eb('alert.id', '<', from?.id ?? '')]),
        ]),
      ),
    )
    .orderBy('alert.raised_at_ms', 'desc')
    .orderBy('alert.id', 'desc')
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last.raised_at_ms}.${last.id}` : undefined
  return { alerts: shown.map(toAlertView), next }
}

function parseCursor(text: string): { raisedAtMs: number; id: string } {
  const [, raisedAt, id] = /^(\d{1,16})\.(.{1,100})$/.exec(text) ?? []
  if (raisedAt === undefined || id === undefined)
    throw new ApiProblem('invalid_request', 'query: after: expected the `next` of an earlier answer')
  return { raisedAtMs: Number(raisedAt), id }
}

/** Parts of a detail are bounded: an alert that flapped for a week has thousands of steps. */
const MAX_STEPS = 500
const MAX_EARLIER = 10
const MAX_EXPLAINED = 100

/** @throws ApiProblem `not_found`, also for another district's. */
export async function findAlert(db: Kysely<RegistryTables>, person: Person, id: string) {
  const row = await visibleAlerts(db, person).where('alert.id', '=', id).executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no alert ${id} in your districts`)
  return row
}

/** One alert with its whole life. @throws ApiProblem `not_found`, also for another district's. */
export async function alertDetail(db: Kysely<RegistryTables>, person: Person, id: string): Promise<AlertDetail> {
  const row = await findAlert(db, person, id)
  const steps = await db
    .selectFrom('alert_transition')
    .leftJoin('person', 'person.login', 'alert_transition.actor')
    .selectAll('alert_transition')
    .select('person.name')
    .where('alert', '=', id)
    .orderBy('seq', 'desc')
    .limit(MAX_STEPS)
    .execute()
  const earlier = await visibleAlerts(db, person)
    .where('alert.subject', '=', row.subject)
    .where('alert.rule', '=', row.rule)
    .where('alert.id', '!=', id)
    .orderBy('alert.raised_at_ms', 'desc')
    .limit(MAX_EARLIER)
    .execute()
  const explains = await visibleAlerts(db, person)
    .where('cause.alert', '=', id)
    .orderBy('alert.raised_at_ms', 'desc')
    .limit(MAX_EXPLAINED)
    .execute()
  return {
    ...toAlertView(row),
    history: steps.toReversed().map(toTransition),
    earlier: earlier.map(toAlertView),
    explains: explains.map(toAlertView),
  }
}

function toTransition(step: RegistryTables['alert_transition'] & { name: string | null }): AlertTransition {
  const { severity, reason, untilMs, cause, workOrder } = JSON.parse(step.detail ?? '{}') as TransitionDetail
  const by = step.name ?? step.actor
  return {
    seq: step.seq,
    change: step.change,
    at: isoTime(step.at_ms),
    ...(by !== null && { by }),
    ...(severity !== undefined && { severity }),
    ...(reason !== undefined && { reason }),
    ...(untilMs !== undefined && { until: isoTime(untilMs) }),
    ...(cause !== undefined && { cause }),
    ...(workOrder !== undefined && { workOrder }),
  }
}
