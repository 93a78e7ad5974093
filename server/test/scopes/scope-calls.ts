import { readFileSync, readdirSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { join } from 'node:path'
import type { RunningServer } from '../running-server.ts'
import { tablesIn } from '../test-registry.ts'
import type { Call } from './scope-rows.ts'
import { PLACES } from './scope-people.ts'
import { keyAt } from './scope-records.ts'

/** A place that there is none of. */
export const NOWHERE = 'x9'

export interface ScopeAnswer {
  status: number
  /** Of a spreadsheet: its sheets as they are inside. */
  text: string
}

/** Calls a route as somebody, or as nobody. */
export async function ask(
  server: RunningServer,
  route: string,
  { path, body, bytes, cookie }: Call & { cookie?: string | undefined },
): Promise<ScopeAnswer> {
  const response = await fetch(server.url + path, {
    method: (route.split(' ')[0] ?? '').toUpperCase(),
    headers: {
      ...(cookie !== undefined && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(bytes !== undefined && { 'content-type': bytes.type }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(bytes !== undefined && { body: typeof bytes.data === 'string' ? bytes.data : new Uint8Array(bytes.data) }),
  })
  const content = Buffer.from(await response.arrayBuffer())
  const isZip = content.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004'
  return { status: response.status, text: isZip ? textInZip(content) : content.toString('utf8') }
}

/** An answer without the name of what was asked for: that of a foreign record is to be the one of a record that is none. */
export function withoutPlace({ status, text }: ScopeAnswer): string {
  const places: readonly string[] = [...PLACES, NOWHERE]
  const plain = places.reduce((left, place) => left.replaceAll(`q${place}q`, 'q?q').replaceAll(keyAt(place), '?'), text)
  // Codes of regions are no secret, and are said of those that are asked for.
  return `${status} ${plain.replaceAll(/\b5\d{5}(\d{3})?\b/g, '?')}`
}

/** All that a zip file holds, by its central directory (APPNOTE 4.3.12). */
function textInZip(zip: Buffer): string {
  const parts: string[] = []
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  let entry = zip.readUInt32LE(end + 16)
  while (zip.readUInt32LE(entry) === 0x02014b50) {
    const [size, name, extra, comment, header] = [
      zip.readUInt32LE(entry + 20),
      zip.readUInt16LE(entry + 28),
      zip.readUInt16LE(entry + 30),
      zip.readUInt16LE(entry + 32),
      zip.readUInt32LE(entry + 42),
    ]
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
    const packed = zip.subarray(start, start + size)
    parts.push((zip.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed)).toString('utf8'))
    entry += 46 + name + extra + comment
  }
  return parts.join('\n')
}

/** What the server keeps to itself: when sessions were used, whether the disk can be written, how stations were when it looked. */
const NOT_COMPARED = ['session', 'health_probe', 'fault_state', 'station_status']

/** Rows that come by themselves: stations open and close while the tests run. */
const BY_THEMSELVES: Readonly<Record<string, string>> = {
  event_feed: ` where payload not like '%station-status-changed%'`,
  event_outbox: ` where payload not like '%station-status-changed%'`,
}

/** All that the server has stored, by table: what a refused change must leave as it is. */
export async function storedIn(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const tables = await tablesIn(dataDir, table => BY_THEMSELVES[table] ?? '')
  const compared = [...tables].filter(([table]) => !NOT_COMPARED.includes(table))
  const stored = new Map(compared.map(([table, rows]) => [table, JSON.stringify(rows)]))
  return stored.set('photos', filesIn(join(dataDir, 'photos')).join())
}

/** The tables that are not as they were. */
export async function changedSince(before: ReadonlyMap<string, string>, dataDir: string): Promise<string[]> {
  const now = await storedIn(dataDir)
  return [...now.keys()].filter(table => now.get(table) !== before.get(table))
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => `${entry.name} ${readFileSync(join(entry.parentPath, entry.name)).length}`)
      .sort()
  } catch {
    // Nobody has sent a picture yet.
    return []
  }
}
