import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import Pdf from 'pdfkit'
import { unpackWoff } from './woff.ts'

/** Noto Sans SC (SIL Open Font License 1.1): Chinese, and Latin in the same hand. Only the glyphs used go into the file. */
const FONT = '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-500-normal.woff'

/** PostScript points in a millimetre. */
export const PT_PER_MM = 72 / 25.4

/** What is drawn on; it begins with an empty page, our font chosen. */
export type PdfPage = PDFKit.PDFDocument

let font: Promise<Buffer> | undefined

/** The font's bytes, read at the first use: 2.5 MB that most servers never need. */
function loadFont(): Promise<Buffer> {
  font ??= readFile(fileURLToPath(import.meta.resolve(FONT))).then(unpackWoff)
  return font
}

/** An A4 document without margins of its own, as `draw` draws it. Whatever `draw` throws is thrown. */
export async function pdfFile(
  { title, isLandscape = false }: { title: string; isLandscape?: boolean },
  draw: (page: PdfPage) => Promise<void>,
): Promise<Buffer> {
  const page = new Pdf({
    size: 'A4',
    layout: isLandscape ? 'landscape' : 'portrait',
    margin: 0,
    // Pages stay open until the end, so that each can say how many there are.
    bufferPages: true,
    info: { Title: title },
  })
  const chunks: Buffer[] = []
  page.on('data', (chunk: Buffer) => void chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    page.on('end', resolve)
    page.on('error', reject)
  })
  page.registerFont('text', await loadFont()).font('text')
  await draw(page)
  page.end()
  await ended
  return Buffer.concat(chunks)
}
