import type { ApplianceKind, AssetColumn, ImportProblem, ImportReason } from '@harbor/protocol'
import { type AssetRow, factsOf } from './asset-row.ts'
import type { AssetDraft } from './asset-table.ts'
import { madeTag } from './asset-tag.ts'
import { type WantedAsset, differences, emptyRow } from './asset-writes.ts'

/** An appliance of the register as an import has to know it. */
export interface KnownAsset {
  row: AssetRow
  kind: ApplianceKind
}

/** What the fleet has. */
export interface KnownFleet {
  byId: ReadonlyMap<string, KnownAsset>
  /** Whose tag it is. */
  byTag: ReadonlyMap<string, string>
  /** `foreign`: there is one, outside the person's districts. */
  reach: (station: string) => 'own' | 'foreign' | 'none'
}

/** One appliance that the import makes or changes. */
export interface ImportStep {
  isNew: boolean
  row: AssetRow
  kind: ApplianceKind
  wanted: WantedAsset
}

/** Ids that the server makes are as the demo's: station, then kind. */
const SHORT_KINDS: Readonly<Record<ApplianceKind, string>> = {
  fridge: 'fridge',
  air_conditioner: 'ac',
  microwave: 'microwave',
  water_dispenser: 'water',
}
const MAX_ID = 40

/**
 * What is to be done, row by row, and what is wrong against the fleet and between rows. Nothing is done here.
 *
 * @param drafts rows without a wrong cell
 * @param nameOf what the table calls a column
 */
export function planImport(
  drafts: readonly AssetDraft[],
  fleet: KnownFleet,
  nameOf: (column: AssetColumn) => string,
): { steps: ImportStep[]; unchanged: number; problems: ImportProblem[] } {
  const problems: ImportProblem[] = []
  const steps: ImportStep[] = []
  // Ids that rows name are kept free of those that are made.
  const taken = new Set(drafts.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])))
  const done = new Set<string>()
  const tags = new Map<string, string>()
  let unchanged = 0

  for (const draft of drafts) {
    const wrong = (column: AssetColumn, reason: ImportReason, given?: string | null) =>
      void problems.push({
        row: draft.row,
        column: nameOf(column),
        reason,
        ...(typeof given === 'string' && { given }),
      })
    const count = problems.length
    const tagged = typeof draft.assetTag === 'string' ? fleet.byTag.get(draft.assetTag) : undefined
    const named = draft.id ?? tagged
    const known = named === undefined ? undefined : fleet.byId.get(named)
    const station = draft.station ?? known?.row.station
    const kind = draft.kind ?? known?.kind
    if (known !== undefined && fleet.reach(known.row.station) !== 'own') wrong('id', 'other_district', named)
    if (known !== undefined && kind !== known.kind) wrong('kind', 'kind_differs', kind)
    if (station === undefined) wrong('station', 'required')
    else if (fleet.reach(station) === 'none') wrong('station', 'unknown_station', station)
    else if (fleet.reach(station) === 'foreign') wrong('station', 'other_district', station)
    if (kind === undefined) wrong('kind', 'required')
    if (named !== undefined && done.has(named)) wrong('id', 'repeated_id', named)
    if (station === undefined || kind === undefined) continue

    const id = named ?? freeId(`${station}-${SHORT_KINDS[kind]}`, one => taken.has(one) || fleet.byId.has(one))
    taken.add(id)
    done.add(id)
    const row = known?.row ?? emptyRow({ appliance: id, station, tag: '' })
    const tag = draft.assetTag ?? (row.asset_tag || madeTag(id, other => fleet.byTag.has(other) || tags.has(other)))
    if (tags.has(tag)) wrong('assetTag', 'repeated_tag', tag)
    // A tag that is another's id would lead to that one: its id is looked for first.
    else if ((fleet.byTag.get(tag) ?? id) !== id || (tag !== id && fleet.byId.has(tag)))
      wrong('assetTag', 'tag_taken', tag)
    tags.set(tag, id)
    const wanted = wantedOf({ ...factsOf(row), ...draft.facts }, { station, assetTag: tag })
    const { installedOn, warrantyUntil } = wanted
    if (installedOn !== undefined && warrantyUntil !== undefined && warrantyUntil < installedOn)
      wrong('warrantyUntil', 'warranty_before_installed', warrantyUntil)
    if (problems.length > count) continue
    if (known !== undefined && differences(row, wanted).length === 0) unchanged += 1
    else steps.push({ isNew: known === undefined, row, kind, wanted })
  }
  return { steps, unchanged, problems }
}

/** An emptied cell takes away what was known. */
function wantedOf(
  facts: Readonly<Record<string, unknown>>,
  place: Pick<WantedAsset, 'station' | 'assetTag'>,
): WantedAsset {
  return { ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null)), ...place }
}

function freeId(stem: string, isTaken: (id: string) => boolean): string {
  const short = stem.slice(0, MAX_ID - 5)
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? short : `${short}-${number}`
    if (!isTaken(id)) return id
  }
}
