import type { BenchCheck, BenchMark, BenchView } from '@harbor/protocol'
import { PT_PER_MM as PT, type PdfPage, pdfFile } from '../../pdf/pdf-file.ts'

type Language = 'zh' | 'en'

/** A4, 210 × 297 mm (ISO 216). */
const PAGE = { leftMm: 18, topMm: 18, widthMm: 174, bottomMm: 280 }
const TITLE_PT = 18
const HEAD_PT = 12
const TEXT_PT = 9

const WORDS = {
  zh: {
    title: '网关验收单',
    draft: '未验收 · 当前状态',
    gateway: '网关',
    station: '站点',
    box: '设备箱',
    config: '配置版本',
    software: '软件版本',
    checks: '网关',
    devices: '设备',
    heard: '最近一次读数',
    never: '未收到',
    relay: '继电器测试',
    note: '备注',
    exceptions: '例外说明',
    accepted: '验收人',
    signature: '签字',
    marks: { green: '合格', red: '不合格', waiting: '待定' },
    lines: { claimed: '已认领', online: '在线', config: '配置已生效', clock: '时钟', outbox: '待发数据' },
  },
  en: {
    title: 'Acceptance of a gateway',
    draft: 'Not accepted: as it is now',
    gateway: 'Gateway',
    station: 'Station',
    box: 'Box',
    config: 'Config version',
    software: 'Software',
    checks: 'The gateway',
    devices: 'Its devices',
    heard: 'last reading',
    never: 'nothing heard',
    relay: 'relay test',
    note: 'Note',
    exceptions: 'Exceptions',
    accepted: 'Accepted by',
    signature: 'Signature',
    marks: { green: 'passed', red: 'failed', waiting: 'open' },
    lines: { claimed: 'Claimed', online: 'Connected', config: 'Config applied', clock: 'Clock', outbox: 'Outbox' },
  },
} as const satisfies Record<
  Language,
  Record<string, unknown> & { marks: Record<BenchMark, string>; lines: Record<BenchCheck, string> }
>

const COLOURS: Readonly<Record<BenchMark, string>> = { green: '#1a7f37', red: '#b3261e', waiting: '#6b6b6b' }

/** The acceptance of a gateway on paper: what was seen of it, line by line, when, by whom. */
export function acceptanceSheet(
  view: BenchView,
  { language, timeZone }: { language: Language; timeZone: string },
): Promise<Buffer> {
  const words = WORDS[language]
  const date = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone,
  })
  const timeText = (at: string) => date.format(new Date(at))
  return pdfFile({ title: `${words.title} ${view.gateway}` }, page => {
    const write = createLines(page)
    const { acceptance } = view
    write(words.title, TITLE_PT)
    const { hardware } = view
    const name = language === 'zh' ? view.stationNameZh : view.stationNameEn
    write(`${words.gateway}: ${view.gateway}   ${words.station}: ${name} (${view.station})`, TEXT_PT)
    if (hardware !== undefined)
      write(`${words.box}: ${[hardware.model, hardware.serial].filter(text => text !== undefined).join(', ')}`, TEXT_PT)
    write(`${words.config}: ${view.configVersion ?? '-'}   ${words.software}: ${view.software ?? '-'}`, TEXT_PT)
    write(acceptance === undefined ? words.draft : timeText(acceptance.at), TEXT_PT)
    write(words.checks, HEAD_PT)
    for (const { check, mark, detail } of view.checks)
      write(`${words.marks[mark]}   ${words.lines[check]}   ${detail ?? ''}`, TEXT_PT, COLOURS[mark])
    write(words.devices, HEAD_PT)
    for (const { device, vendor, address, mark, heardAt, metrics, relay } of view.devices) {
      write(`${words.marks[mark]}   ${device}   ${vendor} ${address}`, TEXT_PT, COLOURS[mark])
      const values = metrics.map(
        ({ metric, value, unit }) => `${metric} ${value}${unit === undefined ? '' : ` ${unit}`}`,
      )
      const heard = heardAt === undefined ? words.never : `${words.heard} ${timeText(heardAt)}: ${values.join(', ')}`
      write(`      ${heard}`, TEXT_PT)
      if (relay !== undefined)
        write(
          `      ${words.relay}: ${words.marks[relay.mark]} ${relay.at === undefined ? '' : timeText(relay.at)} ${relay.by ?? ''}`,
          TEXT_PT,
        )
    }
    if (acceptance !== undefined && acceptance.note !== '') write(`${words.note}: ${acceptance.note}`, TEXT_PT)
    if (acceptance?.exceptions !== undefined) write(`${words.exceptions}: ${acceptance.exceptions}`, TEXT_PT)
    write(acceptance === undefined ? '' : `${words.accepted}: ${acceptance.byName} (${acceptance.by})`, HEAD_PT)
    write(`${words.signature}: ______________________________`, HEAD_PT)
    return Promise.resolve()
  })
}

/** Writes one line below the other, on a new page where one is full. */
function createLines(page: PdfPage): (text: string, sizePt: number, colour?: string) => void {
  let y = PAGE.topMm * PT
  return (text, sizePt, colour = '#000') => {
    const width = PAGE.widthMm * PT
    page.fontSize(sizePt)
    const height = Math.max(page.heightOfString(text, { width }), sizePt * 1.45)
    if (y + height > PAGE.bottomMm * PT) {
      page.addPage()
      page.font('text').fontSize(sizePt)
      y = PAGE.topMm * PT
    }
    page.fillColor(colour).text(text, PAGE.leftMm * PT, y, { width })
    y += height + sizePt * 0.25
  }
}
