import {
  type ColumnKind,
  type DataTable,
  FIGURES,
  FIGURE_DEFINITIONS,
  type FigureReport,
  type FigureUnit,
  type Figures,
  type TableCell,
} from '@harbor/protocol'
import { localTime } from '../tables/cell-words.ts'

const HOUR_MS = 3_600_000

/** Durations are told in hours: repairs take some, and a spreadsheet adds them up. */
const COLUMNS: Readonly<Record<FigureUnit, { kind: ColumnKind; unit?: string }>> = {
  count: { kind: 'count' },
  ms: { kind: 'number', unit: 'h' },
  share: { kind: 'share' },
  fen: { kind: 'fen' },
}

/** The figures of maintenance as a table, with the period by the stations' clock and what each figure means below it. */
export function figureTable({ rows, total, from, to, by }: FigureReport, timeZone: string): DataTable {
  const [begins, ends] = [localTime(from, timeZone), localTime(to, timeZone)]
  const cells = (figures: Figures): TableCell[] =>
    FIGURES.map(name => {
      const value = figures[name]
      return value !== undefined && FIGURE_DEFINITIONS[name].unit === 'ms' ? value / HOUR_MS : value
    })
  return {
    id: `figures-${from.slice(0, 10)}-${to.slice(0, 10)}-${by}`,
    titleZh: '维修指标',
    titleEn: 'Figures of maintenance',
    columns: [
      { key: 'part', nameZh: '分类', nameEn: 'Part', kind: 'text' },
      { key: 'name', nameZh: '名称', nameEn: 'Name', kind: 'text' },
      ...FIGURES.map(key => {
        const { unit, nameZh, nameEn } = FIGURE_DEFINITIONS[key]
        return { key, nameZh, nameEn, ...COLUMNS[unit] }
      }),
    ],
    rows: rows.map(({ key, nameZh, nameEn, figures }) => [key, { zh: nameZh, en: nameEn }, ...cells(figures)]),
    total: ['', '', ...cells(total)],
    notes: [
      { zh: `统计期 ${begins} 至 ${ends}。`, en: `Period: ${begins} to ${ends}.` },
      ...FIGURES.map(name => {
        const { nameZh, nameEn, textZh, textEn } = FIGURE_DEFINITIONS[name]
        return { zh: `${nameZh}：${textZh}`, en: `${nameEn}: ${textEn}` }
      }),
    ],
  }
}
