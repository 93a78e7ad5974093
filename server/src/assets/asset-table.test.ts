import { ASSET_COLUMNS, type Asset } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_IMPORT_ROWS, readAssetTable, tableOf } from './asset-table.ts'
import { guardCell, unguardCell } from '../tables/guarded-cell.ts'
import { CSV_TYPE, XLSX_TYPE, readTable, writeCsvTable, writeXlsxTable } from '../tables/table-file.ts'

/** Text as people and attackers type it. */
const line = (maxLength: number) =>
  fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength }),
      fc.constantFrom('=1+1', "'=1", '@SUM(A1)', '-5', '+86 23', '007', '1e5', '2024-01-02', 'a,b;"c"', 'TRUE', '冰箱'),
    )
    .map(text => text.trim())
    .filter(text => text !== '' && text.length <= maxLength && !/[\p{Cc}\u{fffe}\u{ffff}\u2028\u2029]/u.test(text))
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map(date => date.toISOString().slice(0, 10))
const asset: fc.Arbitrary<Asset> = fc
  .record(
    {
      assetTag: line(80),
      model: line(80),
      maker: line(80),
      serial: line(80),
      supplier: line(120),
      installedOn: day,
      warrantyUntil: day,
      priceFen: fc.integer({ min: 0, max: 1_000_000_000 }),
      retiredOn: day,
    },
    { requiredKeys: ['assetTag'] },
  )
  .map(
    facts =>
      ({
        ...facts,
        id: 'a-1',
        kind: 'fridge',
        station: 's-1',
        stationNameZh: '站',
        stationNameEn: 'Station',
        district: '500103',
        warranty: 'unknown',
        revision: 1,
      }) satisfies Asset,
  )

test.each([CSV_TYPE, XLSX_TYPE])('what is exported as %s is read as the same, whatever was typed in', async type => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(asset, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('zh', 'en'),
      async (...[all, language]) => {
        const table = tableOf(all, language)
        const bytes = type === CSV_TYPE ? Buffer.from(writeCsvTable(table)) : await writeXlsxTable(table)
        const { drafts, problems } = readAssetTable((await readTable(bytes, { type, maxRows: MAX_IMPORT_ROWS })) ?? [])
        expect(problems).toEqual([])
        expect(drafts).toHaveLength(all.length)
        for (const [index, { id, assetTag, kind, station, ...rest }] of all.entries()) {
          const draft = drafts[index]
          expect(draft).toMatchObject({ id, assetTag, kind, station, row: index + 2 })
          for (const [field, value] of Object.entries(draft?.facts ?? {}))
            expect([field, value]).toEqual([field, rest[field as keyof typeof rest] ?? null])
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('no cell of an export begins as a formula does, and guarding is undone exactly', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      expect(guardCell(text)).not.toMatch(/^[=+\-@\t\r]/)
      expect(unguardCell(guardCell(text))).toBe(text)
    }),
  )
})

const read = (...rows: string[][]) => readAssetTable([[...ASSET_COLUMNS], ...rows])
const row = (cells: Partial<Record<(typeof ASSET_COLUMNS)[number], string>>) =>
  ASSET_COLUMNS.map(column => cells[column] ?? '')

test.each([
  [{ kind: 'toaster' }, 'kind', 'unknown_kind'],
  [{ id: 'Nr 1' }, 'id', 'bad_id'],
  [{ installedOn: '2026-02-30' }, 'installedOn', 'bad_date'],
  [{ warrantyUntil: 'soon' }, 'warrantyUntil', 'bad_date'],
  [{ price: '-1' }, 'price', 'bad_price'],
  [{ price: '1.234' }, 'price', 'bad_price'],
  [{ model: 'x'.repeat(81) }, 'model', 'bad_text'],
] as const)('%j is named by row, column and reason', (...[cells, column, reason]) => {
  const { problems } = read(row({ id: 'a', station: 's', kind: 'fridge' }), row({ id: 'b', ...cells }))
  expect(problems).toEqual([{ row: 3, column, reason, given: Object.values(cells)[0]?.slice(0, 60) }])
})

test('rows without a word are passed over, and the others keep the number that the spreadsheet shows', () => {
  const { drafts } = read(row({}), row({ id: 'a', kind: '冰箱', installedOn: '2026/3/1', price: '¥1,200.5' }))
  expect(drafts).toMatchObject([
    { row: 3, id: 'a', kind: 'fridge', facts: { installedOn: '2026-03-01', priceFen: 120_050 } },
  ])
})

test.each([
  [[['id', 'colour']], 'unknown_column'],
  [[['id', '设备编号']], 'repeated_column'],
  [[['model'], ['x']], 'missing_column'],
  [[['id']], 'no_rows'],
  [[], 'missing_column'],
] as const)('a table such as %j is refused as a whole', (...[table, reason]) => {
  expect(readAssetTable(table as unknown as string[][]).problems).toMatchObject([{ reason }])
})

test('more rows than are taken are not read', () => {
  const { drafts, problems } = read(...Array.from({ length: MAX_IMPORT_ROWS + 1 }, () => row({ id: 'a' })))
  expect([drafts, problems]).toEqual([[], [{ row: 0, reason: 'too_many_rows', given: String(MAX_IMPORT_ROWS + 1) }]])
})

test('a CSV file saved as GB 18030 by a Chinese spreadsheet is read', async () => {
  // 设备编号,型号 in GB 18030.
  const head = Buffer.from('c9e8b1b8b1e0bac52cd0cdbac5', 'hex')
  const table = await readTable(Buffer.concat([head, Buffer.from('\r\na,BCD-50\r\n')]), { type: CSV_TYPE, maxRows: 10 })
  expect(table).toEqual([
    ['设备编号', '型号'],
    ['a', 'BCD-50'],
  ])
})
