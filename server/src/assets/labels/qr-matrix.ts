import { create } from 'qrcode'

/** A QR code: its modules row by row, true is dark, without the quiet zone. */
export interface QrMatrix {
  size: number
  isDark: (row: number, column: number) => boolean
}

/**
 * The code of a text (ISO/IEC 18004), in its smallest version. Level Q: a quarter of it may be scratched or dirty and it still reads,
 * which a label in a kitchen needs.
 */
export function qrMatrix(text: string): QrMatrix {
  const { modules } = create(text, { errorCorrectionLevel: 'Q' })
  return { size: modules.size, isDark: (row, column) => modules.get(row, column) === 1 }
}
