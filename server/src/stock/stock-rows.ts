import {
  type ImportProblem,
  type ImportReason,
  STOCK_COLUMNS,
  STOCK_COLUMN_NAMES,
  STOCK_KINDS,
  type StockColumn,
  type StockKind,
  calendarDaySchema,
  idSchema,
  stockBatchRequestSchema,
  stockItemRequestSchema,
} from '@harbor/protocol'

/** The most that one table may have (chosen: twenty batches of 250 stations). */
export const MAX_STOCK_ROWS = 5_000
/** As much of a wrong cell is told. */
const MAX_GIVEN = 60

/** What a row says. */
export interface StockDraft {
  /** As a spreadsheet counts. */
  row: number
  station: string
  name: string
  /** Undefined: the row does not say; then the item has to be known. */
  kind: StockKind | undefined
  unit: string | undefined
  low: number | undefined
  batch: string
  quantity: number
  expiresOn: string | undefined
}

/** Words that a person may write for a kind, in lower case. */
const KIND_WORDS: ReadonlyMap<string, StockKind> = new Map([
  ...STOCK_KINDS.map(kind => [kind, kind] as const),
  ['药箱', 'medicine_box'],
  ['medicine box', 'medicine_box'],
  ['饮用水', 'water'],
  ['drinking water', 'water'],
  ['防暑药品', 'heat_medicine'],
  ['heat medicine', 'heat_medicine'],
  ['其他', 'other'],
] as const)
/** A spreadsheet writes dates with slashes, dots or Chinese words, and without leading zeros. */
const LOOSE_DATE = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/

/**
 * What a table says, and all that is wrong with it by itself. The table ends at its first empty line: the notes that stand below it when it was
 * taken away from here are not read.
 */
export function readStockRows(table: readonly (readonly string[])[]): {
  drafts: StockDraft[]
  rows: number
  problems: ImportProblem[]
} {
  const problems: ImportProblem[] = []
  const [head = [], ...rest] = table
  const end = rest.findIndex(cells => cells.every(cell => cell === ''))
  const body = end < 0 ? rest : rest.slice(0, end)
  const columns = readHead(head, problems)
  if (body.length > MAX_STOCK_ROWS) problems.push({ row: 0, reason: 'too_many_rows', given: String(body.length) })
  if (body.length === 0) problems.push({ row: 0, reason: 'no_rows' })
  if (problems.length > 0) return { drafts: [], rows: body.length, problems }
  const drafts = body.flatMap((cells, index) => readRow(cells, { row: index + 2, columns, problems }) ?? [])
  return { drafts, rows: body.length, problems }
}

/** Both names of a column, as problems name it. */
export function stockColumnName(column: StockColumn): string {
  const { zh, en } = STOCK_COLUMN_NAMES[column]
  return `${zh} / ${en}`
}

type Columns = ReadonlyMap<StockColumn, number>

function readHead(head: readonly string[], problems: ImportProblem[]): Columns {
  const columns = new Map<StockColumn, number>()
  for (const [at, name] of head.entries()) {
    if (name === '') continue
    const column = STOCK_COLUMNS.find(one => {
      const { zh, en } = STOCK_COLUMN_NAMES[one]
      return [one.toLowerCase(), zh, en.toLowerCase()].includes(name.toLowerCase())
    })
    if (column === undefined) problems.push({ row: 1, column: name, reason: 'unknown_column' })
    else if (columns.has(column)) problems.push({ row: 1, column: name, reason: 'repeated_column' })
    else columns.set(column, at)
  }
  for (const needed of ['station', 'item', 'quantity'] as const)
    if (!columns.has(needed)) problems.push({ row: 1, column: stockColumnName(needed), reason: 'missing_column' })
  return columns
}

interface RowReading {
  row: number
  columns: Columns
  problems: ImportProblem[]
}

function readRow(cells: readonly string[], { row, columns, problems }: RowReading): StockDraft | undefined {
  const count = problems.length
  const read = <T>(column: StockColumn, parse: (text: string) => T | undefined, reason: ImportReason) => {
    const text = cells[columns.get(column) ?? -1] ?? ''
    if (text === '') return undefined
    const value = parse(text)
    if (value === undefined)
      problems.push({ row, column: stockColumnName(column), reason, given: text.slice(0, MAX_GIVEN) })
    return value
  }
  const { name: nameSchema, unit: unitSchema, low: lowSchema } = stockItemRequestSchema.shape
  const station = read('station', text => idSchema.safeParse(text).data, 'unknown_station')
  const name = read('item', text => nameSchema.safeParse(text).data, 'bad_text')
  const quantity = read('quantity', text => wholeNumber(text, 1_000_000), 'bad_number')
  const draft = {
    row,
    kind: read('kind', text => KIND_WORDS.get(text.toLowerCase()), 'unknown_kind'),
    unit: read('unit', text => unitSchema.safeParse(text).data, 'bad_text'),
    low: read('low', text => lowSchema.safeParse(wholeNumber(text, 100_000)).data, 'bad_number'),
    batch: read('batch', text => stockBatchRequestSchema.shape.batch.safeParse(text).data, 'bad_text') ?? '',
    expiresOn: read('expires', dateOf, 'bad_date'),
  }
  if (problems.length > count) return undefined
  for (const [column, value] of [
    ['station', station],
    ['item', name],
    ['quantity', quantity],
  ] as const)
    if (value === undefined) problems.push({ row, column: stockColumnName(column), reason: 'required' })
  if (station === undefined || name === undefined || quantity === undefined) return undefined
  return { ...draft, station, name, quantity }
}

function wholeNumber(text: string, largest: number): number | undefined {
  const plain = text.replaceAll(/(?<=\d),(?=\d{3})/g, '')
  return /^\d{1,7}$/.test(plain) && Number(plain) <= largest ? Number(plain) : undefined
}

function dateOf(text: string): string | undefined {
  const [, year, month, day] = LOOSE_DATE.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return undefined
  return calendarDaySchema.safeParse(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`).data
}
