import type { DataTable } from '@harbor/protocol'
import { assert, asyncProperty, integer, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { plainCell, readCell } from './cell-words.ts'
import { tableCsv, tablesXlsx } from './sheet-files.ts'
import { CSV_TYPE, XLSX_TYPE, readTable } from './table-file.ts'
import { tablePdf } from './table-pdf.ts'

const ZH = { language: 'zh', timeZone: 'Asia/Shanghai' } as const
const EN = { language: 'en', timeZone: 'Asia/Shanghai' } as const

const TABLE: DataTable = {
  id: 'usage',
  titleZh: '使用情况：渝中区',
  titleEn: 'Usage: Yuzhong',
  columns: [
    { key: 'name', nameZh: '站点', nameEn: 'Station', kind: 'text' },
    { key: 'visits', nameZh: '人次', nameEn: 'Visits', kind: 'count' },
    { key: 'energy', nameZh: '用电', nameEn: 'Energy', kind: 'number', unit: 'kWh' },
    { key: 'open', nameZh: '开放率', nameEn: 'Open', kind: 'share' },
    { key: 'cost', nameZh: '电费', nameEn: 'Cost', kind: 'fen' },
    { key: 'seen', nameZh: '最近一次', nameEn: 'Last seen', kind: 'instant' },
  ],
  rows: [
    ['煤建新村', 1234.5, 17.256, 0.985, 123_45, '2026-07-30T00:30:00.000Z'],
    ['=HYPERLINK("http://x")', -3, undefined, undefined, undefined, undefined],
  ],
  total: ['', 1231.5, 17.256, undefined, 123_45, undefined],
  notes: [{ zh: '人次＝（进＋出）÷2', en: 'Visits = (in + out) / 2' }],
}

const rowsOf = async (bytes: Uint8Array, type: string) =>
  (await readTable(bytes, { type, maxRows: 100 }))?.filter(row => row.some(cell => cell !== ''))

test('a sheet holds numbers in the unit of its heading, local time, a total and the notes', async () => {
  const csv = await rowsOf(Buffer.from(tableCsv(TABLE, ZH)), CSV_TYPE)
  expect(csv?.slice(0, 2)).toEqual([
    ['站点', '人次', '用电 (kWh)', '开放率 (%)', '电费 (元)', '最近一次'],
    ['煤建新村', '1234.5', '17.26', '98.5', '123.45', '2026-07-30 08:30'],
  ])
  expect(csv?.[3]?.slice(0, 3)).toEqual(['合计', '1231.5', '17.26'])
  expect(csv?.[4]?.[0]).toBe('人次＝（进＋出）÷2')
})

test('CSV and spreadsheet say the same', async () => {
  const csv = await rowsOf(Buffer.from(tableCsv(TABLE, EN)), CSV_TYPE)
  const xlsx = await rowsOf(await tablesXlsx([TABLE], EN), XLSX_TYPE)
  const bare = (rows: string[][] | undefined) => rows?.map(row => row.join('|').replace(/\|+$/, ''))
  expect(bare(xlsx)).toEqual(bare(csv))
})

test('a text that is there in both languages is written in the one asked for', () => {
  expect(plainCell({ zh: '煤建新村', en: 'Meijian Xincun' }, 'text', EN)).toBe('Meijian Xincun')
  expect(readCell({ zh: '煤建新村', en: 'Meijian Xincun' }, 'text', ZH)).toBe('煤建新村')
})

test('whatever a name is, it is read back as it was, and no spreadsheet computes it', async () => {
  const column = { key: 'name', nameZh: '名', nameEn: 'Name', kind: 'text' } as const
  await assert(
    asyncProperty(string({ minLength: 1, unit: 'binary-ascii' }), async name => {
      const text = tableCsv({ ...TABLE, columns: [column], rows: [[name], ['x']], total: [''], notes: [] }, EN)
      const cell = /^\u{FEFF}Name\r\n(.*)\r\nx\r\n/su.exec(text)?.[1] ?? ''
      const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
      expect(read === name || read === `'${name}`).toBe(true)
      expect(/^[=+\-@\t\r]/.test(read)).toBe(false)
    }),
  )
})

test('no text of a table becomes a formula, and a negative number stays a number', () => {
  const lines = tableCsv(TABLE, EN).split('\r\n')
  expect(lines[2]).toMatch(/^"'=HYPERLINK\(""http:\/\/x""\)",-3,/)
})

test('what is not known is empty in a sheet and a dash on paper, never zero', () => {
  for (const kind of ['text', 'count', 'number', 'share', 'fen', 'minutes', 'date', 'instant'] as const) {
    expect(plainCell(undefined, kind, ZH)).toBeUndefined()
    expect(readCell(undefined, kind, ZH)).toBe('–')
  }
  expect(plainCell(0, 'count', ZH)).toBe(0)
})

test('money on paper always has its two decimals', () => {
  assert(
    property(integer({ min: 0, max: 100_000_000 }), fen => {
      expect(readCell(fen, 'fen', EN)).toMatch(/^[\d,]+\.\d\d$/)
    }),
  )
})

test('a long table runs over numbered pages, with all of its columns on each', async () => {
  const rows = Array.from({ length: 120 }, (_, at) => [`站点 ${at}`, at, at / 3, 0.5, at * 100, undefined])
  const pdf = (await tablePdf({ ...TABLE, rows }, { ...ZH, madeAtMs: 0 })).toString('latin1')
  // 29.7 cm hold some 45 rows.
  const pages = pdf.match(/\/Type \/Page\b/g) ?? []
  expect(pages.length).toBeGreaterThanOrEqual(3)
  expect(pages.length).toBeLessThanOrEqual(4)
})

test('an empty table is still a document', async () => {
  const pdf = await tablePdf(
    { id: 'none', titleZh: '空', titleEn: 'None', columns: TABLE.columns, rows: [], notes: [] },
    { ...EN, madeAtMs: 0 },
  )
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
})
