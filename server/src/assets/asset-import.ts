import { setImmediate } from 'node:timers/promises'
import type { ImportProblem, ImportResult, Person } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import { MAX_IMPORT_ROWS, readAssetTable } from './asset-table.ts'
import { addAssets, writeAsset } from './asset-writes.ts'
import { type KnownFleet, planImport } from './import-plan.ts'
import { readTable } from '../tables/table-file.ts'

type Tx = Kysely<RegistryTables>

/** Problems that are told one by one. */
const MAX_PROBLEMS = 200

/** What an import does, beside its answer. */
export interface ImportOutcome {
  result: ImportResult
  /** Appliances that were made or changed. */
  touched: string[]
}

/** Takes a table over, all rows or none; with `isDry` none in any case. */
export async function importTable(
  tx: Tx,
  bytes: Uint8Array,
  options: { person: Person; type: string; isDry: boolean; atMs: number; reach: KnownFleet['reach'] },
): Promise<ImportOutcome> {
  const table = await readTable(bytes, { type: options.type, maxRows: MAX_IMPORT_ROWS })
  if (table === undefined) return { result: resultOf(0, [{ row: 0, reason: 'unreadable' }]), touched: [] }
  const { drafts, problems, nameOf } = readAssetTable(table)
  const wrongRows = new Set(problems.map(({ row }) => row))
  const sound = drafts.filter(({ row }) => !wrongRows.has(row))
  const plan = planImport(sound, await knownFleet(tx, options.reach), nameOf)
  const all = [...problems, ...plan.problems].sort((a, b) => a.row - b.row)
  if (all.length > 0) return { result: resultOf(drafts.length, all), touched: [] }
  const origin = { actor: options.person.login, by: 'import' as const, atMs: options.atMs }
  const added = plan.steps.filter(({ isNew }) => isNew)
  if (!options.isDry) {
    await addAssets(tx, added, origin)
    for (const [index, { isNew, row, wanted }] of plan.steps.entries()) {
      if (!isNew) await writeAsset(tx, row, { wanted, origin })
      // Others have their turn.
      if (index % 100 === 99) await setImmediate()
    }
  }
  const created = added.length
  const counts = { created, changed: plan.steps.length - created, unchanged: plan.unchanged }
  return {
    result: { ...resultOf(drafts.length, []), ...counts, isDone: !options.isDry },
    touched: options.isDry ? [] : plan.steps.map(({ row }) => row.appliance),
  }
}

/** The whole register: tens of thousands of small rows at most, and an import is rare. */
async function knownFleet(tx: Tx, reach: KnownFleet['reach']): Promise<KnownFleet> {
  const rows = await tx
    .selectFrom('asset')
    .innerJoin('appliance', 'appliance.id', 'asset.appliance')
    .selectAll('asset')
    .select('appliance.kind')
    .execute()
  return {
    byId: new Map(rows.map(({ kind, ...row }) => [row.appliance, { row, kind }])),
    byTag: new Map(rows.map(row => [row.asset_tag, row.appliance])),
    reach,
  }
}

function resultOf(rows: number, problems: readonly ImportProblem[]): ImportResult {
  return {
    isDone: false,
    rows,
    created: 0,
    changed: 0,
    unchanged: 0,
    problems: problems.slice(0, MAX_PROBLEMS),
    problemCount: problems.length,
  }
}
