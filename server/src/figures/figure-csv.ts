import { FIGURES, FIGURE_DEFINITIONS, type FigureName, type FigureReport, type Figures } from '@harbor/protocol'
import { guardCell } from '../tables/guarded-cell.ts'

/** One cell with words: quoted where it must be (RFC 4180), and never a formula. */
export function csvCell(text: string): string {
  const safe = guardCell(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const WORDS = {
  zh: { part: '分类', name: '名称', all: '合计', means: '指标说明', from: '从', to: '至', hours: '小时', yuan: '元' },
  en: {
    part: 'Part',
    name: 'Name',
    all: 'Total',
    means: 'What the figures mean',
    from: 'From',
    to: 'To',
    hours: 'hours',
    yuan: 'CNY',
  },
} as const

/** A report as a table for spreadsheets, with the period and what each figure means below it; the mark lets Excel read Chinese. */
export function figureCsv({ rows, total, from, to }: FigureReport, language: 'zh' | 'en'): string {
  const words = WORDS[language]
  const nameOf = (figure: FigureName) => {
    const { nameZh, nameEn, unit } = FIGURE_DEFINITIONS[figure]
    const suffix = { ms: ` (${words.hours})`, share: ' (%)', fen: ` (${words.yuan})`, count: '' }[unit]
    return `${language === 'zh' ? nameZh : nameEn}${suffix}`
  }
  const values = (figures: Figures) => FIGURES.map(figure => numberOf(figure, figures[figure]))
  const lines = [
    [words.part, words.name, ...FIGURES.map(nameOf)].map(csvCell),
    ...rows.map(({ key, nameZh, nameEn, figures }) => [
      csvCell(key),
      csvCell(language === 'zh' ? nameZh : nameEn),
      ...values(figures),
    ]),
    [csvCell(words.all), '', ...values(total)],
    [],
    [csvCell(words.from), csvCell(from)],
    [csvCell(words.to), csvCell(to)],
    [],
    [csvCell(words.means)],
    ...FIGURES.map(figure => {
      const { textZh, textEn } = FIGURE_DEFINITIONS[figure]
      return [csvCell(nameOf(figure)), csvCell(language === 'zh' ? textZh : textEn)]
    }),
  ]
  return `\u{FEFF}${lines.map(line => line.join(',')).join('\r\n')}\r\n`
}

/** Hours, percent and yuan with two decimals at most; empty where there is nothing to be computed of. */
function numberOf(figure: FigureName, value: number | undefined): string {
  if (value === undefined) return ''
  const { unit } = FIGURE_DEFINITIONS[figure]
  const shown =
    unit === 'ms'
      ? value / 3_600_000
      : unit === 'share' || unit === 'fen'
        ? value * (unit === 'share' ? 100 : 0.01)
        : value
  return String(Math.round(shown * 100) / 100)
}
