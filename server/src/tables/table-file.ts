import type { CellValue } from 'hucre/csv'
import { parseCsv, writeCsv } from 'hucre/csv'
import { readXlsx, writeXlsx } from 'hucre/xlsx'
import { guardCell, unguardCell } from './guarded-cell.ts'
import { unpacksWithin } from './zip-size.ts'

export const CSV_TYPE = 'text/csv'
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What a spreadsheet may unpack to (chosen: 10,000 rows of our columns are some 10 MB of XML). */
const MAX_UNPACKED_BYTES = 64 * 2 ** 20
/** Columns that are read: more than any table of ours has, so that an unknown one is named. */
const LAST_COLUMN = 'AZ'

/** A table as text, row by row, guarded cells undone; undefined: the file cannot be read. Rows beyond `maxRows` + 1 are left out. */
export async function readTable(
  bytes: Uint8Array,
  { type, maxRows }: { type: string; maxRows: number },
): Promise<string[][] | undefined> {
  try {
    const rows =
      type === XLSX_TYPE ? await xlsxRows(bytes, maxRows) : parseCsv(csvText(bytes), { preserveLeadingZeros: true })
    return rows?.slice(0, maxRows + 1).map(row => row.map(cell => unguardCell(cellText(cell)).trim()))
  } catch {
    return undefined // Damaged, encrypted or no table at all: the importer says so.
  }
}

/** What a table is, by its first bytes: a spreadsheet is a ZIP file, and browsers name CSV by whatever program opens it. */
export function tableType(bytes: Uint8Array): string {
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? XLSX_TYPE : CSV_TYPE
}

/** UTF-8 with the mark by which spreadsheets know it. */
export function writeCsvTable(rows: readonly (readonly string[])[]): string {
  return writeCsv(
    rows.map(row => row.map(guardCell)),
    { bom: true },
  )
}

/** Every cell is text: nothing is turned into a date or a number on the way. */
export async function writeXlsxTable(rows: readonly (readonly string[])[]): Promise<Uint8Array> {
  return writeXlsx({ sheets: [{ name: 'assets', rows: rows.map(row => row.map(guardCell)) }] })
}

async function xlsxRows(bytes: Uint8Array, maxRows: number): Promise<CellValue[][] | undefined> {
  if (!unpacksWithin(bytes, MAX_UNPACKED_BYTES)) return undefined
  const { sheets } = await readXlsx(bytes, { sheets: [0], range: `A1:${LAST_COLUMN}${maxRows + 2}` })
  return sheets[0]?.rows
}

/** Spreadsheets in China still save CSV as GB 18030; what is no UTF-8 is read as that. */
function csvText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

function cellText(cell: CellValue | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  return typeof cell === 'object' ? '' : String(cell)
}
