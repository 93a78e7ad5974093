import type { LabelSheet } from '@harbor/protocol'

/** A sheet of labels on A4 (210 × 297 mm, ISO 216). All in mm. */
export interface SheetSize {
  columns: number
  rows: number
  /** Of one label. */
  widthMm: number
  heightMm: number
  /** From the paper's edge to the first label. */
  leftMm: number
  topMm: number
  /** Between two labels. */
  gapXMm: number
  gapYMm: number
}

/** The usual sheets, as their makers publish them: Avery Zweckform L7165, L7160 and 3474. */
export const SHEETS: Readonly<Record<LabelSheet, SheetSize>> = {
  '2x4': { columns: 2, rows: 4, widthMm: 99.1, heightMm: 67.7, leftMm: 4.65, topMm: 13.1, gapXMm: 2.5, gapYMm: 0 },
  '3x7': { columns: 3, rows: 7, widthMm: 63.5, heightMm: 38.1, leftMm: 7.25, topMm: 15.15, gapXMm: 2.5, gapYMm: 0 },
  '3x8': { columns: 3, rows: 8, widthMm: 70, heightMm: 37, leftMm: 0, topMm: 0.5, gapXMm: 0, gapYMm: 0 },
}

/** Where the label of a number stands on its page. */
export function placeOf(sheet: SheetSize, index: number): { page: number; xMm: number; yMm: number } {
  const perPage = sheet.columns * sheet.rows
  const slot = index % perPage
  return {
    page: Math.floor(index / perPage),
    xMm: sheet.leftMm + (slot % sheet.columns) * (sheet.widthMm + sheet.gapXMm),
    yMm: sheet.topMm + Math.floor(slot / sheet.columns) * (sheet.heightMm + sheet.gapYMm),
  }
}
