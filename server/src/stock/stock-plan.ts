import type { ImportProblem, ImportReason, StockColumn, StockKind } from '@harbor/protocol'
import { type StockDraft, stockColumnName } from './stock-rows.ts'

/** What a station keeps, as an import has to know it. */
export interface KnownItem {
  id: string
  station: string
  name: string
  kind: StockKind
  unit: string
  low: number | null
  batches: readonly { id: string; batch: string; quantity: number; expiresOn: string | null }[]
}

/** What is known already, by what a row names. */
export interface KnownStock {
  items: readonly KnownItem[]
  /** `foreign`: there is one, outside the person's districts. */
  reach: (station: string) => 'own' | 'foreign' | 'none'
  /** The most items of one station. */
  mostItems: number
}

/** One row that changes something. */
export interface StockStep {
  draft: StockDraft
  /** Undefined: the item is new, or an earlier row makes it. */
  item: KnownItem | undefined
  /** Undefined: the batch is new; and nothing comes of it when none is there. */
  batch: KnownItem['batches'][number] | undefined
  kind: StockKind
  unit: string
}

/** By this an item is the same one. */
export function itemKey({ station, name }: { station: string; name: string }): string {
  return JSON.stringify([station, name])
}

/** What is to be done, row by row, and what is wrong against what is known and between rows. Nothing is done here. */
export function planStock(
  drafts: readonly StockDraft[],
  { items, reach, mostItems }: KnownStock,
): { steps: StockStep[]; unchanged: number; problems: ImportProblem[] } {
  const problems: ImportProblem[] = []
  const steps: StockStep[] = []
  const known = new Map(items.map(item => [itemKey(item), item]))
  const counts = new Map<string, number>()
  for (const { station } of items) counts.set(station, (counts.get(station) ?? 0) + 1)
  /** New items by key: as the first row that names one says. */
  const made = new Map<string, { kind: StockKind; unit: string; low: number | undefined }>()
  const seen = new Set<string>()
  let unchanged = 0

  for (const draft of drafts) {
    const count = problems.length
    const wrong = (column: StockColumn, reason: ImportReason, given?: string) =>
      void problems.push({
        row: draft.row,
        column: stockColumnName(column),
        reason,
        ...(given !== undefined && { given }),
      })
    const { station, name, batch, quantity, expiresOn, low } = draft
    const isThere = reach(station)
    if (isThere === 'none') wrong('station', 'unknown_station', station)
    if (isThere === 'foreign') wrong('station', 'other_district', station)
    const key = itemKey(draft)
    const item = known.get(key)
    const like = item ?? made.get(key)
    if (like === undefined && draft.kind === undefined) wrong('kind', 'required')
    if (like === undefined && draft.unit === undefined) wrong('unit', 'required')
    if (like !== undefined && draft.kind !== undefined && draft.kind !== like.kind)
      wrong('kind', 'kind_differs', draft.kind)
    if (like !== undefined && draft.unit !== undefined && draft.unit !== like.unit)
      wrong('unit', 'unit_differs', draft.unit)
    const batchKey = JSON.stringify([key, batch, expiresOn])
    if (seen.has(batchKey)) wrong('batch', 'repeated_batch', batch)
    seen.add(batchKey)
    const kind = draft.kind ?? like?.kind
    const unit = draft.unit ?? like?.unit
    if (problems.length > count || kind === undefined || unit === undefined) continue
    if (like === undefined) {
      const kept = (counts.get(station) ?? 0) + 1
      if (kept > mostItems) {
        wrong('item', 'too_many_items', name)
        continue
      }
      counts.set(station, kept)
      made.set(key, { kind, unit, low })
    }
    const old = item?.batches.find(one => one.batch === batch && (one.expiresOn ?? undefined) === expiresOn)
    const isSameItem = like !== undefined && (low === undefined || low === (like.low ?? undefined))
    const isSameBatch = old === undefined ? quantity === 0 : old.quantity === quantity
    if (isSameItem && isSameBatch) unchanged += 1
    else steps.push({ draft, item, batch: old, kind, unit })
  }
  return { steps, unchanged, problems }
}
