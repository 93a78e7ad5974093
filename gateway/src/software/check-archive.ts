import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { gatewayError } from '../errors.ts'

/** A tar's blocks and the fields of a header: POSIX.1-2017, pax, "ustar Interchange Format". */
const BLOCK_BYTES = 512
/** Chosen: a package of 96 MB whose text is pressed to a quarter. */
const MAX_UNPACKED_BYTES = 400 * 2 ** 20
/** Chosen: the gateway with its packages is some 3,000 files. */
const MAX_ENTRIES = 50_000
/** Of a long name's record. */
const MAX_NAME_BYTES = 16 * 1024

interface Entry {
  type: string
  name: string
  link: string
}

/**
 * Reads a .tar.gz through before it is unpacked: only files, folders and links, all of them inside, and no more than a box has room for.
 *
 * @throws HarborError GATEWAY_SOFTWARE_REFUSED, naming the entry
 */
export async function checkArchive(file: string): Promise<void> {
  const check = createEntryCheck()
  // What breaks before the last ends the last with it; the loop below throws it.
  const bytes = pipeline(createReadStream(file), createGunzip(), () => undefined)
  let rest: Buffer = Buffer.alloc(0)
  let skipBytes = 0
  /** A record about the entry that follows: what is still to come of it. */
  let record: { type: string; leftBytes: number; text: Buffer[] } | undefined
  let named: { name?: string; link?: string } = {}
  let entries = 0
  let unpackedBytes = 0
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      if (skipBytes > 0) {
        const taken = Math.min(skipBytes, rest.length)
        if (record !== undefined) {
          record.text.push(Buffer.from(rest.subarray(0, Math.min(taken, record.leftBytes))))
          record.leftBytes -= Math.min(taken, record.leftBytes)
        }
        rest = rest.subarray(taken)
        skipBytes -= taken
        if (skipBytes > 0) break
        if (record !== undefined) named = { ...named, ...namesOf(record.type, Buffer.concat(record.text)) }
        record = undefined
      }
      if (rest.length < BLOCK_BYTES) break
      const header = rest.subarray(0, BLOCK_BYTES)
      rest = rest.subarray(BLOCK_BYTES)
      if (header.every(byte => byte === 0)) continue
      const type = String.fromCharCode(header[156] || 0x30)
      const sizeBytes = numberOf(header.subarray(124, 136))
      skipBytes = Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
      entries += 1
      unpackedBytes += sizeBytes
      if (entries > MAX_ENTRIES) throw refused(`it has more than ${MAX_ENTRIES} entries`)
      if (unpackedBytes > MAX_UNPACKED_BYTES) throw refused(`unpacked it has more than ${MAX_UNPACKED_BYTES} bytes`)
      if ('xgLK'.includes(type)) {
        if (sizeBytes > MAX_NAME_BYTES) throw refused('a name is too long')
        if (sizeBytes > 0) record = { type, leftBytes: sizeBytes, text: [] }
        continue
      }
      const prefix =
        header.toString('latin1', 257, 262) === 'ustar' && header[263] === 0x30 ? textOf(header, 345, 500) : ''
      const name = textOf(header, 0, 100)
      check({ type, name: prefix === '' ? name : `${prefix}/${name}`, link: textOf(header, 157, 257), ...named })
      named = {}
    }
  }
  if (skipBytes > 0) throw refused('it ends in the middle')
}

/** Refuses, with a reason, the first entry that could reach outside of the folder it is unpacked into. */
export function createEntryCheck(): (entry: Entry) => void {
  const links = new Set<string>()
  const inside = (name: string): string => {
    const path = posix.normalize(name).replace(/\/$/, '')
    if (name === '' || name.includes('\0') || posix.isAbsolute(name) || name.split('/').includes('..')) {
      throw refused(`${JSON.stringify(name)} is outside`)
    }
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) {
      if (links.has(parent)) throw refused(`${JSON.stringify(name)} goes through a link`)
    }
    return path
  }
  return ({ type, name, link }) => {
    const path = inside(name)
    if (links.has(path)) throw refused(`${JSON.stringify(name)} is there twice, first as a link`)
    if (type === '0' || type === '5') return
    if (type === '1') return void inside(link)
    if (type !== '2') throw refused(`${JSON.stringify(name)} is no file, folder or link`)
    // Steps up only at the beginning, where they are counted from a real folder; later ones could start from another link.
    const down = link.replace(/^(?:\.\.?\/)*(?:\.\.?$)?/, '')
    const target = posix.join(posix.dirname(path), link)
    if (posix.isAbsolute(link) || down.split('/').includes('..') || target === '..' || target.startsWith('../')) {
      throw refused(`${JSON.stringify(name)} is a link to the outside`)
    }
    links.add(path)
  }
}

function namesOf(type: string, bytes: Buffer): { name?: string; link?: string } {
  const whole = bytes.toString('utf8').replace(/\0+$/, '')
  if (type === 'L') return { name: whole }
  if (type === 'K') return { link: whole }
  const names: { name?: string; link?: string } = {}
  // pax: "LENGTH KEY=VALUE\n", the length in bytes and counting itself.
  for (let at = 0; at < bytes.length;) {
    const lengthBytes = Number.parseInt(bytes.toString('latin1', at, at + 6), 10)
    if (!(lengthBytes > 0)) throw refused('a record cannot be read')
    const [, key, value = ''] = /^\d+ ([^=]+)=([^]*)\n$/.exec(bytes.toString('utf8', at, at + lengthBytes)) ?? []
    if (key === 'path') names.name = value
    if (key === 'linkpath') names.link = value
    if (key === 'size' || key?.startsWith('GNU.sparse')) throw refused(`it has a record "${key}"`)
    at += lengthBytes
  }
  return names
}

function textOf(header: Buffer, from: number, to: number): string {
  const field = header.subarray(from, to)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? field.length : end)
}

function numberOf(field: Buffer): number {
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim()
  if (!/^[0-7]*$/.test(text)) throw refused('a size cannot be read')
  return Number.parseInt(text || '0', 8)
}

function refused(reason: string) {
  return gatewayError('GATEWAY_SOFTWARE_REFUSED', `the package: ${reason}`)
}
