import {
  COORDINATE_SYSTEMS,
  type CoordinateSystem,
  FACILITIES,
  HOST_KINDS,
  REGISTER_COLUMNS,
  REGISTER_COLUMN_NAMES,
  type RegisterColumn,
  type RegisterProblem,
  type RegisterReason,
  type StationFacts,
  districtSchema,
  idSchema,
  stationFactsSchema,
  streetCodeSchema,
} from '@harbor/protocol'

/** The most that one table may have. */
export const MAX_IMPORT_ROWS = 10_000
/** As much of a wrong cell is told. */
const MAX_GIVEN = 60

/** What a row says; a fact that is undefined has no column, null: its cell is empty. */
export interface StationDraft {
  /** As a spreadsheet counts. */
  row: number
  id: string | null | undefined
  district: string | null | undefined
  position: { latDeg: number; lngDeg: number } | undefined
  system: CoordinateSystem | null | undefined
  state: string | null | undefined
  facts: { [Field in keyof StationFacts]?: NonNullable<StationFacts[Field]> | null }
}

/** What a table says, and all that is wrong with it by itself. Rows without a word are passed over. */
export interface ReadRows {
  drafts: StationDraft[]
  problems: RegisterProblem[]
  /** What the table calls a column. */
  nameOf: (column: RegisterColumn) => string
}

/** Names that people write for the systems, in lower case without spaces, hyphens and dots. */
const SYSTEM_WORDS: ReadonlyMap<string, CoordinateSystem> = new Map([
  ...COORDINATE_SYSTEMS.map(system => [system.toLowerCase(), system] as const),
  ['epsg4326', 'WGS84'],
  ['cgcs2000', 'WGS84'],
  ['gcj', 'GCJ02'],
  ['高德', 'GCJ02'],
  ['腾讯', 'GCJ02'],
  ['火星坐标', 'GCJ02'],
  ['bd', 'BD09'],
  ['bd09ll', 'BD09'],
  ['百度', 'BD09'],
])

/** A table's first row of names, then a row for each station. */
export function readStationRows(table: readonly (readonly string[])[]): ReadRows {
  const problems: RegisterProblem[] = []
  const [head = [], ...body] = table
  const columns = readHead(head, problems)
  const nameOf = (column: RegisterColumn) => columns.get(column)?.name ?? bothNames(column)
  if (body.length > MAX_IMPORT_ROWS) problems.push({ row: 0, reason: 'too_many_rows', given: String(body.length) })
  if (problems.length > 0) return { drafts: [], problems, nameOf }
  const drafts = body.flatMap((cells, index) =>
    cells.every(cell => cell === '') ? [] : [readRow(cells, { row: index + 2, columns, problems })],
  )
  if (drafts.length === 0) problems.push({ row: 0, reason: 'no_rows' })
  return { drafts, problems, nameOf }
}

/** A system by what people call it; undefined: none. */
export function systemNamed(text: string): CoordinateSystem | undefined {
  return SYSTEM_WORDS.get(text.toLowerCase().replaceAll(/[\s.:_-]/g, ''))
}

function bothNames(column: RegisterColumn): string {
  const { zh, en } = REGISTER_COLUMN_NAMES[column]
  return `${zh} / ${en}`
}

type Head = ReadonlyMap<RegisterColumn, { at: number; name: string }>

function readHead(head: readonly string[], problems: RegisterProblem[]): Head {
  const columns = new Map<RegisterColumn, { at: number; name: string }>()
  for (const [at, name] of head.entries()) {
    if (name === '') continue
    const column = REGISTER_COLUMNS.find(one => {
      const { zh, en } = REGISTER_COLUMN_NAMES[one]
      return [one.toLowerCase(), zh, en.toLowerCase()].includes(name.toLowerCase())
    })
    if (column === undefined) problems.push({ row: 1, column: name, reason: 'unknown_column' })
    else if (columns.has(column)) problems.push({ row: 1, column: name, reason: 'repeated_column' })
    else columns.set(column, { at, name })
  }
  if (!columns.has('id') && !(columns.has('district') && columns.has('nameZh')))
    problems.push({ row: 1, column: bothNames('id'), reason: 'missing_column' })
  return columns
}

function readRow(
  cells: readonly string[],
  { row, columns, problems }: { row: number; columns: Head; problems: RegisterProblem[] },
): StationDraft {
  const read = <T>(column: RegisterColumn, parse: (text: string) => T | undefined, reason: RegisterReason) => {
    const place = columns.get(column)
    if (place === undefined) return undefined
    const text = cells[place.at] ?? ''
    if (text === '') return null
    const value = parse(text)
    if (value !== undefined) return value
    problems.push({ row, column: place.name, reason, given: text.slice(0, MAX_GIVEN) })
    return undefined
  }
  const { shape } = stationFactsSchema
  const line = (column: 'nameZh' | 'nameEn' | 'addressZh' | 'addressEn' | 'hintZh' | 'hintEn' | 'hours' | 'notes') =>
    read(column, text => shape[column].safeParse(text).data, 'bad_text')
  const given = {
    nameZh: line('nameZh'),
    nameEn: line('nameEn'),
    addressZh: line('addressZh'),
    addressEn: line('addressEn'),
    hintZh: line('hintZh'),
    hintEn: line('hintEn'),
    hours: line('hours'),
    notes: line('notes'),
    street: read('street', text => streetCodeSchema.safeParse(text).data, 'unknown_street'),
    capacity: read('capacity', text => shape.capacity.safeParse(Number(text)).data, 'bad_number'),
    floorAreaM2: read('floorAreaM2', text => shape.floorAreaM2.safeParse(Number(text)).data, 'bad_number'),
    facilities: read('facilities', facilitiesOf, 'unknown_facility'),
    hostKind: read('hostKind', text => HOST_KINDS.find(kind => kind === text.toLowerCase()), 'unknown_host'),
    phone: read('phone', text => shape.phone.safeParse(text).data, 'bad_phone'),
  }
  const latDeg = read('latDeg', text => degrees(text, 90), 'bad_number')
  const lngDeg = read('lngDeg', text => degrees(text, 180), 'bad_number')
  if ((typeof latDeg === 'number') !== (typeof lngDeg === 'number') && latDeg !== undefined && lngDeg !== undefined)
    problems.push({ row, column: columns.get('lngDeg')?.name ?? bothNames('lngDeg'), reason: 'half_position' })
  return {
    row,
    id: read('id', text => idSchema.safeParse(text.toLowerCase()).data, 'bad_id'),
    district: read('district', text => districtSchema.safeParse(text).data, 'unknown_district'),
    position: typeof latDeg === 'number' && typeof lngDeg === 'number' ? { latDeg, lngDeg } : undefined,
    system: read('system', systemNamed, 'unknown_system'),
    state: read('state', text => text, 'bad_text'),
    facts: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
}

function facilitiesOf(text: string): StationFacts['facilities'] | undefined {
  const names = text.split(/[,，、;；]/).map(name => name.trim().toLowerCase())
  const known = FACILITIES.filter(facility => names.includes(facility))
  return known.length === names.length ? known : undefined
}

function degrees(text: string, limit: number): number | undefined {
  return /^-?\d{1,3}(\.\d{1,20})?$/.test(text) && Math.abs(Number(text)) <= limit ? Number(text) : undefined
}
