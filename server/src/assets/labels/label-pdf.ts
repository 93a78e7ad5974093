import { setImmediate } from 'node:timers/promises'
import { PT_PER_MM as PT, type PdfPage, pdfFile } from '../../pdf/pdf-file.ts'
import { type SheetSize, placeOf } from './label-sheets.ts'
import { qrMatrix } from './qr-matrix.ts'

/** One label: what its code leads to, and what people read beside it. */
export interface Label {
  /** The whole address in the code. */
  address: string
  /** The largest line, then the smaller ones; empty ones are passed over. */
  title: string
  lines: readonly string[]
  /** Set apart at the foot: what is read aloud or typed. */
  foot: string
}

const PADDING_MM = 3
/** A code of that size is read from half a metre; more room goes to the words. */
const MAX_CODE_MM = 42
/** ISO/IEC 18004 6.3.8: four modules of white around the code. */
const QUIET_MODULES = 4
const MIN_FONT_PT = 5

/** Sheets of labels as a PDF, A4, to be printed at 100 %. Without a label: one empty page. */
export async function labelPdf(labels: readonly Label[], sheet: SheetSize): Promise<Buffer> {
  return pdfFile({ title: 'Labels' }, async document => {
    let page = 0
    for (const [index, label] of labels.entries()) {
      const place = placeOf(sheet, index)
      if (place.page > page) {
        document.addPage()
        page = place.page
        // A page takes some 30 ms: between two of them others have their turn.
        await setImmediate()
      }
      drawLabel(document, label, { ...place, ...sheet })
    }
  })
}

type Box = Pick<SheetSize, 'widthMm' | 'heightMm'> & { xMm: number; yMm: number }

function drawLabel(document: PdfPage, label: Label, box: Box): void {
  const codeMm = Math.min(box.heightMm - 2 * PADDING_MM, box.widthMm * 0.45, MAX_CODE_MM)
  const codeX = (box.xMm + PADDING_MM) * PT
  drawCode(document, label.address, { x: codeX, y: (box.yMm + (box.heightMm - codeMm) / 2) * PT, size: codeMm * PT })
  const x = codeX + (codeMm + 2) * PT
  const width = (box.xMm + box.widthMm - PADDING_MM) * PT - x
  const bottom = (box.yMm + box.heightMm - PADDING_MM) * PT
  const large = Math.min(14, box.heightMm * 0.3)
  const footSize = fitting(document, label.foot, { size: large, width })
  let y = (box.yMm + PADDING_MM) * PT
  const titleSize = fitting(document, label.title, { size: large, width })
  const texts = [{ text: label.title, size: titleSize }, ...label.lines.map(text => ({ text, size: large * 0.72 }))]
  for (const { text, size } of texts) {
    const room = bottom - footSize * 1.5 - y
    if (text === '' || room < MIN_FONT_PT * 1.45) continue
    document.fontSize(size)
    // A long name takes a second line, and is cut after that.
    const height = Math.min(document.heightOfString(text, { width }), size * 1.45 * 2, room)
    document.text(text, x, y, { width, height, ellipsis: true, lineBreak: true })
    y += height + 1
  }
  document.fontSize(footSize).text(label.foot, x, bottom - footSize * 1.45, { lineBreak: false })
}

/** The largest size up to `size` at which a text fits on one line. */
export function fitting(document: PdfPage, text: string, { size, width }: { size: number; width: number }): number {
  const widthAt = document.fontSize(size).widthOfString(text)
  return widthAt <= width ? size : Math.max(MIN_FONT_PT, (size * width) / widthAt)
}

/** The code of an address in a square, in points. Dark runs as one rectangle each: modules drawn one by one show hairlines between them. */
export function drawCode(
  document: PdfPage,
  address: string,
  { x, y, size }: { x: number; y: number; size: number },
): void {
  const code = qrMatrix(address)
  const module = size / (code.size + 2 * QUIET_MODULES)
  for (let row = 0; row < code.size; row += 1) {
    for (let column = 0; column < code.size; column += 1) {
      if (!code.isDark(row, column)) continue
      let end = column
      while (end + 1 < code.size && code.isDark(row, end + 1)) end += 1
      const left = x + (QUIET_MODULES + column) * module
      document.rect(left, y + (QUIET_MODULES + row) * module, (end - column + 1) * module, module)
      column = end
    }
  }
  document.fill('#000')
}
