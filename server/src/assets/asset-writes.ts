import type { AssetChange, AssetFacts, AssetField } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import type { AssetRow } from './asset-row.ts'

/** An appliance as somebody wants it. */
export interface WantedAsset extends AssetFacts {
  assetTag: string
  station: string
}

/** Who changes it, and how. */
export interface ChangeOrigin {
  /** Login; null: the system. */
  actor: string | null
  by: AssetChange['by']
  atMs: number
}

/** Columns that are compared, by the name that their changes have. */
const COLUMNS = {
  assetTag: 'asset_tag',
  station: 'station',
  model: 'model',
  maker: 'maker',
  serial: 'serial',
  supplier: 'supplier',
  installedOn: 'installed_on',
  warrantyUntil: 'warranty_until',
  priceFen: 'price_fen',
  retiredOn: 'retired_on',
} as const satisfies Partial<Record<AssetField, keyof AssetRow>>

/** What would change, field by field; empty: nothing. */
export function differences(
  row: AssetRow,
  wanted: WantedAsset,
): { field: keyof typeof COLUMNS; before: string | null; after: string | null }[] {
  return (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).flatMap(field => {
    const before = asText(row[COLUMNS[field]])
    const after = asText(wanted[field] ?? null)
    return before === after ? [] : [{ field, before, after }]
  })
}

/** Makes an appliance as it is wanted and writes every change down; returns whether there was any. */
export async function writeAsset(
  tx: Kysely<RegistryTables>,
  row: AssetRow,
  { wanted, origin }: { wanted: WantedAsset; origin: ChangeOrigin },
): Promise<boolean> {
  const changes = differences(row, wanted)
  if (changes.length === 0) return false
  const set = {
    asset_tag: wanted.assetTag,
    station: wanted.station,
    model: wanted.model ?? null,
    maker: wanted.maker ?? null,
    serial: wanted.serial ?? null,
    supplier: wanted.supplier ?? null,
    installed_on: wanted.installedOn ?? null,
    warranty_until: wanted.warrantyUntil ?? null,
    price_fen: wanted.priceFen ?? null,
    retired_on: wanted.retiredOn ?? null,
    revision: row.revision + changes.length,
  }
  await tx.updateTable('asset').set(set).where('appliance', '=', row.appliance).execute()
  await tx
    .updateTable('appliance')
    .set({ station: set.station, model: set.model, asset_tag: set.asset_tag })
    .where('id', '=', row.appliance)
    .execute()
  const { actor, by, atMs } = origin
  await tx
    .insertInto('asset_change')
    .values(
      changes.map((change, index) => ({
        appliance: row.appliance,
        seq: row.revision + index + 1,
        at_ms: atMs,
        actor,
        by,
        ...change,
      })),
    )
    .execute()
  return true
}

/** A row of which nothing is known but what the fleet needs. */
export function emptyRow({ appliance, station, tag }: { appliance: string; station: string; tag: string }): AssetRow {
  return {
    appliance,
    revision: 0,
    station,
    asset_tag: tag,
    model: null,
    maker: null,
    serial: null,
    supplier: null,
    installed_on: null,
    warranty_until: null,
    price_fen: null,
    retired_on: null,
  }
}

function asText(value: string | number | null): string | null {
  return value === null ? null : String(value)
}
