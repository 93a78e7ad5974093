import type { AlertChange, AlertView, Evidence, EventKind } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { Directory } from '../registry/directory.ts'
import type { RegistryTables, TransitionDetail } from '../registry/schema.ts'
import { selectAlertRows, toAlertView } from './alert-row.ts'
import { putAlertEvent } from './event-outbox.ts'

/** One transaction in which alerts change. */
export interface AlertWriting {
  tx: Kysely<RegistryTables>
  nowMs: number
  newId: () => string
  directory: Directory
  /** Alerts that were changed, as they then are. */
  changed: Map<string, AlertView>
}

/** A step in the life of an alert. */
export interface Step {
  alert: string
  change: AlertChange
  /** Whether people had been told of the alert before this step, and not yet that it is over. */
  wasTold: boolean
  /** Login; undefined: the system. */
  actor?: string
  evidence?: Evidence
  detail?: TransitionDetail
}

/** Writes a step down and puts its event, if it has one, into the outbox; returns the alert as it now is. */
export async function record(writing: AlertWriting, step: Step): Promise<AlertView> {
  const { tx, nowMs, changed } = writing
  const { alert, change, actor = null, evidence, detail } = step
  const { revision } = await tx
    .updateTable('alert')
    .set(eb => ({ revision: eb('revision', '+', 1) }))
    .where('id', '=', alert)
    .returning('revision')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('alert_transition')
    .values({
      alert,
      seq: revision,
      change,
      at_ms: nowMs,
      actor,
      evidence: evidence === undefined ? null : JSON.stringify(evidence),
      detail: detail === undefined ? null : JSON.stringify(detail),
    })
    .execute()
  const view = toAlertView(await selectAlertRows(tx).where('alert.id', '=', alert).executeTakeFirstOrThrow())
  const kind = eventOf(view, step, nowMs)
  if (kind !== undefined) await putAlertEvent(tx, { view, kind, seq: revision, atMs: nowMs })
  changed.set(alert, view)
  return view
}

/**
 * What others are to hear of a step. Of a fault that a cause explains they hear nothing; while an alert is silenced, only that it
 * was acknowledged or grew worse, and at the end of the silence how it then stands.
 */
function eventOf(view: AlertView, { change, wasTold }: Step, nowMs: number): EventKind | undefined {
  const isQuiet = view.silence !== undefined && Date.parse(view.silence.until) > nowMs
  switch (change) {
    case 'raised':
    case 'reopened':
    case 'unsuppressed':
      return isQuiet || view.state !== 'raised' ? undefined : 'alert-raised'
    case 'escalated':
      return view.state === 'suppressed' ? undefined : 'alert-raised'
    case 'acknowledged':
      return 'alert-acknowledged'
    case 'resolved':
    case 'suppressed':
      return wasTold && !isQuiet ? 'alert-cleared' : undefined
    case 'unsilenced':
      if (view.state === 'raised') return 'alert-raised'
      return view.state === 'resolved' ? 'alert-cleared' : undefined
    case 'silenced':
    case 'flapping':
    case 'commented':
      return undefined
  }
}
