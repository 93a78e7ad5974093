import { setImmediate } from 'node:timers/promises'
import { drawCode, fitting } from '../../assets/labels/label-pdf.ts'
import { PT_PER_MM as PT, type PdfPage, pdfFile } from '../../pdf/pdf-file.ts'

/** What the paper of one box says. */
export interface SheetBox {
  token: string
  /** In the code: the server's address and the token. */
  link: string
  station: string
  nameZh: string
  nameEn: string
  /** Whose place the box takes. */
  gateway: string | undefined
}

/** What is the same on every paper of a batch. */
export interface SheetHead {
  name: string
  serverUrl: string
  /** As people read it, with its zone. */
  expires: string
}

/** Papers on an A4 page (210 × 297 mm, ISO 216), one below the other, to be cut apart. */
const PER_PAGE = 4
const BOX = { leftMm: 12, topMm: 12, widthMm: 186, heightMm: 68 }
/** A code of this size is read by a phone at arm's length, however long the server's address. */
const CODE_MM = 52
const PADDING_MM = 4
/** To cut in. */
const GAP_MM = 2
const TITLE_PT = 15
const TOKEN_PT = 14
const TEXT_PT = 8

/** The sheet of a batch: for each box its code, what people read beside it, and what to do. */
export async function batchSheet(boxes: readonly SheetBox[], head: SheetHead): Promise<Buffer> {
  return pdfFile({ title: head.name }, async page => {
    for (const [index, box] of boxes.entries()) {
      if (index > 0 && index % PER_PAGE === 0) {
        page.addPage()
        // A page takes some 30 ms: between two of them others have their turn.
        await setImmediate()
      }
      drawBox(page, box, { ...head, topMm: BOX.topMm + (index % PER_PAGE) * BOX.heightMm })
    }
  })
}

function drawBox(page: PdfPage, box: SheetBox, { topMm, ...head }: SheetHead & { topMm: number }): void {
  const top = topMm * PT
  page
    .rect(BOX.leftMm * PT, top, BOX.widthMm * PT, (BOX.heightMm - GAP_MM) * PT)
    .dash(3, { space: 3 })
    .lineWidth(0.5)
    .stroke('#888')
    .undash()
  drawCode(page, box.link, {
    x: (BOX.leftMm + PADDING_MM) * PT,
    y: top + ((BOX.heightMm - GAP_MM - CODE_MM) / 2) * PT,
    size: CODE_MM * PT,
  })
  const x = (BOX.leftMm + CODE_MM + 2 * PADDING_MM) * PT
  const width = (BOX.widthMm - CODE_MM - 3 * PADDING_MM) * PT
  let y = top + PADDING_MM * PT
  const line = (text: string, size: number) => {
    const fits = fitting(page, text, { size, width })
    page.fontSize(fits).text(text, x, y, { width, height: fits * 1.45, ellipsis: true, lineBreak: true })
    y += fits * 1.45
  }
  line(box.nameZh, TITLE_PT)
  line(box.nameEn, TITLE_PT * 0.7)
  line(`${box.station}${box.gateway === undefined ? '' : `  替换 replaces ${box.gateway}`}`, TEXT_PT)
  line(box.token, TOKEN_PT)
  line(`${head.serverUrl}   有效至 until ${head.expires}   ${head.name}`, TEXT_PT)
  y += TEXT_PT * 0.4
  for (const text of STEPS) line(text, TEXT_PT)
}

/** As in docs/hardware-team.md. */
const STEPS = [
  '1 接好网线和电源。卡上已有刷机包的，盒子自行认领，跳过第 2 步。',
  '2 登录盒子，运行 harbor-gateway claim 加扫码得到的链接。',
  '3 显示 claimed 即成功，此码随即作废。报 token_used 时请勿使用，联系硬件组。',
  '1 Connect network and power. With a flash bundle on its card the box claims by itself: skip 2.',
  '2 Sign in to the box and run harbor-gateway claim with the link in the code.',
  '3 "claimed": done, this code is spent. "token_used": leave the box, call the team.',
]
