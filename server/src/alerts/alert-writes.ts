import type { AlertChange } from '@harbor/protocol'
import type { Selectable } from 'kysely'
import { RULE_OF_CAUSE, explanationOf, settle } from '../causes/cause.ts'
import { CAUSE_RULES } from '../causes/cause-rules.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { type AlertWriting, record } from './alert-record.ts'
import { type KnownCause, loadCauses, loadStanding } from './cause-rows.ts'
import { type Fault, subjectKey } from './fault.ts'

const MINUTE_MS = 60_000
/**
 * A fault that comes back within this long of being resolved reopens its alert instead of raising another. One that was told and
 * cleared FLAPPING_CYCLES times within it flaps: one note, and nobody is told for MUTED_MS (docs/domain.md 3.1).
 * All are divided by the rule's time scale for the appliance's model.
 */
export const REOPEN_WITHIN_MS = 60 * MINUTE_MS
const FLAPPING_CYCLES = 4
const MUTED_MS = 120 * MINUTE_MS

type AlertRow = Selectable<RegistryTables['alert']>

/** Raises, reopens, worsens or resolves the alert of a fault; a fault that a cause explains is kept with it, and not told. */
export async function writeFault(writing: AlertWriting, fault: Fault): Promise<void> {
  const { tx } = writing
  const newest = await tx
    .selectFrom('alert')
    .selectAll()
    .where('subject', '=', subjectKey(fault.subject))
    .where('rule', '=', fault.rule)
    .orderBy('raised_at_ms', 'desc')
    .orderBy('standing_since_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  const isOpen = newest !== undefined && newest.state !== 'resolved'
  if (fault.type === 'cleared') {
    if (isOpen) await resolve(writing, fault, newest)
  } else if (isOpen) await worsen(writing, fault, newest)
  else await raise(writing, fault, newest)
}

async function resolve(writing: AlertWriting, fault: Fault, { id, state }: AlertRow): Promise<void> {
  const { tx, nowMs } = writing
  await tx.updateTable('alert').set({ state: 'resolved', resolved_at_ms: nowMs }).where('id', '=', id).execute()
  const wasTold = state !== 'suppressed'
  await record(writing, { alert: id, change: 'resolved', wasTold, evidence: fault.evidence })
  if (wasTold) await noteFlapping(writing, id, fault.timeScale)
}

/** Takes a graver word, or further devices, over; the same word again changes nothing. */
async function worsen(writing: AlertWriting, fault: Fault, open: AlertRow): Promise<void> {
  const known = (JSON.parse(open.evidence) as Fault['evidence']).devices ?? []
  const devices = [...new Set([...known, ...(fault.evidence.devices ?? [])])].slice(0, 100)
  if (open.severity === fault.severity && devices.length === known.length) return
  const evidence = { ...fault.evidence, ...(devices.length > 0 && { devices }) }
  await writing.tx
    .updateTable('alert')
    .set({ rule_version: fault.ruleVersion, severity: fault.severity, evidence: JSON.stringify(evidence) })
    .where('id', '=', open.id)
    .execute()
  const wasTold = open.state !== 'suppressed'
  const detail = { severity: fault.severity }
  await record(writing, { alert: open.id, change: 'escalated', wasTold, evidence, detail })
}

async function raise(writing: AlertWriting, fault: Fault, last: AlertRow | undefined): Promise<void> {
  const { tx, nowMs, newId } = writing
  const { subject, rule, severity, evidence, timeScale } = fault
  const isBack = last?.resolved_at_ms != null && nowMs - last.resolved_at_ms <= REOPEN_WITHIN_MS / timeScale
  const id = isBack ? last.id : newId()
  const by = explanationOf(
    {
      ...subject,
      id,
      rule,
      severity,
      applianceKind: writing.directory.appliances.get(subject.appliance ?? '')?.kind,
      metric: evidence.metric,
      sinceMs: nowMs,
      suppressedBy: undefined,
    },
    await loadCauses(tx, subject.station, nowMs),
    nowMs,
  ) as KnownCause | undefined
  const stands = {
    rule_version: fault.ruleVersion,
    severity,
    evidence: JSON.stringify(evidence),
    standing_since_ms: nowMs,
    acknowledged_at_ms: null,
    acknowledged_by: null,
    resolved_at_ms: null,
    ...suppressionColumns(by, nowMs),
  }
  if (isBack) await tx.updateTable('alert').set(stands).where('id', '=', id).execute()
  else {
    const { station, district, scope, appliance = null, device = null } = subject
    await tx
      .insertInto('alert')
      .values({
        ...stands,
        id,
        station,
        district,
        scope,
        subject: subjectKey(subject),
        appliance,
        device,
        rule,
        revision: 0,
        raised_at_ms: nowMs,
        silenced_at_ms: null,
        silenced_until_ms: null,
        silenced_by: null,
        silence_reason: null,
      })
      .execute()
  }
  const detail = { severity, ...(by !== undefined && { cause: by.kind }) }
  const raised: AlertChange = isBack ? 'reopened' : 'raised'
  await record(writing, {
    alert: id,
    change: by === undefined ? raised : 'suppressed',
    wasTold: false,
    evidence,
    detail,
  })
  if (by !== undefined) await tellSwitchedOff(writing, by, subject)
}

function suppressionColumns(by: KnownCause | undefined, nowMs: number) {
  if (by === undefined) {
    return { state: 'raised' as const, suppressed_at_ms: null, suppressed_cause: null, suppressed_by: null }
  }
  return { state: 'suppressed' as const, suppressed_at_ms: nowMs, suppressed_cause: by.kind, suppressed_by: by.id }
}

/** A fault that comes and goes is noted once and told to nobody for a while; a silence that somebody chose stays theirs. */
async function noteFlapping(writing: AlertWriting, id: string, timeScale: number): Promise<void> {
  const { tx, nowMs } = writing
  const { silenced_until_ms: silencedUntilMs } = await tx
    .selectFrom('alert')
    .select('silenced_until_ms')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (silencedUntilMs !== null && silencedUntilMs > nowMs) return
  const changes = await tx
    .selectFrom('alert_transition')
    .select(['change', eb => eb.fn.countAll<number>().as('count')])
    .where('alert', '=', id)
    .where('change', 'in', ['raised', 'reopened', 'resolved'])
    .where('at_ms', '>', nowMs - REOPEN_WITHIN_MS / timeScale)
    .groupBy('change')
    .execute()
  const cleared = changes.reduce((sum, { change, count }) => sum + (change === 'resolved' ? Number(count) : 0), 0)
  const told = changes.reduce((sum, { change, count }) => sum + (change === 'resolved' ? 0 : Number(count)), 0)
  // What a cause explained was cleared as well, but never told: that is no cycle.
  if (Math.min(told, cleared) < FLAPPING_CYCLES) return
  const untilMs = nowMs + Math.round(MUTED_MS / timeScale)
  await tx
    .updateTable('alert')
    .set({ silenced_at_ms: nowMs, silenced_until_ms: untilMs, silenced_by: null, silence_reason: null })
    .where('id', '=', id)
    .execute()
  await record(writing, { alert: id, change: 'flapping', wasTold: true, detail: { untilMs } })
}

/**
 * A plug that is off is nobody's concern until it is missed: when it explains a fault, or the time for it has come, that it is off
 * is told, and not the fault. (A fridge that somebody switched off would otherwise spoil its food in silence.)
 */
export async function tellSwitchedOff(
  writing: AlertWriting,
  cause: KnownCause,
  subject: Fault['subject'],
): Promise<void> {
  if (cause.kind !== 'plug_off' || cause.alert !== undefined || cause.device === undefined) return
  if (cause.endedAtMs !== undefined) return
  const { nowMs, directory } = writing
  const isFridge = directory.appliances.get(cause.appliance ?? '')?.kind === 'fridge'
  await writeFault(writing, {
    type: 'raised',
    subject: { ...subject, scope: 'device', appliance: cause.appliance, device: cause.device },
    ...ruleOf('plug_off'),
    severity: isFridge ? 'P2' : 'P3',
    evidence: {
      device: cause.device,
      metric: 'relay',
      threshold: 1,
      observed: 0,
      from: new Date(cause.sinceMs).toISOString(),
      to: new Date(nowMs).toISOString(),
    },
    timeScale: 1,
  })
  await linkCause(writing, cause.id)
}

/** The rule that tells of a cause, as a fault carries it. */
export function ruleOf(kind: keyof typeof RULE_OF_CAUSE): { rule: string; ruleVersion: number } {
  const rule = RULE_OF_CAUSE[kind]
  return { rule, ruleVersion: CAUSE_RULES.find(({ id }) => id === rule)?.version ?? 1 }
}

/** Ties a found cause to the alert that tells of it, if there is one. */
export async function linkCause({ tx }: AlertWriting, cause: string): Promise<void> {
  const row = await tx.selectFrom('cause').selectAll().where('id', '=', cause).executeTakeFirst()
  if (row === undefined || row.alert !== null || !(row.kind in RULE_OF_CAUSE)) return
  const rule = RULE_OF_CAUSE[row.kind as keyof typeof RULE_OF_CAUSE]
  const told = await tx
    .selectFrom('alert')
    .select('id')
    .where('station', '=', row.station)
    .where('rule', '=', rule)
    .where('state', '!=', 'resolved')
    .$if(row.device !== null, query => query.where('device', '=', row.device))
    .executeTakeFirst()
  if (told !== undefined) await tx.updateTable('cause').set({ alert: told.id }).where('id', '=', cause).execute()
}

/** Judges a station's standing faults anew: suppresses what a cause explains, and tells what none explains any more. */
export async function settleStation(writing: AlertWriting, station: string): Promise<void> {
  const { tx, nowMs } = writing
  const faults = await loadStanding(tx, station)
  if (faults.length === 0) return
  const causes = await loadCauses(tx, station, nowMs)
  for (const { fault: id, by } of settle(faults, causes, nowMs)) {
    const before = await tx.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const wasTold = before.state !== 'suppressed'
    const cause = causes.find(known => known.id === by?.id)
    await tx.updateTable('alert').set(suppressionColumns(cause, nowMs)).where('id', '=', id).execute()
    if (cause === undefined) await tellAfterAll(writing, before)
    else {
      await record(writing, { alert: id, change: 'suppressed', wasTold, detail: { cause: cause.kind } })
      await tellSwitchedOff(writing, cause, {
        scope: before.scope,
        station,
        district: before.district,
        appliance: before.appliance ?? undefined,
        device: before.device ?? undefined,
      })
    }
  }
}

/** What was acknowledged before a cause was found is still in that person's hands; what was never told is raised now. */
async function tellAfterAll(writing: AlertWriting, before: AlertRow): Promise<void> {
  const { tx, nowMs } = writing
  const told = await tx
    .selectFrom('alert_transition')
    .select('seq')
    .where('alert', '=', before.id)
    .where('change', 'in', ['raised', 'reopened', 'unsuppressed'])
    .where('at_ms', '>=', before.standing_since_ms)
    .limit(1)
    .executeTakeFirst()
  await tx
    .updateTable('alert')
    .set({
      state: before.acknowledged_at_ms === null ? 'raised' : 'acknowledged',
      ...(told === undefined && { raised_at_ms: nowMs }),
    })
    .where('id', '=', before.id)
    .execute()
  await record(writing, { alert: before.id, change: 'unsuppressed', wasTold: false })
}
