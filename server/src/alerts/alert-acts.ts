import type { Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { findAlert } from './alert-queries.ts'
import { type AlertWriting, record } from './alert-record.ts'
import { REOPEN_WITHIN_MS } from './alert-writes.ts'

/** Nobody silences an alert for longer (chosen: what is to be quiet for longer needs a repair or a maintenance window). */
const MAX_SILENCE_MS = 30 * 24 * 3_600_000

/** Says that somebody takes care of it. @throws ApiProblem `not_found`, `conflict`. */
export async function acknowledge(writing: AlertWriting, id: string, person: Person): Promise<void> {
  const { tx, nowMs } = writing
  const alert = await findAlert(tx, person, id)
  if (alert.state === 'resolved') throw new ApiProblem('conflict', 'the alert is resolved already')
  if (alert.state === 'suppressed')
    throw new ApiProblem('conflict', 'the alert is explained by a cause above it; there is nothing to do here')
  if (alert.state === 'acknowledged') {
    // The same person pressing twice gets the same answer; two people get one winner.
    if (alert.acknowledged_by === person.login) return
    throw new ApiProblem('conflict', 'somebody else has acknowledged the alert already')
  }
  await tx
    .updateTable('alert')
    .set({ state: 'acknowledged', acknowledged_at_ms: nowMs, acknowledged_by: person.login })
    .where('id', '=', id)
    .execute()
  await record(writing, { alert: id, change: 'acknowledged', wasTold: true, actor: person.login })
}

/**
 * Says of every alert of an order that nobody has acknowledged yet that whoever accepted the order takes care of it. What a cause
 * explains, or somebody else acknowledged, stays as it is.
 */
export async function acknowledgeWithOrder(writing: AlertWriting, order: string, login: string): Promise<void> {
  const { tx, nowMs } = writing
  const waiting = await tx
    .selectFrom('alert')
    .innerJoin('work_order_alert', 'work_order_alert.alert', 'alert.id')
    .select('alert.id')
    .where('work_order_alert.work_order', '=', order)
    .where('alert.state', '=', 'raised')
    .execute()
  for (const { id } of waiting) {
    await tx
      .updateTable('alert')
      .set({ state: 'acknowledged', acknowledged_at_ms: nowMs, acknowledged_by: login })
      .where('id', '=', id)
      .execute()
    const detail = { workOrder: order }
    await record(writing, { alert: id, change: 'acknowledged', wasTold: true, actor: login, detail })
  }
}

export interface Silence {
  untilMs: number
  reason: string
}

/**
 * Keeps others from being told of an alert again until a time. A later silence replaces an earlier one.
 *
 * @throws ApiProblem `not_found`; `invalid_request` for a time that has passed or is too far away; `conflict` when it is over.
 */
export async function silence(
  writing: AlertWriting,
  { id, untilMs, reason }: Silence & { id: string },
  person: Person,
): Promise<void> {
  const { tx, nowMs } = writing
  const alert = await findAlert(tx, person, id)
  if (untilMs <= nowMs) throw new ApiProblem('invalid_request', 'body: until: expected a time to come')
  if (untilMs > nowMs + MAX_SILENCE_MS)
    throw new ApiProblem('invalid_request', 'body: until: expected at most 30 days from now')
  if (alert.resolved_at_ms !== null && nowMs - alert.resolved_at_ms > REOPEN_WITHIN_MS)
    throw new ApiProblem('conflict', 'the alert is resolved already, and will not come back')
  await tx
    .updateTable('alert')
    .set({ silenced_at_ms: nowMs, silenced_until_ms: untilMs, silenced_by: person.login, silence_reason: reason })
    .where('id', '=', id)
    .execute()
  const detail = { untilMs, reason }
  await record(writing, { alert: id, change: 'silenced', wasTold: true, actor: person.login, detail })
}

/** Writes a remark into the alert's history; nothing else of it changes. @throws ApiProblem `not_found`. */
export async function comment(
  writing: AlertWriting,
  { id, text }: { id: string; text: string },
  person: Person,
): Promise<void> {
  await findAlert(writing.tx, person, id)
  const detail = { reason: text }
  await record(writing, { alert: id, change: 'commented', wasTold: true, actor: person.login, detail })
}

/** Ends a silence, also one of the system; an alert that is not silenced stays as it is. @throws ApiProblem `not_found`. */
export async function unsilence(writing: AlertWriting, id: string, person: Person): Promise<void> {
  const alert = await findAlert(writing.tx, person, id)
  if (alert.silenced_until_ms !== null) await endSilence(writing, id, person.login)
}

/** @param actor login; undefined: its time has come. */
export async function endSilence(writing: AlertWriting, id: string, actor?: string): Promise<void> {
  await writing.tx
    .updateTable('alert')
    .set({ silenced_at_ms: null, silenced_until_ms: null, silenced_by: null, silence_reason: null })
    .where('id', '=', id)
    .execute()
  await record(writing, { alert: id, change: 'unsilenced', wasTold: true, ...(actor !== undefined && { actor }) })
}
