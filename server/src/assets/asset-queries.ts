import type { ApplianceKind, Person, WarrantyState } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { WARRANTY_ENDING_DAYS, daysLater, selectAssetRows } from './asset-row.ts'

type Tx = Kysely<RegistryTables>

/** What a list is narrowed to. */
export interface AssetQuery {
  kind?: ApplianceKind | undefined
  station?: string | undefined
  district?: string | undefined
  warranty?: WarrantyState | undefined
  /** In service, retired, or both. */
  service: 'in' | 'retired' | 'all'
  /** Part of a tag, id, model, serial number, maker or station's name. */
  text?: string | undefined
  ids?: readonly string[] | undefined
  limit: number
  /** The `next` of the page before: an id. */
  after?: string | undefined
}

/** Appliances of a person's districts. */
export function ownRows(db: Tx, person: Person) {
  return selectAssetRows(db).where(withinScope(person, { district: 'station.district', station: 'station.id' }))
}

/** Those that a query asks for. */
export function narrow(rows: ReturnType<typeof ownRows>, query: AssetQuery, today: string) {
  const { kind, station, district, warranty, service, text, ids } = query
  const soon = daysLater(today, WARRANTY_ENDING_DAYS)
  const like = `%${(text ?? '').replaceAll(/[\\%_]/g, found => `\\${found}`)}%`
  return rows
    .$if(kind !== undefined, q => q.where('appliance.kind', '=', kind as ApplianceKind))
    .$if(station !== undefined, q => q.where('appliance.station', '=', station as string))
    .$if(district !== undefined, q => q.where('station.district', '=', district as string))
    .$if(ids !== undefined, q => q.where('asset.appliance', 'in', ids as string[]))
    .$if(service === 'in', q => q.where('asset.retired_on', 'is', null))
    .$if(service === 'retired', q => q.where('asset.retired_on', 'is not', null))
    .$if(warranty === 'unknown', q => q.where('asset.warranty_until', 'is', null))
    .$if(warranty === 'expired', q => q.where('asset.warranty_until', '<', today))
    .$if(warranty === 'ending', q =>
      q.where('asset.warranty_until', '>=', today).where('asset.warranty_until', '<=', soon),
    )
    .$if(warranty === 'running', q => q.where('asset.warranty_until', '>', soon))
    .$if(text !== undefined, q =>
      q.where(eb =>
        eb.or(
          (
            [
              'asset.asset_tag',
              'asset.appliance',
              'asset.model',
              'asset.serial',
              'asset.maker',
              'station.name_zh',
              'station.name_en',
            ] as const
          ).map(column => eb(eb.fn('lower', [column]), 'like', eb.val(like.toLowerCase()).$castTo<string>())),
        ),
      ),
    )
}

/** @throws ApiProblem `conflict` when a tag is another's, or another's id: that would be found first. */
export async function checkTag(tx: Tx, appliance: string, tag: string): Promise<void> {
  const owner = await tx
    .selectFrom('asset')
    .select('appliance')
    .where(eb => eb.or([eb('asset_tag', '=', tag), eb('appliance', '=', tag)]))
    .where('appliance', '!=', appliance)
    .executeTakeFirst()
  if (owner !== undefined) throw new ApiProblem('conflict', `the tag ${tag} is on ${owner.appliance} already`)
}

/** Who changed an appliance last. */
export async function faster(tx: Tx, appliance: string): Promise<ApiProblem> {
  const last = await tx
    .selectFrom('asset_change')
    .leftJoin('person', 'person.login', 'asset_change.actor')
    .select(['asset_change.actor', 'asset_change.at_ms', 'person.name'])
    .where('appliance', '=', appliance)
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  const who = last?.name ?? last?.actor ?? 'the system'
  return new ApiProblem(
    'conflict',
    `${who} was faster, at ${new Date(Number(last?.at_ms ?? 0)).toISOString()}; look again`,
  )
}
