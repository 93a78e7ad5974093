import { assetTagSchema } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { type AssetRow, factsOf } from './asset-row.ts'
import { madeTag } from './asset-tag.ts'
import { emptyRow, writeAsset } from './asset-writes.ts'

const ROWS_PER_STATEMENT = 500

/**
 * Makes the register know every appliance of the fleet: each gets a row and a tag, and what the fleet's own document changed since
 * (a move, another model, another tag) goes into its history. Done again it changes nothing. Runs before the fleet is read.
 */
export async function takeInFleet(db: RegistryDb, nowMs: number): Promise<void> {
  await db.transaction().execute(async tx => {
    const appliances = await tx.selectFrom('appliance').selectAll().orderBy('id').execute()
    const rows = new Map((await tx.selectFrom('asset').selectAll().execute()).map(row => [row.appliance, row]))
    const owner = new Map([...rows.values()].map(row => [row.asset_tag, row.appliance]))
    // Tags that the fleet's document gives come before those that are made.
    for (const { id, asset_tag: tag } of appliances) if (tag !== null && !owner.has(tag)) owner.set(tag, id)
    const added: AssetRow[] = []
    const retagged: AssetRow[] = []
    for (const { id, station, model, asset_tag: given } of appliances) {
      const isOwn = given !== null && owner.get(given) === id && assetTagSchema.safeParse(given).success
      const row = rows.get(id)
      if (row === undefined) {
        const tag = isOwn ? given : madeTag(id, other => owner.has(other))
        owner.set(tag, id)
        const fresh = { ...emptyRow({ appliance: id, station, tag }), model }
        added.push(fresh)
        if (tag !== given) retagged.push(fresh)
        continue
      }
      const wanted = {
        ...factsOf(row),
        ...(model !== null && { model }),
        station,
        assetTag: isOwn ? given : row.asset_tag,
      }
      const isChanged = await writeAsset(tx, row, { wanted, origin: { actor: null, by: 'system', atMs: nowMs } })
      // The document says less than what is known: what is known stays.
      if (!isChanged && (given !== row.asset_tag || model !== row.model)) retagged.push(row)
    }
    for (let from = 0; from < added.length; from += ROWS_PER_STATEMENT)
      await tx
        .insertInto('asset')
        .values(added.slice(from, from + ROWS_PER_STATEMENT))
        .execute()
    for (const { appliance, asset_tag, model } of retagged)
      await tx.updateTable('appliance').set({ asset_tag, model }).where('id', '=', appliance).execute()
  })
}
