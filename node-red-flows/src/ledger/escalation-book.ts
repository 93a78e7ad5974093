import type { DatabaseSync } from 'node:sqlite'
import { type AlertView, alertViewSchema } from '@harbor/protocol'

export const ESCALATION_TABLE = `CREATE TABLE IF NOT EXISTS escalation (
  alert TEXT PRIMARY KEY, key TEXT NOT NULL, severity TEXT NOT NULL, view TEXT NOT NULL, step INTEGER NOT NULL, due_at_ms INTEGER, updated_at_ms INTEGER NOT NULL
) STRICT; CREATE INDEX IF NOT EXISTS escalation_due ON escalation (due_at_ms);`

/** Alerts of which steps are kept; beyond them those longest without news are forgotten (chosen: a city has some hundred). */
export const MAX_ESCALATIONS = 20_000

/** An alert that somebody is to be told of, and how far that is. */
export interface Escalation {
  alert: AlertView
  /** Of this standing of the fault in this grade: another once it was over, or grew worse. */
  key: string
  /** The step of its policy that comes next, from 0. */
  step: number
}

export interface EscalationBook {
  /** The alert stands: begins at step 0, due at `nowMs`; what has begun already goes on with the newer words. */
  stand: (alert: AlertView, key: string, nowMs: number) => void
  /** Somebody has it, or it is over. */
  end: (alert: string) => void
  /** What is due, the longest due first. Each is held back until `heldUntilMs`: after that it is due again, unless `advance` was called. */
  take: (nowMs: number, heldUntilMs: number) => Escalation[]
  /** The step was done: the next is due at `dueAtMs`; undefined: there is none. */
  advance: (key: string, doneStep: number, dueAtMs: number | undefined) => void
  /** How many have a step before them. */
  waiting: () => number
}

/** Steps handed out at once. */
const BATCH = 50

export function createEscalationBook(db: DatabaseSync): EscalationBook {
  // A later event of the same fault keeps its key and step: it is neither told again nor forgotten.
  const put =
    db.prepare(`INSERT INTO escalation (alert, key, severity, view, step, due_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, 0, ?, ?)
    ON CONFLICT (alert) DO UPDATE SET view = excluded.view, updated_at_ms = excluded.updated_at_ms,
      step = CASE WHEN severity = excluded.severity THEN step ELSE 0 END,
      due_at_ms = CASE WHEN severity = excluded.severity THEN due_at_ms ELSE excluded.due_at_ms END,
      key = CASE WHEN severity = excluded.severity THEN key ELSE excluded.key END, severity = excluded.severity`)
  const trim = db.prepare(`DELETE FROM escalation WHERE alert IN
    (SELECT alert FROM escalation ORDER BY updated_at_ms DESC LIMIT -1 OFFSET ${MAX_ESCALATIONS})`)
  const remove = db.prepare('DELETE FROM escalation WHERE alert = ?')
  const due = db.prepare(`UPDATE escalation SET due_at_ms = ? WHERE alert IN
    (SELECT alert FROM escalation WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ${BATCH}) RETURNING key, view, step`)
  const done = db.prepare('UPDATE escalation SET step = ?, due_at_ms = ? WHERE key = ? AND step = ?')
  const count = db.prepare('SELECT count(*) AS n FROM escalation WHERE due_at_ms IS NOT NULL')
  return {
    stand: (alert, key, nowMs) => {
      put.run(alert.id, key, alert.severity, JSON.stringify(alert), nowMs, nowMs)
      trim.run()
    },
    end: alert => void remove.run(alert),
    take: (nowMs, heldUntilMs) =>
      due.all(heldUntilMs, nowMs).map(row => ({
        alert: alertViewSchema.parse(JSON.parse(row['view'] as string)),
        key: row['key'] as string,
        step: row['step'] as number,
      })),
    advance: (key, doneStep, dueAtMs) => void done.run(doneStep + 1, dueAtMs ?? null, key, doneStep),
    waiting: () => count.get()?.['n'] as number,
  }
}
