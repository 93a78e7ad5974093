import type { StockHistory } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { stockPhotoAddress } from './stock-photos.ts'

/** Lines of a history that are shown. */
const MAX_HISTORY = 500

/** What was changed of an item, the newest first, with the pictures that were taken while it was counted. */
export async function stockHistory(db: RegistryDb, item: string): Promise<StockHistory> {
  const rows = await db
    .selectFrom('stock_change')
    .innerJoin('stock_batch', 'stock_batch.id', 'stock_change.batch')
    .leftJoin('person', 'person.login', 'stock_change.actor')
    .selectAll('stock_change')
    .select(['stock_batch.batch as batch_name', 'person.name'])
    .where('stock_change.item', '=', item)
    .orderBy('stock_change.at_ms', 'desc')
    .orderBy('stock_change.seq', 'desc')
    .limit(MAX_HISTORY)
    .execute()
  const batches = [...new Set(rows.map(({ batch }) => batch)), '']
  const photos = await db.selectFrom('stock_photo').selectAll().where('batch', 'in', batches).orderBy('n').execute()
  return {
    changes: rows.map(row => ({
      batch: row.batch_name,
      act: row.act,
      before: row.before,
      after: row.after,
      ...(row.note !== null && { note: row.note }),
      photos: photos
        .filter(({ check_key: key, batch }) => key === row.check_key && batch === row.batch)
        .map(({ check_key: key, photo }) => stockPhotoAddress(key, photo)),
      by: row.name ?? row.actor,
      at: new Date(Number(row.at_ms)).toISOString(),
    })),
  }
}
