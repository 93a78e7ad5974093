import { setImmediate } from 'node:timers/promises'
import type { CoordinateSystem, Person, RegisterImport, RegisterProblem } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { governs } from '../people/scope.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { readTable } from '../tables/table-file.ts'
import { GEOJSON_TYPE } from './geojson.ts'
import { geojsonRows } from './geojson-rows.ts'
import { type KnownRegister, planStations } from './import-plan.ts'
import { MAX_IMPORT_ROWS, type ReadRows, readStationRows } from './import-rows.ts'
import { addStations, writeStation } from './register-writes.ts'

type Tx = Kysely<RegistryTables>

/** Problems that are told one by one. */
const MAX_PROBLEMS = 200

export interface ImportOptions {
  person: Person
  type: string
  /** What the request says of every row; undefined: each row says it itself. */
  system: CoordinateSystem | undefined
  isDry: boolean
  /** Doubtful positions were looked at, and are right. */
  isSure: boolean
  atMs: number
  isReadable: KnownRegister['isReadable']
}

/** Takes a table of stations over, all rows or none; with `isDry` none in any case. Gives what was made or changed, too. */
export async function importStations(
  tx: Tx,
  bytes: Uint8Array,
  options: ImportOptions,
): Promise<{ result: RegisterImport; touched: string[] }> {
  const table = await rowsOf(bytes, options.type)
  if (table === undefined) return { result: outcome(0, [{ row: 0, reason: 'unreadable' }]), touched: [] }
  const { drafts, problems, nameOf }: ReadRows = readStationRows(table)
  const wrongRows = new Set(problems.map(({ row }) => row))
  const sound = drafts.filter(({ row }) => !wrongRows.has(row))
  const plan = planStations(sound, await knownRegister(tx, options), { system: options.system, nameOf })
  const all = [...problems, ...plan.problems].sort((a, b) => a.row - b.row)
  const result = outcome(drafts.length, all, plan.warnings)
  if (all.length > 0) return { result, touched: [] }
  const added = plan.steps.filter(({ row }) => row === undefined)
  const counts = { created: added.length, changed: plan.steps.length - added.length, unchanged: plan.unchanged }
  const isDone = !options.isDry && (options.isSure || plan.warnings.length === 0)
  if (!isDone) return { result: { ...result, ...counts }, touched: [] }
  const origin = { actor: options.person.login, origin: 'import' as const, atMs: options.atMs }
  await addStations(tx, added, origin)
  for (const [index, { row, wanted }] of plan.steps.entries()) {
    if (row !== undefined) await writeStation(tx, row, { wanted, origin })
    // Others have their turn.
    if (index % 100 === 99) await setImmediate()
  }
  return { result: { ...result, ...counts, isDone }, touched: plan.steps.map(({ id }) => id) }
}

async function rowsOf(bytes: Uint8Array, type: string): Promise<string[][] | undefined> {
  return type === GEOJSON_TYPE ? geojsonRows(bytes) : readTable(bytes, { type, maxRows: MAX_IMPORT_ROWS })
}

/** The whole register: an import is rare. */
async function knownRegister(tx: Tx, { person, isReadable }: ImportOptions): Promise<KnownRegister> {
  const rows = await tx.selectFrom('station').selectAll().execute()
  const regions = await tx.selectFrom('region').select('district').execute()
  const streets = await tx.selectFrom('street').select('street').execute()
  return {
    byId: new Map(rows.map(row => [row.id, row])),
    districts: new Set(regions.map(({ district }) => district)),
    streets: new Set(streets.map(({ street }) => street)),
    governs: region => governs(person, region),
    isReadable,
  }
}

function outcome(
  rows: number,
  problems: readonly RegisterProblem[],
  warnings: readonly RegisterProblem[] = [],
): RegisterImport {
  return {
    isDone: false,
    rows,
    created: 0,
    changed: 0,
    unchanged: 0,
    problems: problems.slice(0, MAX_PROBLEMS),
    problemCount: problems.length,
    warnings: warnings.slice(0, MAX_PROBLEMS),
    warningCount: warnings.length,
  }
}
