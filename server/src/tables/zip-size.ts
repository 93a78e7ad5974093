import { inflateRawSync } from 'node:zlib'

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_HEADER_BYTES = 30
/** Without a comment the record at the end is 22 bytes; a comment can be 65,535 (APPNOTE.TXT 4.3.16). */
const END_BYTES = 22
const MAX_COMMENT_BYTES = 65_535
const STORED = 0
const DEFLATED = 8

/**
 * Whether all that is packed in a ZIP file takes at most `maxBytes`. Unpacked for real, for a file may lie about it; a file that is
 * no ZIP, or packed in another way than spreadsheets are, does not fit.
 */
export function unpacksWithin(zip: Uint8Array, maxBytes: number): boolean {
  const file = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = findEnd(file)
  if (end === undefined) return false
  let left = maxBytes
  try {
    let at = file.readUInt32LE(end + 16)
    for (let entries = file.readUInt16LE(end + 10); entries > 0; entries -= 1) {
      if (file.readUInt32LE(at) !== DIRECTORY_ENTRY) return false
      const method = file.readUInt16LE(at + 10)
      const packedBytes = file.readUInt32LE(at + 20)
      const header = file.readUInt32LE(at + 42)
      const from = header + LOCAL_HEADER_BYTES + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28)
      const packed = file.subarray(from, from + packedBytes)
      if (method === DEFLATED) left -= inflateRawSync(packed, { maxOutputLength: Math.max(1, left) }).length
      else if (method === STORED) left -= packed.length
      else return false
      if (left < 0) return false
      at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
    }
    return true
  } catch {
    return false // Cut off, damaged, or larger than allowed: none of it is read.
  }
}

function findEnd(file: Buffer): number | undefined {
  const first = Math.max(0, file.length - END_BYTES - MAX_COMMENT_BYTES)
  for (let at = file.length - END_BYTES; at >= first; at -= 1) if (file.readUInt32LE(at) === END_OF_DIRECTORY) return at
  return undefined
}
