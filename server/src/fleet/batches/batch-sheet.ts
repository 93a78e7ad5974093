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
const TITLE_PT = 15
const TOKEN_PT = 14
const TEXT_PT = 8.5

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
    .rect(BOX.leftMm * PT, top, BOX.widthMm * PT, BOX.heightMm * PT)
    .dash(3, { space: 3 })
    .lineWidth(0.5)
    .stroke('#888')
    .undash()
  drawCode(page, box.link, {
    x: (BOX.leftMm + PADDING_MM) * PT,
    y: top + ((BOX.heightMm - CODE_MM) / 2) * PT,
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
  '1 接好网线和电源，登录盒子。 Connect the network and power, sign in to the box.',
  '2 运行 Run: harbor-gateway claim <扫码得到的链接 the link in the code>',
  '3 显示 claimed 即成功，启动服务；此码随即作废。 "claimed": done, start the service; this code is spent.',
  '4 重试无妨；若报 token_used，请勿使用此盒，联系硬件组。 Trying again does no harm; token_used: ask the team.',
]
