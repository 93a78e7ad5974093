import type { StockAct } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** A change of what is there. */
export interface StockWriting {
  act: StockAct
  after: number
  note?: string | undefined
  checkKey?: string | undefined
  /** Login. */
  actor: string
  atMs: number
}

/** Writes how much of a batch is there, with its line in the history that nobody can change; both in the transaction of the caller. */
export async function writeQuantity(
  tx: RegistryDb,
  { id, item, quantity }: { id: string; item: string; quantity: number },
  { act, after, note, checkKey, actor, atMs }: StockWriting,
): Promise<void> {
  if (after < 0) throw new ApiProblem('conflict', `there are only ${quantity} of it`)
  await tx.updateTable('stock_batch').set({ quantity: after }).where('id', '=', id).execute()
  const { seq } = await tx
    .selectFrom('stock_change')
    .select(eb => eb.fn.coalesce(eb.fn.max<number>('seq'), eb.lit(0)).as('seq'))
    .where('batch', '=', id)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('stock_change')
    .values({
      batch: id,
      seq: Number(seq) + 1,
      item,
      act,
      before: quantity,
      after,
      note: note ?? null,
      check_key: checkKey ?? null,
      actor,
      at_ms: atMs,
    })
    .execute()
}
