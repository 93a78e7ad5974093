import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { XLSX_TYPE, readTable, writeXlsxTable } from './table-file.ts'
import { unpacksWithin } from './zip-size.ts'

/** A ZIP file of one entry, whose header says that it unpacks to ten bytes (APPNOTE.TXT 4.3). */
function lyingZip(content: Buffer): Buffer {
  const packed = deflateRawSync(content)
  const local = Buffer.alloc(31)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(10, 22)
  local.writeUInt16LE(1, 26)
  local.write('x', 30)
  const entry = Buffer.alloc(47)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(10, 24)
  entry.writeUInt16LE(1, 28)
  entry.write('x', 46)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(entry.length, 12)
  end.writeUInt32LE(local.length + packed.length, 16)
  return Buffer.concat([local, packed, entry, end])
}

test('a file that unpacks to more than it says is not taken for small', () => {
  const zip = lyingZip(Buffer.alloc(1_000_000))
  expect(unpacksWithin(zip, 1_000_000)).toBe(true)
  expect(unpacksWithin(zip, 999_999)).toBe(false)
})

test.each(['', 'PK', 'PK\u0003\u0004 and then nothing', 'x'.repeat(100_000)])(
  '%#: what is no ZIP does not fit',
  text => {
    expect(unpacksWithin(Buffer.from(text), 1_000_000)).toBe(false)
  },
)

test('a damaged spreadsheet is no table, and does not throw', async () => {
  const bytes = Buffer.from(await writeXlsxTable([['id'], ['a']]))
  for (let at = 0; at < bytes.length; at += 97) {
    const damaged = Buffer.from(bytes)
    damaged[at] = 0xff - (damaged[at] ?? 0)
    await expect(readTable(damaged, { type: XLSX_TYPE, maxRows: 10 })).resolves.toSatisfy(
      table => table === undefined || Array.isArray(table),
    )
  }
})
