import type { ColumnKind, TableCell, TableColumn } from '@harbor/protocol'

/** The language of a table that is taken away. */
export type TableLanguage = 'zh' | 'en'

/** What stands behind a column's name where its values are plain numbers, as in a sheet. */
const PLAIN_UNITS: Readonly<Record<ColumnKind, { zh: string; en: string } | undefined>> = {
  text: undefined,
  count: undefined,
  number: undefined,
  share: { zh: '%', en: '%' },
  fen: { zh: '元', en: 'CNY' },
  minutes: { zh: '分钟', en: 'min' },
  date: undefined,
  instant: undefined,
}

/** A column's heading, with the unit of what stands below it. */
export function headingOf({ nameZh, nameEn, kind, unit }: TableColumn, language: TableLanguage): string {
  const shown = unit ?? PLAIN_UNITS[kind]?.[language]
  const name = language === 'zh' ? nameZh : nameEn
  return shown === undefined ? name : `${name} (${shown})`
}

/** How a table is written down. */
export interface TableManner {
  language: TableLanguage
  /** The stations' zone: instants are written in its local time. */
  timeZone: string
}

/**
 * A cell as a plain value in its heading's unit: numbers stay numbers, shares become percent and fen yuan, with two decimals at most;
 * instants become local time as 2026-10-01 08:30. Undefined where nothing is known.
 */
export function plainCell(
  cell: TableCell,
  kind: ColumnKind,
  { language, timeZone }: TableManner,
): string | number | undefined {
  if (cell === undefined || cell === '') return undefined
  if (typeof cell === 'object') return cell[language]
  if (typeof cell === 'number') return rounded(kind === 'share' ? cell * 100 : kind === 'fen' ? cell / 100 : cell)
  return kind === 'instant' ? localTime(cell, timeZone) : cell
}

/** A cell as people read it: thousands set apart, the unit left to the heading; a dash where nothing is known. */
export function readCell(cell: TableCell, kind: ColumnKind, manner: TableManner): string {
  const plain = plainCell(cell, kind, manner)
  if (plain === undefined) return '–'
  if (typeof plain === 'string') return plain
  const digits = kind === 'fen' ? { minimumFractionDigits: 2 } : { maximumFractionDigits: kind === 'count' ? 1 : 2 }
  return plain.toLocaleString(manner.language === 'zh' ? 'zh-CN' : 'en-GB', digits)
}

/** Whether a column's values are set to the right. */
export function isNumeric(kind: ColumnKind): boolean {
  return kind === 'count' || kind === 'number' || kind === 'share' || kind === 'fen' || kind === 'minutes'
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

/** An instant as 2026-10-01 08:30 in a zone; what is none stays as it is. */
export function localTime(instant: string, timeZone: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return instant
  // The Swedish form is ISO 8601 with a space.
  return new Date(ms).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
}
