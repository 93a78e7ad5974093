import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type EscalationBook, ESCALATION_TABLE, createEscalationBook } from './escalation-book.ts'
import { FORWARD_TABLE, type ForwardBook, createForwardBook } from './forward-book.ts'
import { MARK_TABLE, type MarkBook, createMarkBook } from './mark-book.ts'

/** What the flows must not forget when the process ends in the middle: on disk before the next thing is done. */
export interface Ledger {
  escalations: EscalationBook
  forwards: ForwardBook
  marks: MarkBook
  /** Safe to call twice. */
  close: () => void
}

/** Opens the ledger, a SQLite file, and makes it if it is not there. */
export function openLedger(path: string): Ledger {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(path)
  // FULL: what was said to be written is there after a power cut as well.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${ESCALATION_TABLE} ${FORWARD_TABLE} ${MARK_TABLE}`)
  return {
    escalations: createEscalationBook(db),
    forwards: createForwardBook(db),
    marks: createMarkBook(db),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}
