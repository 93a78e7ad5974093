import { setImmediate } from 'node:timers/promises'
import type { ImportProblem, ImportResult, Person } from '@harbor/protocol'
import { maySeeStation } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readTable } from '../tables/table-file.ts'
import { type KnownItem, type StockStep, itemKey, planStock } from './stock-plan.ts'
import { MAX_STOCK_ROWS, readStockRows } from './stock-rows.ts'
import { writeQuantity } from './stock-writes.ts'

/** Problems that are told one by one. */
const MAX_PROBLEMS = 200

export interface StockImportDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  nowMs: () => number
  newId: () => string
}

export interface StockImporting {
  person: Person
  /** Media type of the file. */
  type: string
  isDry: boolean
  /** The most items of one station. */
  mostItems: number
}

/** Takes a table of stock over, all rows or none; with `isDry` none in any case. What is written stands in the history as if by hand. */
export async function importStock(
  { db, directory, nowMs, newId }: StockImportDeps,
  bytes: Uint8Array,
  { person, type, isDry, mostItems }: StockImporting,
): Promise<ImportResult> {
  const table = await readTable(bytes, { type, maxRows: MAX_STOCK_ROWS })
  if (table === undefined) return resultOf(0, [{ row: 0, reason: 'unreadable' }])
  const { drafts, rows, problems } = readStockRows(table)
  return db.transaction().execute(async tx => {
    const items = await knownItems(tx, [...new Set(drafts.map(({ station }) => station))])
    const plan = planStock(drafts, { items, mostItems, reach: station => reachOf(directory, person, station) })
    const all = [...problems, ...plan.problems].sort((a, b) => a.row - b.row)
    if (all.length > 0) return resultOf(rows, all)
    const created = plan.steps.filter(({ batch }) => batch === undefined).length
    const counts = { created, changed: plan.steps.length - created, unchanged: plan.unchanged }
    if (isDry) return { ...resultOf(rows, []), ...counts }
    const made = new Map<string, string>()
    const writing = { made, actor: person.login, atMs: nowMs(), newId }
    for (const [index, step] of plan.steps.entries()) {
      await writeStep(tx, step, { ...writing, district: directory.stations.get(step.draft.station)?.record.district })
      // Others have their turn.
      if (index % 100 === 99) await setImmediate()
    }
    return { ...resultOf(rows, []), ...counts, isDone: true }
  })
}

function reachOf(directory: Pick<Directory, 'stations'>, person: Person, station: string): 'own' | 'foreign' | 'none' {
  const record = directory.stations.get(station)?.record
  if (record === undefined) return 'none'
  return maySeeStation(person, record) ? 'own' : 'foreign'
}

async function knownItems(tx: RegistryDb, stations: readonly string[]): Promise<KnownItem[]> {
  const items = await tx
    .selectFrom('stock_item')
    .selectAll()
    .where('station', 'in', [...stations, ''])
    .execute()
  const batches = await tx
    .selectFrom('stock_batch')
    .innerJoin('stock_item', 'stock_item.id', 'stock_batch.item')
    .selectAll('stock_batch')
    .where('stock_item.station', 'in', [...stations, ''])
    .execute()
  const batchesOf = Map.groupBy(batches, ({ item }) => item)
  return items.map(({ id, station, name, kind, unit, low }) => ({
    id,
    station,
    name,
    kind,
    unit,
    low,
    batches: (batchesOf.get(id) ?? []).map(({ expires_on: expiresOn, ...one }) => ({ ...one, expiresOn })),
  }))
}

interface StepWriting {
  /** Ids of items that this import made, by key. */
  made: Map<string, string>
  district: string | undefined
  actor: string
  atMs: number
  newId: () => string
}

async function writeStep(tx: RegistryDb, step: StockStep, writing: StepWriting): Promise<void> {
  const { draft, batch } = step
  const { actor, atMs, newId } = writing
  const item = await itemOf(tx, step, writing)
  if (draft.low !== undefined && step.item !== undefined && draft.low !== step.item.low)
    await tx.updateTable('stock_item').set({ low: draft.low }).where('id', '=', item).execute()
  if (batch !== undefined) {
    if (batch.quantity !== draft.quantity)
      await writeQuantity(tx, { ...batch, item }, { act: 'counted', after: draft.quantity, actor, atMs })
    return
  }
  if (draft.quantity === 0) return
  const id = newId()
  const row = { id, item, batch: draft.batch, quantity: 0, expires_on: draft.expiresOn ?? null }
  await tx.insertInto('stock_batch').values(row).execute()
  await writeQuantity(tx, { id, item, quantity: 0 }, { act: 'received', after: draft.quantity, actor, atMs })
}

/** The item's id; made when it is new. */
async function itemOf(tx: RegistryDb, { draft, item, kind, unit }: StockStep, writing: StepWriting): Promise<string> {
  const { made, district, actor, atMs, newId } = writing
  const known = item?.id ?? made.get(itemKey(draft))
  if (known !== undefined) return known
  const id = newId()
  made.set(itemKey(draft), id)
  const { station, name, low } = draft
  await tx
    .insertInto('stock_item')
    .values({
      id,
      station,
      district: district ?? '',
      kind,
      name,
      unit,
      low: low ?? null,
      created_at_ms: atMs,
      created_by: actor,
    })
    .execute()
  return id
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
