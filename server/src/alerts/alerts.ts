import { type AlertView, METRICS, type Person } from '@harbor/protocol'
import type { Kysely, Transaction } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { maySee } from '../people/people.ts'
import type { FaultTransition } from '../faults/transition.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { AlertChange, RegistryTables } from '../registry/schema.ts'
import { selectAlertRows, toAlertView } from './alert-row.ts'
import { putAlertEvent } from './event-outbox.ts'

/**
 * A fault that comes back within this long of being resolved reopens its alert instead of raising another (docs/domain.md 3.1 mutes
 * what flaps within 60 minutes). Divided by the rule's time scale for the appliance's model.
 */
const REOPEN_WITHIN_MS = 60 * 60_000

/** The newest so many alerts are listed; who wants older ones asks the history of an appliance. */
const MAX_LISTED = 5_000

/** What a person handles: at most one open alert for each appliance and rule. */
export interface Alerts {
  /** Reads which appliances have open alerts. */
  start: () => Promise<void>
  /**
   * Turns what the fault engine saw into alerts, in one transaction with `alongside`, which saves the engine's state: a
   * restart finds both or neither.
   */
  apply: (
    transitions: readonly FaultTransition[],
    alongside: (tx: Transaction<RegistryTables>) => Promise<void>,
  ) => Promise<void>
  /** Newest first, limited to the person's districts in the query itself. */
  list: (person: Person, state: 'open' | 'all') => Promise<AlertView[]>
  /** @throws ApiProblem `not_found`, also for another district's; `conflict` when somebody else was faster or it is resolved. */
  acknowledge: (id: string, person: Person) => Promise<AlertView>
  /** Appliances of which an alert stands; kept up to date. */
  readonly faultyAppliances: ReadonlySet<string>
  /** Calls `listener` with each alert after each change of it, once that is durable; returns how to stop that. */
  onChanged: (listener: (alert: AlertView) => void) => () => void
}

export interface AlertsDeps {
  db: RegistryDb
  directory: Directory
  nowMs: () => number
  newId: () => string
}

export function createAlerts({ db, directory, nowMs, newId }: AlertsDeps): Alerts {
  const listeners = new Set<(alert: AlertView) => void>()
  /** Open alerts by appliance. */
  const openOf = new Map<string, Set<string>>()
  const faultyAppliances = new Set<string>()

  const remember = ({ id, appliance, state }: { id: string; appliance: string; state: string }) => {
    const open = openOf.get(appliance) ?? new Set()
    if (state === 'resolved') open.delete(id)
    else open.add(id)
    if (open.size > 0) {
      openOf.set(appliance, open)
      faultyAppliances.add(appliance)
    } else {
      openOf.delete(appliance)
      faultyAppliances.delete(appliance)
    }
  }
  const announce = (changed: readonly AlertView[]) => {
    for (const alert of changed) {
      remember(alert)
      for (const listener of listeners) listener(alert)
    }
  }
  const reopenWithinMs = (transition: FaultTransition): number => {
    const model = directory.appliances.get(transition.appliance)?.model
    const override = directory.ruleOverrides.find(o => o.rule === transition.rule && o.model === model)
    return REOPEN_WITHIN_MS / (override?.timeScale ?? 1)
  }

  return {
    start: async () => {
      const open = await db
        .selectFrom('alert')
        .select(['id', 'appliance', 'state'])
        .where('state', '!=', 'resolved')
        .execute()
      open.forEach(remember)
    },
    apply: async (transitions, alongside) => {
      const changed = await db.transaction().execute(async tx => {
        const views: AlertView[] = []
        for (const transition of transitions) {
          const appliance = directory.appliances.get(transition.appliance)
          const place = appliance && directory.stations.get(appliance.station)?.record
          if (place === undefined) continue // removed from the fleet meanwhile: nobody could go there
          const atMs = nowMs()
          const change =
            transition.type === 'cleared'
              ? await resolve(tx, transition, atMs)
              : await raise(tx, transition, {
                  atMs,
                  newId,
                  reopenWithinMs: reopenWithinMs(transition),
                  station: place.id,
                  district: place.district,
                })
          if (change !== undefined) views.push(await record(tx, { ...change, atMs, actor: null }))
        }
        await alongside(tx)
        return views
      })
      announce(changed)
    },
    list: async (person, state) => {
      const rows = await selectAlertRows(db)
        .$if(state === 'open', query => query.where('alert.state', '!=', 'resolved'))
        .$if(person.districts.length > 0, query => query.where('alert.district', 'in', person.districts))
        .orderBy('alert.raised_at_ms', 'desc')
        .orderBy('alert.id')
        .limit(MAX_LISTED)
        .execute()
      return rows.map(toAlertView)
    },
    acknowledge: async (id, person) => {
      const view = await db.transaction().execute(async tx => {
        const alert = await tx.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst()
        if (alert === undefined || !maySee(person, alert.district))
          throw new ApiProblem('not_found', `there is no alert ${id} in your districts`)
        if (alert.state === 'resolved') throw new ApiProblem('conflict', 'the alert is resolved already')
        if (alert.state === 'acknowledged') {
          // The same person pressing twice gets the same answer; two people get one winner.
          if (alert.acknowledged_by === person.login) return undefined
          throw new ApiProblem('conflict', 'somebody else has acknowledged the alert already')
        }
        const atMs = nowMs()
        await tx
          .updateTable('alert')
          .set({ state: 'acknowledged', acknowledged_at_ms: atMs, acknowledged_by: person.login })
          .where('id', '=', id)
          .execute()
        return record(tx, { alert: id, change: 'acknowledged', evidence: null, atMs, actor: person.login })
      })
      if (view !== undefined) announce([view])
      return view ?? toAlertView(await selectAlertRows(db).where('alert.id', '=', id).executeTakeFirstOrThrow())
    },
    faultyAppliances,
    onChanged: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

interface Change {
  alert: string
  change: AlertChange
  evidence: string | null
}

interface RaiseContext {
  atMs: number
  newId: () => string
  reopenWithinMs: number
  station: string
  district: string
}

/** Raises, reopens, or takes a graver word on an open alert over; undefined when nothing changes. */
async function raise(
  tx: Kysely<RegistryTables>,
  fault: FaultTransition,
  { atMs, newId, reopenWithinMs, station, district }: RaiseContext,
): Promise<Change | undefined> {
  const newest = await tx
    .selectFrom('alert')
    .selectAll()
    .where('appliance', '=', fault.appliance)
    .where('rule', '=', fault.rule)
    .orderBy('raised_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  const evidence = evidenceText(fault)
  const about = { rule_version: fault.ruleVersion, severity: fault.severity, evidence }
  if (newest !== undefined && newest.state !== 'resolved') {
    if (newest.severity === fault.severity) return undefined
    await tx.updateTable('alert').set(about).where('id', '=', newest.id).execute()
    return { alert: newest.id, change: 'escalated', evidence }
  }
  if (newest?.resolved_at_ms != null && atMs - newest.resolved_at_ms <= reopenWithinMs) {
    await tx
      .updateTable('alert')
      .set({ ...about, state: 'raised', acknowledged_at_ms: null, acknowledged_by: null, resolved_at_ms: null })
      .where('id', '=', newest.id)
      .execute()
    return { alert: newest.id, change: 'reopened', evidence }
  }
  const id = newId()
  await tx
    .insertInto('alert')
    .values({
      id,
      station,
      district,
      appliance: fault.appliance,
      rule: fault.rule,
      ...about,
      state: 'raised',
      raised_at_ms: atMs,
      acknowledged_at_ms: null,
      acknowledged_by: null,
      resolved_at_ms: null,
    })
    .execute()
  return { alert: id, change: 'raised', evidence }
}

/** Resolves the open alert; undefined when there is none. */
async function resolve(tx: Kysely<RegistryTables>, fault: FaultTransition, atMs: number): Promise<Change | undefined> {
  const open = await tx
    .selectFrom('alert')
    .select('id')
    .where('appliance', '=', fault.appliance)
    .where('rule', '=', fault.rule)
    .where('state', '!=', 'resolved')
    .executeTakeFirst()
  if (open === undefined) return undefined
  await tx.updateTable('alert').set({ state: 'resolved', resolved_at_ms: atMs }).where('id', '=', open.id).execute()
  return { alert: open.id, change: 'resolved', evidence: evidenceText(fault) }
}

/** What the rule saw, as the API shows it. */
function evidenceText({ device, evidence }: FaultTransition): string {
  const { metric, threshold, observed, fromMs, toMs } = evidence
  const { unit } = METRICS[metric]
  const shown: AlertView['evidence'] = {
    device,
    metric,
    ...(unit !== undefined && { unit }),
    threshold,
    observed,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  }
  return JSON.stringify(shown)
}

/** Writes the change down and puts its event into the outbox; returns the alert as it now is. */
async function record(
  tx: Kysely<RegistryTables>,
  { alert, change, evidence, atMs, actor }: Change & { atMs: number; actor: string | null },
): Promise<AlertView> {
  const { last } = await tx
    .selectFrom('alert_transition')
    .select(eb => eb.fn.coalesce(eb.fn.max('seq'), eb.lit(0)).as('last'))
    .where('alert', '=', alert)
    .executeTakeFirstOrThrow()
  const seq = last + 1
  await tx.insertInto('alert_transition').values({ alert, seq, change, at_ms: atMs, actor, evidence }).execute()
  const view = toAlertView(await selectAlertRows(tx).where('alert.id', '=', alert).executeTakeFirstOrThrow())
  await putAlertEvent(tx, { view, change, seq, atMs })
  return view
}
