import type { ReceiptState } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import { type ReceiptEvent, afterEvent } from './receipts.ts'

type Tx = Kysely<RegistryTables>

/** Rows of one statement: SQLite takes 32,766 values at most. */
const AT_ONCE = 500

/** One step in the history of an order. */
export interface NoticeStep {
  what: string
  atMs: number
  n?: number
  actor?: string | undefined
  note?: string | undefined
  requestKey?: string | undefined
}

/** Adds steps to an order's history. Nothing in it is ever changed. */
export async function appendSteps(tx: Tx, notice: string, steps: readonly NoticeStep[]): Promise<void> {
  const { last } = await tx
    .selectFrom('notice_step')
    .select(eb => eb.fn.coalesce(eb.fn.max('seq'), eb.lit(0)).as('last'))
    .where('notice', '=', notice)
    .executeTakeFirstOrThrow()
  const rows = steps.map(({ what, atMs, n, actor, note, requestKey }, index) => ({
    notice,
    seq: Number(last) + index + 1,
    n: n ?? null,
    what,
    at_ms: atMs,
    actor: actor ?? null,
    note: note ?? null,
    request_key: requestKey ?? null,
  }))
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await tx
      .insertInto('notice_step')
      .values(rows.slice(from, from + AT_ONCE))
      .execute()
}

/** A receipt that something happens to. */
export interface ReceiptChange {
  n: number
  state: ReceiptState
  event: ReceiptEvent
  atMs: number
  actor?: string | undefined
  note?: string | undefined
  requestKey?: string | undefined
}

/** Moves receipts on and writes it into the history, in one transaction of the caller's; gives those that moved. */
export async function moveReceipts(
  tx: Tx,
  notice: string,
  changes: readonly ReceiptChange[],
): Promise<readonly ReceiptChange[]> {
  const moved: ReceiptChange[] = []
  for (const change of changes) {
    const { n, state, event, atMs, actor, note } = change
    const next = afterEvent(state, event)
    if (next === undefined) continue
    const { numUpdatedRows } = await tx
      .updateTable('notice_addressee')
      .set({ state: next, at_ms: atMs, actor: actor ?? null, note: note ?? null })
      .where('notice', '=', notice)
      .where('n', '=', n)
      // As it was read: what moved meanwhile is looked at in the next round.
      .where('state', '=', state)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) moved.push(change)
  }
  await appendSteps(
    tx,
    notice,
    moved.map(({ event, ...step }) => ({ ...step, what: event })),
  )
  return moved
}
