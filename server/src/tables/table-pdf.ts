import { setImmediate } from 'node:timers/promises'
import type { DataTable } from '@harbor/protocol'
import { PT_PER_MM, type PdfPage, pdfFile } from '../pdf/pdf-file.ts'
import { type TableManner, headingOf, isNumeric, readCell } from './cell-words.ts'

const MARGIN = 14 * PT_PER_MM
const TEXT_PT = 8
const LINE_PT = 12
const CELL_PADDING = 4
/** More columns than these stand on paper laid across. */
const UPRIGHT_COLUMNS = 6
const COLOURS = { text: '#1a1f26', faint: '#5b6673', line: '#c9d0d8', band: '#f3f5f7' } as const
const TOTAL = { zh: '合计', en: 'Total' } as const
const EMPTY = { zh: '没有数据', en: 'Nothing to show' } as const

/** What stands at the head of a printed report, beside the table's own title. */
export interface PdfHead extends TableManner {
  /** When it was made, in ms since 1970. */
  madeAtMs: number
}

/** Tables as one printable document, each with its title, its headings on every page, its notes, and pages numbered. A4. */
export async function tablesPdf(tables: readonly DataTable[], head: PdfHead & { title: string }): Promise<Buffer> {
  const isLandscape = tables.some(table => inOneLanguage(table, head).columns.length > UPRIGHT_COLUMNS)
  return pdfFile({ title: head.title, isLandscape }, async page => {
    let y = drawTitle(page, head)
    for (const table of tables)
      y = await drawTable(page, inOneLanguage(table, head), { head, y, isWithTitle: tables.length > 1 })
    drawFeet(page, head)
  })
}

/** One table as a printable document. */
export function tablePdf(table: DataTable, head: PdfHead): Promise<Buffer> {
  return tablesPdf([table], { ...head, title: head.language === 'zh' ? table.titleZh : table.titleEn })
}

/** Paper has no room for names in the language that it is not written in: they are left to the spreadsheets. */
function inOneLanguage(table: DataTable, { language }: PdfHead): DataTable {
  const keys = new Set(table.columns.map(({ key }) => key))
  if (!keys.has('nameZh') || !keys.has('nameEn')) return table
  const other = language === 'zh' ? 'nameEn' : 'nameZh'
  const isKept = (_: unknown, at: number) => table.columns[at]?.key !== other
  return {
    ...table,
    columns: table.columns.filter(isKept),
    rows: table.rows.map(row => row.filter(isKept)),
    ...(table.total !== undefined && { total: table.total.filter(isKept) }),
  }
}

/** The lowest that anything but the foot is drawn. */
const floorOf = (page: PdfPage) => page.page.height - MARGIN - LINE_PT

function drawTitle(page: PdfPage, { title }: { title: string }): number {
  const width = page.page.width - 2 * MARGIN
  page.fillColor(COLOURS.text).fontSize(16)
  const height = page.heightOfString(title, { width })
  page.text(title, MARGIN, MARGIN, { width })
  return MARGIN + height + LINE_PT
}

interface Placing {
  head: PdfHead
  /** Where it begins. */
  y: number
  isWithTitle: boolean
}

/** @returns where the next thing begins. */
async function drawTable(page: PdfPage, table: DataTable, { head, y: top, isWithTitle }: Placing): Promise<number> {
  const { language } = head
  const columns = table.columns.map(({ kind }) => ({ isRight: isNumeric(kind) }))
  const headings = table.columns.map(column => headingOf(column, language))
  const textOf = (cells: DataTable['rows'][number]) =>
    table.columns.map(({ kind }, at) => readCell(cells[at], kind, head))
  const rows = table.rows.map(textOf)
  const total = table.total === undefined ? undefined : textOf(table.total)
  if (total !== undefined && (table.total?.[0] ?? '') === '') total[0] = TOTAL[language]
  const all = [headings, ...rows, ...(total === undefined ? [] : [total])]
  const widths = fitColumns(page, all, columns)
  let y = top
  const newPage = () => {
    page.addPage()
    y = MARGIN
  }
  if (isWithTitle) {
    if (y + 5 * LINE_PT > floorOf(page)) newPage()
    page
      .fillColor(COLOURS.text)
      .fontSize(11)
      .text(language === 'zh' ? table.titleZh : table.titleEn, MARGIN, y)
    y += 1.6 * LINE_PT
  }
  const drawRow = (cells: readonly string[], manner: RowManner, following = 0) => {
    const height = rowHeight(page, cells, widths)
    if (y + height + following > floorOf(page)) {
      newPage()
      if (manner !== 'heading') drawRow(headings, 'heading')
    }
    drawCells(page, cells, { y, height, widths, columns, manner })
    y += height
  }
  drawRow(headings, 'heading')
  for (const [index, row] of rows.entries()) {
    // A total does not stand on a page alone.
    const following = total !== undefined && index === rows.length - 1 ? rowHeight(page, total, widths) : 0
    drawRow(row, index % 2 === 1 ? 'band' : 'plain', following)
    // A page takes some 30 ms: now and then others have their turn.
    if (index % 50 === 49) await setImmediate()
  }
  if (rows.length === 0) {
    page
      .fillColor(COLOURS.faint)
      .fontSize(TEXT_PT)
      .text(EMPTY[language], MARGIN + CELL_PADDING, y + CELL_PADDING)
    y += LINE_PT + CELL_PADDING
  }
  if (total !== undefined) drawRow(total, 'total')
  y += LINE_PT / 2
  for (const note of table.notes) {
    const width = page.page.width - 2 * MARGIN
    page.fontSize(TEXT_PT)
    const height = page.heightOfString(note[language], { width })
    if (y + height > floorOf(page)) newPage()
    page.fillColor(COLOURS.faint).fontSize(TEXT_PT).text(note[language], MARGIN, y, { width })
    y += height + 2
  }
  return y + LINE_PT
}

type RowManner = 'heading' | 'plain' | 'band' | 'total'

interface RowPlace {
  y: number
  height: number
  widths: readonly number[]
  columns: readonly { isRight: boolean }[]
  manner: RowManner
}

function drawCells(page: PdfPage, cells: readonly string[], { y, height, widths, columns, manner }: RowPlace): void {
  const width = widths.reduce((sum, one) => sum + one, 0)
  if (manner === 'band' || manner === 'heading') page.rect(MARGIN, y, width, height).fill(COLOURS.band)
  if (manner === 'total' || manner === 'heading') {
    const lineY = manner === 'total' ? y : y + height
    page
      .moveTo(MARGIN, lineY)
      .lineTo(MARGIN + width, lineY)
      .lineWidth(0.7)
      .stroke(COLOURS.line)
  }
  page.fillColor(manner === 'heading' ? COLOURS.faint : COLOURS.text).fontSize(TEXT_PT)
  let x = MARGIN
  for (const [at, cell] of cells.entries()) {
    const room = widths[at] ?? 0
    page.text(cell, x + CELL_PADDING, y + CELL_PADDING / 2, {
      width: room - 2 * CELL_PADDING,
      align: columns[at]?.isRight === true ? 'right' : 'left',
    })
    x += room
  }
}

function rowHeight(page: PdfPage, cells: readonly string[], widths: readonly number[]): number {
  page.fontSize(TEXT_PT)
  const heights = cells.map((cell, at) => page.heightOfString(cell, { width: (widths[at] ?? 0) - 2 * CELL_PADDING }))
  return Math.max(LINE_PT, ...heights) + CELL_PADDING
}

/** Where a line may break within a text: at spaces, and before and after every Chinese sign. */
const BREAKS = /\s+|(?<=[\u3000-\u9fff\uff00-\uffef])|(?=[\u3000-\u9fff\uff00-\uffef])/u

/**
 * Each column as wide as its longest text asks for, but none above a third, and all together as wide as the paper. Where that is not enough
 * for all, each has what its longest word takes, so that none is cut in two, and a name an eighth of the paper; the rest is shared.
 */
function fitColumns(
  page: PdfPage,
  rows: readonly (readonly string[])[],
  kinds: readonly { isRight: boolean }[],
): number[] {
  page.fontSize(TEXT_PT)
  const width = page.page.width - 2 * MARGIN
  const widest = (texts: readonly string[]) =>
    Math.min(width / 3, Math.max(24, ...texts.map(text => page.widthOfString(text))) + 2 * CELL_PADDING + 1)
  // Two hundred rows say enough of how wide a column is.
  const columns = (rows[0] ?? []).map((_, at) => rows.slice(0, 200).map(row => row[at] ?? ''))
  const wanted = columns.map(widest)
  const sum = wanted.reduce((total, one) => total + one, 0)
  const least = columns.map((texts, at) => {
    const ofWords = widest(texts.flatMap(text => text.split(BREAKS)))
    return kinds[at]?.isRight === true ? ofWords : Math.max(ofWords, Math.min(wanted[at] ?? 0, width / 8))
  })
  const leastSum = least.reduce((total, one) => total + one, 0)
  if (sum <= width || leastSum >= width) return wanted.map(one => (one / sum) * width)
  const share = (width - leastSum) / (sum - leastSum)
  return wanted.map((one, at) => {
    const needed = least[at] ?? one
    return needed + (one - needed) * share
  })
}

function drawFeet(page: PdfPage, { language, timeZone, madeAtMs }: PdfHead): void {
  const made = readCell(new Date(madeAtMs).toISOString(), 'instant', { language, timeZone })
  const { start, count } = page.bufferedPageRange()
  for (let index = 0; index < count; index += 1) {
    page.switchToPage(start + index)
    const y = page.page.height - MARGIN
    const number = `${index + 1} / ${count}`
    page.fillColor(COLOURS.faint).fontSize(7)
    page.text(language === 'zh' ? `制表 ${made}` : `Made ${made}`, MARGIN, y, { lineBreak: false })
    page.text(number, page.page.width - MARGIN - page.widthOfString(number), y, { lineBreak: false })
  }
}
