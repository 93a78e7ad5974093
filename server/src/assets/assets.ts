import type { Asset, AssetDetail, AssetEdit, ImportResult, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { importTable } from './asset-import.ts'
import { type AssetQuery, checkTag, faster, narrow, ownRows } from './asset-queries.ts'
import { dayIn, toAssetView } from './asset-row.ts'
import { lifeOf } from './asset-life.ts'
import { writeAsset } from './asset-writes.ts'
import { energyOf } from './energy.ts'
import type { KnownFleet } from './import-plan.ts'

/** Who may change what the register says, and who may bring whole tables. */
export const EDIT_ROLES = ['maintainer', 'manager', 'hardware', 'administrator'] as const
export const IMPORT_ROLES = ['manager', 'hardware', 'administrator'] as const
/** The register of appliances. */
export interface Assets {
  /** A page, limited to the person's districts in the query itself. */
  list: (person: Person, query: AssetQuery) => Promise<{ assets: Asset[]; total: number; next: string | undefined }>
  /** By tag or id. @throws ApiProblem `not_found`, also for another district's. */
  detail: (person: Person, tag: string) => Promise<AssetDetail>
  /** @throws ApiProblem `not_found`, `conflict` when somebody was faster or the tag is another's, `invalid_request`. */
  edit: (person: Person, tag: string, edit: AssetEdit) => Promise<AssetDetail>
  /** All rows or none; with `isDry` none in any case. */
  importTable: (person: Person, bytes: Uint8Array, options: { type: string; isDry: boolean }) => Promise<ImportResult>
}

export interface AssetsDeps {
  db: RegistryDb
  directory: LiveDirectory
  store: Pick<TelemetryStore, 'series'>
  timeZone: string
  /** What stands in a station is another than before. */
  onStationChanged: (station: string) => void
  /** The register of these districts is another than before. */
  onChanged: (districts: readonly string[]) => void
  nowMs: () => number
}

/** The register in the registry. */
export function createAssets(deps: AssetsDeps): Assets {
  const { db, directory, store, timeZone, nowMs } = deps
  const today = () => dayIn(timeZone, nowMs())
  const tell = async (ids: readonly string[]) => {
    const stations = await directory.refreshAppliances(ids)
    for (const station of stations) deps.onStationChanged(station)
    const districts = stations.flatMap(station => directory.stations.get(station)?.record.district ?? [])
    if (districts.length > 0) deps.onChanged([...new Set(districts)])
  }

  const find = async (person: Person, tag: string) => {
    const rows = await ownRows(db, person)
      .where(eb => eb.or([eb('asset.appliance', '=', tag), eb('asset.asset_tag', '=', tag)]))
      .execute()
    const row = rows.find(({ appliance }) => appliance === tag) ?? rows[0]
    if (row === undefined) throw new ApiProblem('not_found', `there is no appliance ${tag} in your districts`)
    return row
  }
  const detail = async (person: Person, tag: string): Promise<AssetDetail> => {
    const row = await find(person, tag)
    const devices = [...directory.devices.values()].flatMap(({ record }) =>
      record.appliance === row.appliance ? [record.id] : [],
    )
    const energy = await energyOf(store, devices, nowMs())
    return {
      ...toAssetView(row, today()),
      ...(await lifeOf(db, row.appliance)),
      ...(energy !== undefined && { energy }),
      mayEdit: EDIT_ROLES.some(role => role === person.role),
    }
  }

  return {
    list: async (person, query) => {
      const narrowed = narrow(ownRows(db, person), query, today())
      const { count } = await narrowed
        .clearSelect()
        .select(eb => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      const rows = await narrowed
        .$if(query.after !== undefined, q => q.where('asset.appliance', '>', query.after as string))
        .orderBy('asset.appliance')
        .limit(query.limit + 1)
        .execute()
      const shown = rows.slice(0, query.limit)
      const day = today()
      const next = rows.length > query.limit ? shown.at(-1)?.appliance : undefined
      return { assets: shown.map(row => toAssetView(row, day)), total: Number(count), next }
    },
    detail,
    edit: async (person, tag, { revision, ...wanted }) => {
      const { appliance } = await find(person, tag)
      const place = directory.stations.get(wanted.station)?.record
      if (place === undefined || !maySeeStation(person, place))
        throw new ApiProblem(
          'invalid_request',
          `body: station: there is no station ${wanted.station} in your districts`,
        )
      if ((wanted.warrantyUntil ?? '9') < (wanted.installedOn ?? ''))
        throw new ApiProblem('invalid_request', 'body: warrantyUntil: expected a day after installedOn')
      const isChanged = await db.transaction().execute(async tx => {
        const row = await tx
          .selectFrom('asset')
          .selectAll()
          .where('appliance', '=', appliance)
          .executeTakeFirstOrThrow()
        if (row.revision !== revision) throw await faster(tx, appliance)
        await checkTag(tx, appliance, wanted.assetTag)
        return writeAsset(tx, row, { wanted, origin: { actor: person.login, by: 'edit', atMs: nowMs() } })
      })
      if (isChanged) await tell([appliance])
      return detail(person, appliance)
    },
    importTable: async (person, bytes, { type, isDry }) => {
      const options = { person, type, isDry, atMs: nowMs(), reach: (station: string) => reach(person, station) }
      const { result, touched } = await db.transaction().execute(tx => importTable(tx, bytes, options))
      if (touched.length > 0) await tell(touched)
      return result
    },
  }

  function reach(person: Person, station: string): ReturnType<KnownFleet['reach']> {
    const place = directory.stations.get(station)?.record
    if (place === undefined) return 'none'
    return maySeeStation(person, place) ? 'own' : 'foreign'
  }
}
