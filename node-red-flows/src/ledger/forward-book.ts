import type { DatabaseSync } from 'node:sqlite'
import { type CloudEvent, cloudEventSchema } from '@harbor/protocol'

export const FORWARD_TABLE = `CREATE TABLE IF NOT EXISTS forward (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  due_at_ms INTEGER, reason TEXT, queued_at_ms INTEGER NOT NULL
) STRICT; CREATE INDEX IF NOT EXISTS forward_due ON forward (due_at_ms);`

export interface ForwardLimits {
  /** Events that wait to be passed on, at most; beyond them the oldest go to the dead letters. */
  waiting: number
  /** Dead letters kept; beyond them the oldest are forgotten. */
  dead: number
}

/** Chosen: some 30 MB of disk. */
export const FORWARD_LIMITS: ForwardLimits = { waiting: 10_000, dead: 1_000 }

/** An event on its way to another system. */
export interface Forward {
  seq: number
  event: CloudEvent
  /** How often it was tried in vain. */
  tries: number
}

/** An event that was given up. */
export interface DeadLetter {
  seq: number
  id: string
  type: string
  queuedAt: string
  tries: number
  reason: string
}

export interface ForwardBook {
  /** Queues an event; one that was queued before, and is still here, is left as it is. */
  put: (event: CloudEvent, nowMs: number) => void
  /** What is due, oldest first, at most 50. */
  due: (nowMs: number) => Forward[]
  /** It was taken over there. */
  done: (seq: number) => void
  /** It was not: again at `againAtMs`; undefined: given up. */
  failed: (seq: number, reason: string, againAtMs: number | undefined) => void
  /** Newest first, at most 100. */
  dead: () => DeadLetter[]
  counts: () => { waiting: number; dead: number }
  /** All dead letters are tried again from now on; how many. */
  resend: (nowMs: number) => number
}

export function createForwardBook(db: DatabaseSync, limits: ForwardLimits = FORWARD_LIMITS): ForwardBook {
  const put = db.prepare(
    'INSERT INTO forward (id, event, due_at_ms, queued_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const due = db.prepare('SELECT seq, event, tries FROM forward WHERE due_at_ms <= ? ORDER BY seq LIMIT 50')
  const done = db.prepare('DELETE FROM forward WHERE seq = ?')
  const failed = db.prepare('UPDATE forward SET tries = tries + 1, reason = ?, due_at_ms = ? WHERE seq = ?')
  const dead = db.prepare(
    'SELECT seq, id, event, tries, reason, queued_at_ms FROM forward WHERE due_at_ms IS NULL ORDER BY seq DESC LIMIT 100',
  )
  const counts = db.prepare('SELECT count(due_at_ms) AS waiting, count(*) - count(due_at_ms) AS dead FROM forward')
  const resend = db.prepare('UPDATE forward SET tries = 0, due_at_ms = ? WHERE due_at_ms IS NULL')
  const overflow = db.prepare(`UPDATE forward SET due_at_ms = NULL, reason = 'too many wait' WHERE seq IN
    (SELECT seq FROM forward WHERE due_at_ms IS NOT NULL ORDER BY seq DESC LIMIT -1 OFFSET ${limits.waiting})`)
  const forget = db.prepare(`DELETE FROM forward WHERE seq IN
    (SELECT seq FROM forward WHERE due_at_ms IS NULL ORDER BY seq DESC LIMIT -1 OFFSET ${limits.dead})`)
  const trim = () => {
    overflow.run()
    forget.run()
  }
  return {
    put: (event, nowMs) => {
      if (put.run(event.id, JSON.stringify(event), nowMs, nowMs).changes === 1) trim()
    },
    due: nowMs =>
      due.all(nowMs).map(row => ({
        seq: row['seq'] as number,
        event: cloudEventSchema.parse(JSON.parse(row['event'] as string)),
        tries: row['tries'] as number,
      })),
    done: seq => void done.run(seq),
    failed: (seq, reason, againAtMs) => {
      failed.run(reason, againAtMs ?? null, seq)
      trim()
    },
    dead: () =>
      dead.all().map(row => ({
        seq: row['seq'] as number,
        id: row['id'] as string,
        type: cloudEventSchema.parse(JSON.parse(row['event'] as string)).type,
        queuedAt: new Date(row['queued_at_ms'] as number).toISOString(),
        tries: row['tries'] as number,
        reason: (row['reason'] as string | null) ?? '',
      })),
    counts: () => {
      const row = counts.get()
      return { waiting: row?.['waiting'] as number, dead: row?.['dead'] as number }
    },
    resend: nowMs => Number(resend.run(nowMs).changes),
  }
}
