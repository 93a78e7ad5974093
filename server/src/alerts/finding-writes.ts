import type { Evidence } from '@harbor/protocol'
import { CAUSE_RULES } from '../causes/cause-rules.ts'
import { DEVICES_OFFLINE_RULE, DEVICE_OFFLINE_RULE } from '../causes/cause.ts'
import {
  type Finding,
  type FoundCause,
  GATEWAY_GRAVER_MS,
  GATEWAY_TOLD_MS,
  MAINS_SHARE,
} from '../causes/station-watch.ts'
import type { AlertWriting } from './alert-record.ts'
import { linkCause, ruleOf, tellSwitchedOff, writeFault } from './alert-writes.ts'
import { loadCauses } from './cause-rows.ts'
import type { Fault, Subject } from './fault.ts'

const MINUTE_MS = 60_000
const OFFLINE_AFTER_MIN = 30

/** Writes down what was found of a station: its causes, and the alerts that tell of them. Its faults are to be settled after it. */
export async function writeFinding(writing: AlertWriting, finding: Finding): Promise<void> {
  const place = writing.directory.stations.get(finding.station)?.record
  if (place === undefined) return // no longer in the fleet: nobody could go there
  const subject: Subject = {
    scope: 'station',
    station: place.id,
    district: place.district,
    appliance: undefined,
    device: undefined,
  }
  switch (finding.type) {
    case 'cause_began':
      return beginCause(writing, subject, finding)
    case 'cause_ended':
      return endCause(writing, subject, finding)
    case 'gateway_due':
      return tellGateway(writing, subject, finding)
    case 'plug_due':
      return tellMissed(writing, subject, finding)
    case 'devices_offline':
      return tellOffline(writing, subject, finding)
    case 'devices_back':
      return tellBack(writing, subject, finding)
  }
}

type Of<Type extends Finding['type']> = Extract<Finding, { type: Type }>

async function beginCause(writing: AlertWriting, subject: Subject, { cause, share }: Of<'cause_began'>): Promise<void> {
  const { tx, newId, nowMs } = writing
  const id = newId()
  const { kind, appliance = null, device = null, sinceMs } = cause
  // Found again after a restart that did not know of it: the first word stands.
  if ((await standingCause(writing, subject.station, cause)) !== undefined) return
  await tx
    .insertInto('cause')
    .values({
      id,
      station: subject.station,
      kind,
      appliance,
      device,
      since_ms: sinceMs,
      ended_at_ms: null,
      alert: null,
    })
    .execute()
  if (kind !== 'mains_failure') return
  const evidence: Evidence = {
    metric: 'online',
    quantity: 'silent_share',
    unit: '%',
    threshold: MAINS_SHARE * 100,
    observed: share === undefined || share.of === 0 ? 100 : Math.round((100 * share.down) / share.of),
    ...span(sinceMs, nowMs),
  }
  await writeFault(writing, faultOf('raised', subject, { ...ruleOf('mains_failure'), severity: 'P1', evidence }))
  await linkCause(writing, id)
}

async function endCause(writing: AlertWriting, subject: Subject, { cause, atMs }: Of<'cause_ended'>): Promise<void> {
  const { tx, nowMs } = writing
  const known = await standingCause(writing, subject.station, cause)
  if (known === undefined) return
  await tx
    .updateTable('cause')
    .set({ ended_at_ms: Math.min(atMs, nowMs) })
    .where('id', '=', known.id)
    .execute()
  const { device, appliance } = cause
  const of: Subject = device === undefined ? subject : { ...subject, scope: 'device', appliance, device }
  const evidence: Evidence = {
    ...(device !== undefined && { device }),
    metric: device === undefined ? 'online' : 'relay',
    threshold: 1,
    observed: 1,
    ...span(cause.sinceMs, atMs),
  }
  await writeFault(writing, faultOf('cleared', of, { ...ruleOf(cause.kind), severity: 'P3', evidence }))
}

async function standingCause({ tx }: AlertWriting, station: string, { kind, device }: FoundCause) {
  return tx
    .selectFrom('cause')
    .select('id')
    .where('station', '=', station)
    .where('ended_at_ms', 'is', null)
    .where('kind', '=', kind)
    .$if(device !== undefined, query => query.where('device', '=', device as string))
    .executeTakeFirst()
}

async function tellGateway(
  writing: AlertWriting,
  subject: Subject,
  { sinceMs, atMs, isGraver }: Of<'gateway_due'>,
): Promise<void> {
  const evidence: Evidence = {
    metric: 'online',
    ...silence(sinceMs, atMs, (isGraver ? GATEWAY_GRAVER_MS : GATEWAY_TOLD_MS) / MINUTE_MS),
  }
  const severity = isGraver ? 'P2' : 'P3'
  await writeFault(writing, faultOf('raised', subject, { ...ruleOf('gateway_offline'), severity, evidence }))
  const { tx } = writing
  const cause = await tx
    .selectFrom('cause')
    .select('id')
    .where('station', '=', subject.station)
    .where('kind', '=', 'gateway_offline')
    .where('ended_at_ms', 'is', null)
    .executeTakeFirst()
  if (cause !== undefined) await linkCause(writing, cause.id)
}

/** A plug that somebody switched off is told of once it is missed, even while no fault shows that. */
async function tellMissed(writing: AlertWriting, subject: Subject, { cause }: Of<'plug_due'>): Promise<void> {
  const causes = await loadCauses(writing.tx, subject.station, writing.nowMs)
  const known = causes.find(({ kind, device, endedAtMs }) => {
    return kind === 'plug_off' && device === cause.device && endedAtMs === undefined
  })
  if (known !== undefined) await tellSwitchedOff(writing, known, subject)
}

async function tellOffline(
  writing: AlertWriting,
  subject: Subject,
  { devices, sinceMs, atMs }: Of<'devices_offline'>,
): Promise<void> {
  const [device, ...others] = devices
  if (device === undefined) return
  const told = silence(sinceMs, atMs, OFFLINE_AFTER_MIN)
  if (others.length > 0) {
    const evidence: Evidence = { devices: devices.slice(0, 100), metric: 'online', ...told }
    const rule = offlineRule(DEVICES_OFFLINE_RULE)
    return writeFault(writing, faultOf('raised', subject, { ...rule, severity: 'P3', evidence }))
  }
  const appliance = writing.directory.devices.get(device)?.record.appliance
  const evidence: Evidence = { device, metric: 'online', ...told }
  const of: Subject = { ...subject, scope: 'device', appliance, device }
  const rule = offlineRule(DEVICE_OFFLINE_RULE)
  await writeFault(writing, faultOf('raised', of, { ...rule, severity: 'P3', evidence }))
}

/** A device's own alert is over when it speaks; the one of several when none of them is silent any more. */
async function tellBack(writing: AlertWriting, subject: Subject, { devices, atMs }: Of<'devices_back'>): Promise<void> {
  const { tx } = writing
  for (const device of devices) {
    const evidence: Evidence = { device, metric: 'online', ...silence(atMs, atMs, OFFLINE_AFTER_MIN) }
    const of: Subject = { ...subject, scope: 'device', device }
    const rule = offlineRule(DEVICE_OFFLINE_RULE)
    await writeFault(writing, faultOf('cleared', of, { ...rule, severity: 'P3', evidence }))
  }
  const open = await tx
    .selectFrom('alert')
    .select(['id', 'evidence'])
    .where('station', '=', subject.station)
    .where('rule', '=', DEVICES_OFFLINE_RULE)
    .where('state', '!=', 'resolved')
    .executeTakeFirst()
  if (open === undefined) return
  const evidence = JSON.parse(open.evidence) as Evidence
  const left = (evidence.devices ?? []).filter(device => !devices.includes(device))
  if (left.length > 0) {
    const shorter = JSON.stringify({ ...evidence, devices: left })
    await tx.updateTable('alert').set({ evidence: shorter }).where('id', '=', open.id).execute()
    return
  }
  const rule = offlineRule(DEVICES_OFFLINE_RULE)
  await writeFault(writing, faultOf('cleared', subject, { ...rule, severity: 'P3', evidence }))
}

function offlineRule(id: string): Pick<Fault, 'rule' | 'ruleVersion'> {
  return { rule: id, ruleVersion: CAUSE_RULES.find(rule => rule.id === id)?.version ?? 1 }
}

function faultOf(
  type: Fault['type'],
  subject: Subject,
  said: Pick<Fault, 'rule' | 'ruleVersion' | 'severity' | 'evidence'>,
): Fault {
  return { type, subject, ...said, timeScale: 1 }
}

function span(fromMs: number, toMs: number): Pick<Evidence, 'from' | 'to'> {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}

/** How long nothing was heard, in minutes. */
function silence(sinceMs: number, atMs: number, thresholdMin: number) {
  const observed = Math.floor((atMs - sinceMs) / MINUTE_MS)
  return { quantity: 'silence', unit: 'min', threshold: thresholdMin, observed, ...span(sinceMs, atMs) }
}
