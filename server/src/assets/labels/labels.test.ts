import jsQR from 'jsqr'
import { expect, test } from 'vitest'
import { labelPdf } from './label-pdf.ts'
import { SHEETS, placeOf } from './label-sheets.ts'
import { qrMatrix } from './qr-matrix.ts'

const A4_MM = { width: 210, height: 297 }

test.each([
  'https://harbor.example/a/H7K2M9QX',
  'http://127.0.0.1:8080/a/CQ%2042%2F%C3%9F',
  'https://h.example/d/cq-500103-01?c=abcdefghij0123',
])('the code of %s is read as that by another library', address => {
  const code = qrMatrix(address)
  // Drawn as a phone would see it: four modules of white around, four pixels a module.
  const scale = 4
  const side = (code.size + 8) * scale
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) {
      const [row, column] = [Math.floor(y / scale) - 4, Math.floor(x / scale) - 4]
      const isInside = row >= 0 && column >= 0 && row < code.size && column < code.size
      if (isInside && code.isDark(row, column)) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
    }
  expect((jsQR as unknown as typeof jsQR.default)(pixels, side, side)?.data).toBe(address)
})

test.each(Object.entries(SHEETS))('sheet %s lies within A4, and no two of its labels overlap', (...[name, sheet]) => {
  expect(`${sheet.columns}x${sheet.rows}`).toBe(name)
  const last = placeOf(sheet, sheet.columns * sheet.rows - 1)
  expect(last.page).toBe(0)
  expect(last.xMm + sheet.widthMm).toBeLessThanOrEqual(A4_MM.width)
  expect(last.yMm + sheet.heightMm).toBeLessThanOrEqual(A4_MM.height)
  expect(Math.min(sheet.leftMm, sheet.topMm, sheet.gapXMm, sheet.gapYMm)).toBeGreaterThanOrEqual(0)
  expect(placeOf(sheet, sheet.columns * sheet.rows)).toEqual({ page: 1, xMm: sheet.leftMm, yMm: sheet.topMm })
})

test('a file of many labels has as many pages as it takes, and brings only the glyphs that it uses', async () => {
  const labels = Array.from({ length: 25 }, (_, index) => ({
    address: `https://harbor.example/a/H${index}`,
    title: '冰箱 Fridge',
    lines: ['人民公园劳动者港湾驿站，一个很长很长的名字，写不下就换行再截断', "People's Park rest station", 'BCD-50'],
    foot: `H${index}`,
  }))
  const pdf = await labelPdf(labels, SHEETS['3x8'])
  const text = pdf.toString('latin1')
  expect(text.startsWith('%PDF-')).toBe(true)
  expect(/\/Type \/Pages\n\/Count (\d+)/.exec(text)?.[1]).toBe('2')
  expect(text).toContain('NotoSansSC')
  // The whole font is 1.6 MB.
  expect(pdf.length).toBeLessThan(120_000)
})
