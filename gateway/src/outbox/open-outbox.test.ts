import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Reading } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOutbox } from './open-outbox.ts'
import { SCHEMA_VERSION } from './schema.ts'

const T = Date.UTC(2026, 6, 30)

describe('an outbox file', () => {
  let dir: string
  let logged: [object, string][]
  const file = () => join(dir, 'outbox.sqlite')
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (facts: object, message: string) => void logged.push([facts, message]),
  }
  const open = () => openOutbox(file(), { maxBytes: 2 ** 24 }, { clock: () => T, log })
  const readings = (count: number): Reading[] =>
    Array.from({ length: count }, (_, n) => ({ device: `d${n % 9}`, metric: 'power', timeMs: T + n, value: n }))
  const damage = (offset: number, bytes: number) => {
    const handle = openSync(file(), 'r+')
    writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, offset)
    closeSync(handle)
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'outbox-file-'))
    logged = []
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('that is no database is set aside, and a fresh one begun', () => {
    writeFileSync(file(), 'x'.repeat(4_096))
    const outbox = open()
    outbox.commit({ readings: readings(1), messages: [], atMs: T })
    expect(outbox.depth()).toBe(1)
    outbox.close()
    const aside = readdirSync(dir).find(name => name.includes('damaged'))
    expect(readFileSync(join(dir, aside ?? ''), 'utf8')).toBe('x'.repeat(4_096))
    expect(logged).toEqual([
      [expect.objectContaining({ file: file(), saved: 0 }), expect.stringMatching(/damaged: set aside/)],
    ])
  })

  it('that is damaged in the middle gives back all that can be read', () => {
    let outbox = open()
    outbox.commit({ readings: readings(20_000), messages: [{ client: 'c', fingerprint: 'f' }], atMs: T })
    outbox.close()
    // Eight pages of some 260, among the readings; and the sign of an end that was not orderly.
    const { size } = statSync(file())
    damage(Math.floor(size / 2 / 4_096) * 4_096, 8 * 4_096)
    writeFileSync(`${file()}-wal`, '')
    outbox = open()
    const left = outbox.read({ firstId: 1, lastId: Number.MAX_SAFE_INTEGER })
    expect(left.length).toBeGreaterThan(17_000)
    expect(left.length).toBeLessThan(20_000)
    // What is left is as it was, under the same ids, from both ends.
    const original = readings(20_000)
    expect(
      left.every(
        ({ value, timeMs, device }) => original[value]?.timeMs === timeMs && original[value].device === device,
      ),
    ).toBe(true)
    expect([left[0]?.value, left.at(-1)?.value, outbox.lastId(), outbox.depth()]).toEqual([
      0,
      19_999,
      20_000,
      left.length,
    ])
    expect([outbox.hasSeen('f'), outbox.newestReadings().length]).toEqual([true, 9])
    expect(logged).toEqual([[expect.objectContaining({ saved: left.length }), expect.any(String)]])
    outbox.close()
  })

  it('that ended without order but whole is used as it is', () => {
    let outbox = open()
    outbox.commit({ readings: readings(100), messages: [], atMs: T })
    outbox.close()
    writeFileSync(`${file()}-wal`, '')
    outbox = open()
    expect([outbox.depth(), logged]).toEqual([100, []])
    outbox.close()
  })

  it('of the first release is brought to this version with all that it holds', () => {
    const old = new DatabaseSync(file())
    old.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE reading (id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, metric TEXT NOT NULL,
        time_ms INTEGER NOT NULL, value REAL NOT NULL) STRICT;
      CREATE TABLE newest (device TEXT NOT NULL, metric TEXT NOT NULL, time_ms INTEGER NOT NULL, value REAL NOT NULL,
        PRIMARY KEY (device, metric)) STRICT, WITHOUT ROWID;
      CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL UNIQUE, client TEXT NOT NULL,
        at_ms INTEGER NOT NULL) STRICT;
      INSERT INTO reading (id, device, metric, time_ms, value) VALUES (7, 'a', 'power', ${T}, 1.5), (9, 'b', 'relay', ${T + 1}, 1), (12, 'a', 'power', 0, 0);
      DELETE FROM reading WHERE id = 12;
      INSERT INTO newest VALUES ('a', 'power', ${T}, 1.5), ('gone', 'energy', ${T - 5}, 900);
      INSERT INTO message (fingerprint, client, at_ms) VALUES ('f', 'c', ${T});
    `)
    old.close()
    const outbox = open()
    expect(outbox.read({ firstId: 1, lastId: 100 })).toEqual([
      { device: 'a', metric: 'power', timeMs: T, value: 1.5 },
      { device: 'b', metric: 'relay', timeMs: T + 1, value: 1 },
    ])
    expect(outbox.slice(1, 100, 10)).toEqual({ firstId: 7, lastId: 9, count: 2 })
    expect([outbox.lastId(), outbox.depth(), outbox.hasSeen('f')]).toEqual([12, 2, true])
    expect(outbox.newestReadings()).toEqual([
      { device: 'a', metric: 'power', timeMs: T, value: 1.5 },
      { device: 'gone', metric: 'energy', timeMs: T - 5, value: 900 },
    ])
    outbox.close()
    expect(logged).toEqual([])
  })

  it('of a newer gateway is refused in one line and left as it is', () => {
    open().close()
    const newer = new DatabaseSync(file())
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
    newer.close()
    const before = readFileSync(file())
    expect(open).toThrow(/outbox\.sqlite: written by a newer gateway \(version 3, this one reads up to 2\)[^\n]*$/)
    expect(open).toThrow(expect.objectContaining({ code: 'GATEWAY_OUTBOX_UNAVAILABLE' }))
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  it('that cannot be opened is named', () => {
    expect(() => openOutbox(join(dir, 'none', 'o.sqlite'), { maxBytes: 2 ** 20 }, { clock: () => T, log })).toThrow(
      /outbox .*none/,
    )
    expect(existsSync(join(dir, 'none'))).toBe(false)
  })
})
