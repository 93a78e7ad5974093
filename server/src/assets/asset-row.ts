import type { Asset, AssetFacts, WarrantyState } from '@harbor/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'

/** A warranty is at its end for so long before it is over (chosen: a claim still fits in). */
export const WARRANTY_ENDING_DAYS = 90

const DAY_MS = 24 * 3_600_000

/** Appliances with all that the register shows of them, as one query to narrow down. */
export function selectAssetRows(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('asset')
    .innerJoin('appliance', 'appliance.id', 'asset.appliance')
    .innerJoin('station', 'station.id', 'appliance.station')
    .selectAll('asset')
    .select(['appliance.kind', 'station.district', 'station.name_zh', 'station.name_en'])
}

export type AssetRow = Selectable<RegistryTables['asset']>
export type AssetViewRow = Awaited<ReturnType<ReturnType<typeof selectAssetRows>['execute']>>[number]

/** What of a row a person may say. */
export function factsOf(row: AssetRow): AssetFacts {
  return {
    ...(row.model !== null && { model: row.model }),
    ...(row.maker !== null && { maker: row.maker }),
    ...(row.serial !== null && { serial: row.serial }),
    ...(row.supplier !== null && { supplier: row.supplier }),
    ...(row.installed_on !== null && { installedOn: row.installed_on }),
    ...(row.warranty_until !== null && { warrantyUntil: row.warranty_until }),
    ...(row.price_fen !== null && { priceFen: Number(row.price_fen) }),
    ...(row.retired_on !== null && { retiredOn: row.retired_on }),
  }
}

/** @param today the day on the stations' calendar. */
export function toAssetView(row: AssetViewRow, today: string): Asset {
  return {
    ...factsOf(row),
    id: row.appliance,
    assetTag: row.asset_tag,
    kind: row.kind,
    station: row.station,
    stationNameZh: row.name_zh,
    stationNameEn: row.name_en,
    district: row.district,
    warranty: warrantyState(row.warranty_until, today),
    revision: row.revision,
  }
}

/** The last day of a warranty counts as covered. */
export function warrantyState(until: string | null, today: string): WarrantyState {
  if (until === null) return 'unknown'
  if (until < today) return 'expired'
  return until <= daysLater(today, WARRANTY_ENDING_DAYS) ? 'ending' : 'running'
}

/** The date so many days after another. */
export function daysLater(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The day on a zone's calendar at an instant. */
export function dayIn(timeZone: string, atMs: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(atMs)
}
