import type { DataTable } from '@harbor/protocol'
import { writeCsv } from 'hucre/csv'
import { writeXlsx } from 'hucre/xlsx'
import { type TableLanguage, type TableManner, headingOf, isNumeric, plainCell } from './cell-words.ts'
import { guardCell } from './guarded-cell.ts'

const TOTAL = { zh: '合计', en: 'Total' } as const
/** Characters; wider columns are cut by no program, only narrower on the screen. */
const WIDTH = { smallest: 8, largest: 48 } as const

type Row = (string | number)[]

/** A table as CSV in UTF-8 with the mark that spreadsheets know: headings, rows, total, an empty line, notes. */
export function tableCsv(table: DataTable, manner: TableManner): string {
  return writeCsv(linesOf(table, manner), { bom: true })
}

/** Tables as a spreadsheet, a sheet each: numbers stay numbers, the headings stay in sight, the notes stand below. */
export async function tablesXlsx(tables: readonly DataTable[], manner: TableManner): Promise<Uint8Array> {
  return writeXlsx({
    sheets: tables.map((table, index) => {
      const lines = linesOf(table, manner)
      // Excel allows 31 characters and none of these, and no name twice.
      const title = (manner.language === 'zh' ? table.titleZh : table.titleEn).replaceAll(/[\\/?*[\]:]/g, ' ')
      return {
        name: tables.length === 1 ? title.slice(0, 31) : `${index + 1} ${title}`.slice(0, 31),
        rows: lines,
        columns: table.columns.map((_, at) => ({ width: widthOf(lines.slice(0, table.rows.length + 1), at) })),
        freezePane: { rows: 1 },
      }
    }),
  })
}

function linesOf(table: DataTable, manner: TableManner): Row[] {
  const { language } = manner
  const { columns, rows, total, notes } = table
  const line = (cells: DataTable['rows'][number]): Row =>
    columns.map(({ kind }, at) => {
      const value = plainCell(cells[at], kind, manner) ?? ''
      // A minus before a number is no formula; what is text is guarded.
      return typeof value === 'number' && isNumeric(kind) ? value : guardCell(String(value))
    })
  return [
    columns.map(column => guardCell(headingOf(column, language))),
    ...rows.map(line),
    ...(total === undefined ? [] : [withTotal(line(total), language)]),
    ...(notes.length === 0 ? [] : [[], ...notes.map(note => [guardCell(note[language])])]),
  ]
}

/** The first cell says what the row is, unless the table says it itself. */
function withTotal([first, ...others]: Row, language: TableLanguage): Row {
  return [first === undefined || first === '' ? TOTAL[language] : first, ...others]
}

function widthOf(lines: readonly Row[], at: number): number {
  let widest: number = WIDTH.smallest
  // A Chinese character takes the room of two.
  for (const line of lines)
    widest = Math.max(
      widest,
      [...String(line[at] ?? '')].reduce((sum, char) => sum + wide(char), 2),
    )
  return Math.min(widest, WIDTH.largest)
}

function wide(char: string): number {
  return char > '\u{2E7F}' ? 2 : 1
}
