import type { AlertDetail, AlertView, Person, RuleView } from '@harbor/protocol'
import type { Transaction } from 'kysely'
import type { Finding } from '../causes/station-watch.ts'
import type { FaultTransition } from '../faults/transition.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { type Silence, acknowledge, comment, endSilence, silence, unsilence } from './alert-acts.ts'
import { type AlertPage, type AlertQuery, alertDetail, findAlert, listAlerts } from './alert-queries.ts'
import { toAlertView } from './alert-row.ts'
import type { AlertWriting } from './alert-record.ts'
import { settleStation, writeFault } from './alert-writes.ts'
import { forgetOldCauses } from './cause-rows.ts'
import { faultOf } from './fault.ts'
import { writeFinding } from './finding-writes.ts'

/** What a person handles: at most one alert that is not resolved for each thing at fault and rule. */
export interface Alerts {
  /** Reads which appliances are faulty. */
  start: () => Promise<void>
  /**
   * Turns what the fault engine saw into alerts, in one transaction with `alongside`, which saves the engine's state: a
   * restart finds both or neither.
   */
  apply: (
    transitions: readonly FaultTransition[],
    alongside: (tx: Transaction<RegistryTables>) => Promise<void>,
  ) => Promise<void>
  /** Writes down causes and silent devices, and judges the faults of their stations anew: all of it or nothing. */
  applyFindings: (findings: readonly Finding[]) => Promise<void>
  /** Judges the faults of these stations anew: something that explains them was changed. */
  settle: (stations: Iterable<string>) => Promise<void>
  /** What time alone brings about: a grace or a window that is over, a silence that ends. To be called every few seconds. */
  sweep: () => Promise<void>
  /** A page, newest first, limited to the person's districts in the query itself. @throws ApiProblem `invalid_request`. */
  list: (person: Person, query: AlertQuery) => Promise<AlertPage>
  /** @throws ApiProblem `not_found`, also for another district's. */
  detail: (person: Person, id: string) => Promise<AlertDetail>
  /** @throws ApiProblem `not_found`, also for another district's; `conflict` when somebody else was faster or it is resolved. */
  acknowledge: (id: string, person: Person) => Promise<AlertView>
  /** @throws ApiProblem as alert-acts.ts says. */
  silence: (id: string, asked: Silence, person: Person) => Promise<AlertView>
  unsilence: (id: string, person: Person) => Promise<AlertView>
  /** To be called with alerts that somebody else's transaction changed, once that is durable: those who listen hear of them. */
  tellChanged: (changed: Iterable<AlertView>) => void
  /** @throws ApiProblem `not_found`, also for another district's. */
  comment: (id: string, text: string, person: Person) => Promise<AlertView>
  /** Appliances of which an alert stands that makes them useless (P0 to P2), told or not; kept up to date. */
  readonly faultyAppliances: ReadonlySet<string>
  /** Calls `listener` with each alert after each change of it, once that is durable; returns how to stop that. */
  onChanged: (listener: (alert: AlertView) => void) => () => void
}

export interface AlertsDeps {
  db: RegistryDb
  directory: Directory
  /** As people are told of them: what each is about decides what is at fault. */
  rules: readonly Pick<RuleView, 'id' | 'scope'>[]
  nowMs: () => number
  newId: () => string
}

export function createAlerts({ db, directory, rules, nowMs, newId }: AlertsDeps): Alerts {
  const scopes = new Map(rules.map(({ id, scope }) => [id, scope]))
  const listeners = new Set<(alert: AlertView) => void>()
  const faulty = createFaultyAppliances()

  const write = async (work: (writing: AlertWriting, tx: Transaction<RegistryTables>) => Promise<void>) => {
    const changed = new Map<string, AlertView>()
    await db.transaction().execute(tx => work({ tx, nowMs: nowMs(), newId, directory, changed }, tx))
    tellChanged(changed.values())
  }
  const tellChanged = (changed: Iterable<AlertView>) => {
    for (const alert of changed) {
      faulty.remember(alert)
      for (const listener of listeners) listener(alert)
    }
  }
  const act = async (id: string, person: Person, work: (writing: AlertWriting) => Promise<void>) => {
    await write(work)
    return toAlertView(await findAlert(db, person, id))
  }
  const settle = async (stations: Iterable<string>) => {
    // One transaction each: a storm over a whole city must not hold up everybody else.
    for (const station of new Set(stations)) await write(writing => settleStation(writing, station))
  }

  return {
    start: async () => {
      const standing = await db
        .selectFrom('alert')
        .select(['id', 'appliance', 'scope', 'severity', 'state'])
        .where('state', '!=', 'resolved')
        .execute()
      for (const { appliance, ...alert } of standing)
        faulty.remember({ ...alert, ...(appliance !== null && { appliance }) })
    },
    apply: (transitions, alongside) =>
      write(async (writing, tx) => {
        for (const transition of transitions) {
          const fault = faultOf(transition, directory, rule => scopes.get(rule))
          if (fault !== undefined) await writeFault(writing, fault)
        }
        await alongside(tx)
      }),
    applyFindings: findings =>
      write(async writing => {
        for (const finding of findings) await writeFinding(writing, finding)
        for (const station of new Set(findings.map(finding => finding.station))) await settleStation(writing, station)
      }),
    settle,
    sweep: async () => {
      const held = await db
        .selectFrom('alert')
        .select('station')
        .distinct()
        .where('state', '!=', 'resolved')
        .where('state', '=', 'suppressed')
        .execute()
      await settle(held.map(({ station }) => station))
      const quiet = await db.selectFrom('alert').select('id').where('silenced_until_ms', '<=', nowMs()).execute()
      for (const { id } of quiet) await write(writing => endSilenceIfDue(writing, id))
      await forgetOldCauses(db, nowMs())
    },
    list: (person, query) => listAlerts(db, person, query),
    detail: (person, id) => alertDetail(db, person, id),
    acknowledge: (id, person) => act(id, person, writing => acknowledge(writing, id, person)),
    silence: (id, asked, person) => act(id, person, writing => silence(writing, { ...asked, id }, person)),
    unsilence: (id, person) => act(id, person, writing => unsilence(writing, id, person)),
    tellChanged,
    comment: (id, text, person) => act(id, person, writing => comment(writing, { id, text }, person)),
    faultyAppliances: faulty.appliances,
    onChanged: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Somebody may have set a new time since it was looked for. */
async function endSilenceIfDue(writing: AlertWriting, id: string): Promise<void> {
  const { tx, nowMs } = writing
  const row = await tx.selectFrom('alert').select('silenced_until_ms').where('id', '=', id).executeTakeFirst()
  if (row?.silenced_until_ms != null && row.silenced_until_ms <= nowMs) await endSilence(writing, id)
}

type Judged = Pick<AlertView, 'id' | 'scope' | 'severity' | 'state' | 'appliance'>

/** Which appliances people cannot use, followed alert by alert. */
function createFaultyAppliances(): { appliances: ReadonlySet<string>; remember: (alert: Judged) => void } {
  const alertsOf = new Map<string, Set<string>>()
  const appliances = new Set<string>()
  return {
    appliances,
    remember: ({ id, scope, severity, state, appliance }) => {
      if (appliance === undefined || scope !== 'appliance') return
      const alerts = alertsOf.get(appliance) ?? new Set()
      if (state === 'resolved' || severity === 'P3') alerts.delete(id)
      else alerts.add(id)
      if (alerts.size > 0) {
        alertsOf.set(appliance, alerts)
        appliances.add(appliance)
      } else {
        alertsOf.delete(appliance)
        appliances.delete(appliance)
      }
    },
  }
}
