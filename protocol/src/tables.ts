/** How a column's values are written on screen, in a sheet and on paper. `share` is from 0 to 1, `fen` hundredths of a yuan. */
export const COLUMN_KINDS = ['text', 'count', 'number', 'share', 'fen', 'minutes', 'date', 'instant'] as const
export type ColumnKind = (typeof COLUMN_KINDS)[number]

/** One column of a table. */
export interface TableColumn {
  key: string
  nameZh: string
  nameEn: string
  kind: ColumnKind
  /** As `kWh`; shown behind the name. */
  unit?: string
}

/**
 * A cell: text, text in both languages, a number, a date as 2026-10-01, or an instant as ISO 8601; undefined where nothing is known, which
 * is no zero.
 */
export type TableCell = string | number | { zh: string; en: string } | undefined

/**
 * A table with what it says of itself: what screen, CSV, XLSX and PDF are made from, so that all of them show the same. Built by pure
 * functions from a page's data; `server/src/tables` writes it down.
 */
export interface DataTable {
  /** Short, in lower-case ASCII, for file names: `usage-by-station`. */
  id: string
  titleZh: string
  titleEn: string
  columns: readonly TableColumn[]
  rows: readonly (readonly TableCell[])[]
  /** In the order of `columns`; absent: the table has no total. */
  total?: readonly TableCell[]
  /** Method, period, error band, licence: a line each, below the table. */
  notes: readonly { zh: string; en: string }[]
}
