import { setImmediate } from 'node:timers/promises'
import type { ApplianceKind, AssetChange, AssetFacts, AssetField } from '@harbor/protocol'
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
  const set = { ...columnsOf(wanted), revision: row.revision + changes.length }
  await tx.updateTable('asset').set(set).where('appliance', '=', row.appliance).execute()
  await tx
    .updateTable('appliance')
    .set({ station: set.station, model: set.model, asset_tag: set.asset_tag })
    .where('id', '=', row.appliance)
    .execute()
  await tx
    .insertInto('asset_change')
    .values(changeRows(row, changes, origin))
    .execute()
  return true
}

/** An appliance that is new to the fleet. */
export interface NewAsset {
  row: AssetRow
  kind: ApplianceKind
  wanted: WantedAsset
}

/** Rows of a statement: with our widest table far below the 32,766 values that SQLite takes. */
const ROWS_PER_STATEMENT = 500

/** Registers new appliances, all that is known of them as their first changes; many in one statement, for a table may have thousands. */
export async function addAssets(
  tx: Kysely<RegistryTables>,
  added: readonly NewAsset[],
  origin: ChangeOrigin,
): Promise<void> {
  const changes = added.flatMap(({ row, wanted }) => changeRows(row, differences(row, wanted), origin))
  for (const part of chunks(added)) {
    const rows = part.map(({ row, kind, wanted }) => ({ row, kind, columns: columnsOf(wanted), wanted }))
    await tx
      .insertInto('appliance')
      .values(
        rows.map(({ row: { appliance: id }, kind, columns: { station, model, asset_tag } }) => ({
          id,
          station,
          kind,
          model,
          asset_tag,
        })),
      )
      .execute()
    await tx
      .insertInto('asset')
      .values(
        rows.map(({ row, columns, wanted }) => ({
          appliance: row.appliance,
          ...columns,
          revision: differences(row, wanted).length,
        })),
      )
      .execute()
    // Others have their turn: thousands of rows in one go would hold up the whole server.
    await setImmediate()
  }
  for (const part of chunks(changes)) {
    await tx.insertInto('asset_change').values(part).execute()
    await setImmediate()
  }
}

function columnsOf(wanted: WantedAsset): Omit<AssetRow, 'appliance' | 'revision'> {
  return {
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
  }
}

function changeRows(
  { appliance, revision }: AssetRow,
  changes: ReturnType<typeof differences>,
  { actor, by, atMs }: ChangeOrigin,
) {
  return changes.map((change, index) => ({ appliance, seq: revision + index + 1, at_ms: atMs, actor, by, ...change }))
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) yield rows.slice(from, from + ROWS_PER_STATEMENT)
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
  return value === null || value === '' ? null : String(value)
}
