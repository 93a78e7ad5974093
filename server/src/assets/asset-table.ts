import {
  APPLIANCE_KINDS,
  ASSET_COLUMNS,
  ASSET_COLUMN_NAMES,
  type ApplianceKind,
  type Asset,
  type AssetColumn,
  type AssetFacts,
  type ImportProblem,
  type ImportReason,
  assetFactsSchema,
  assetTagSchema,
  calendarDaySchema,
  idSchema,
} from '@harbor/protocol'

/** The most that one table may have (chosen: four appliances of 2,500 stations). */
export const MAX_IMPORT_ROWS = 10_000
/** As much of a wrong cell is told. */
const MAX_GIVEN = 60

/** What a row says; undefined: the table has no such column; null: its cell is empty. */
export interface AssetDraft {
  /** As a spreadsheet counts. */
  row: number
  id: string | null | undefined
  assetTag: string | null | undefined
  station: string | null | undefined
  kind: ApplianceKind | null | undefined
  facts: { [Field in keyof AssetFacts]?: NonNullable<AssetFacts[Field]> | null }
}

/** Words that a person may write for a kind, in lower case. */
const KIND_WORDS: ReadonlyMap<string, ApplianceKind> = new Map([
  ...APPLIANCE_KINDS.map(kind => [kind, kind] as const),
  ['冰箱', 'fridge'],
  ['空调', 'air_conditioner'],
  ['air conditioner', 'air_conditioner'],
  ['微波炉', 'microwave'],
  ['饮水机', 'water_dispenser'],
  ['water dispenser', 'water_dispenser'],
] as const)

/** A spreadsheet writes dates with slashes, dots or Chinese words, and without leading zeros. */
const LOOSE_DATE = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/
const PRICE = /^\d{1,8}(\.\d{1,2})?$/

/** The register as a table: the names of the columns, then a row for each. */
export function tableOf(assets: readonly Asset[], language: 'zh' | 'en'): string[][] {
  return [
    ASSET_COLUMNS.map(column => ASSET_COLUMN_NAMES[column][language]),
    ...assets.map(asset => ASSET_COLUMNS.map(column => cellOf(asset, column))),
  ]
}

function cellOf(asset: Asset, column: AssetColumn): string {
  return column === 'price' ? yuanOf(asset.priceFen) : (asset[column] ?? '')
}

function yuanOf(fen: number | undefined): string {
  return fen === undefined ? '' : `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}

/** What a table says, and all that is wrong with it by itself. Rows without a word are passed over. */
export function readAssetTable(table: readonly (readonly string[])[]): {
  drafts: AssetDraft[]
  problems: ImportProblem[]
  /** What the table calls a column. */
  nameOf: (column: AssetColumn) => string
} {
  const problems: ImportProblem[] = []
  const [head = [], ...body] = table
  const columns = readHead(head, problems)
  const nameOf = (column: AssetColumn) => columns.get(column)?.name ?? bothNames(column)
  if (body.length > MAX_IMPORT_ROWS) {
    problems.push({ row: 0, reason: 'too_many_rows', given: String(body.length) })
  }
  if (problems.length > 0) return { drafts: [], problems, nameOf }
  const drafts = body.flatMap((cells, index) => {
    if (cells.every(cell => cell === '')) return []
    return [readRow(cells, { row: index + 2, columns, problems })]
  })
  if (drafts.length === 0) problems.push({ row: 0, reason: 'no_rows' })
  return { drafts, problems, nameOf }
}

function bothNames(column: AssetColumn): string {
  const { zh, en } = ASSET_COLUMN_NAMES[column]
  return `${zh} / ${en}`
}

function readHead(head: readonly string[], problems: ImportProblem[]): Map<AssetColumn, { at: number; name: string }> {
  const columns = new Map<AssetColumn, { at: number; name: string }>()
  for (const [at, name] of head.entries()) {
    if (name === '') continue
    const column = columnNamed(name)
    if (column === undefined) problems.push({ row: 1, column: name, reason: 'unknown_column' })
    else if (columns.has(column)) problems.push({ row: 1, column: name, reason: 'repeated_column' })
    else columns.set(column, { at, name })
  }
  if (!columns.has('id') && !columns.has('assetTag') && !(columns.has('station') && columns.has('kind')))
    problems.push({ row: 1, column: bothNames('id'), reason: 'missing_column' })
  return columns
}

function columnNamed(text: string): AssetColumn | undefined {
  const name = text.toLowerCase()
  return ASSET_COLUMNS.find(column => {
    const { zh, en } = ASSET_COLUMN_NAMES[column]
    return [column.toLowerCase(), zh, en.toLowerCase()].includes(name)
  })
}

interface RowReading {
  row: number
  columns: ReadonlyMap<AssetColumn, { at: number; name: string }>
  problems: ImportProblem[]
}

function readRow(cells: readonly string[], { row, columns, problems }: RowReading): AssetDraft {
  const read = <T>(column: AssetColumn, parse: (text: string) => T | undefined, reason: ImportReason) => {
    const place = columns.get(column)
    if (place === undefined) return undefined
    const text = cells[place.at] ?? ''
    if (text === '') return null
    const value = parse(text)
    if (value !== undefined) return value
    problems.push({ row, column: place.name, reason, given: text.slice(0, MAX_GIVEN) })
    return undefined
  }
  const line = (column: 'model' | 'maker' | 'serial' | 'supplier') =>
    read(column, text => assetFactsSchema.shape[column].safeParse(text).data, 'bad_text')
  const given = {
    model: line('model'),
    maker: line('maker'),
    serial: line('serial'),
    supplier: line('supplier'),
    installedOn: read('installedOn', dateOf, 'bad_date'),
    warrantyUntil: read('warrantyUntil', dateOf, 'bad_date'),
    priceFen: read('price', fenOf, 'bad_price'),
    retiredOn: read('retiredOn', dateOf, 'bad_date'),
  }
  const facts = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return {
    row,
    id: read('id', text => idSchema.safeParse(text).data, 'bad_id'),
    assetTag: read('assetTag', text => assetTagSchema.safeParse(text).data, 'bad_tag'),
    station: read('station', text => idSchema.safeParse(text).data, 'unknown_station'),
    kind: read('kind', text => KIND_WORDS.get(text.toLowerCase()), 'unknown_kind'),
    facts,
  }
}

function dateOf(text: string): string | undefined {
  const [, year, month, day] = LOOSE_DATE.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return undefined
  return calendarDaySchema.safeParse(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`).data
}

function fenOf(text: string): number | undefined {
  const plain = text.replace(/^¥\s*/, '').replaceAll(/(?<=\d),(?=\d{3})/g, '')
  return PRICE.test(plain) ? Math.round(Number(plain) * 100) : undefined
}
