import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Metric, Reading } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Outbox, openOutbox } from './outbox.ts'

const T = Date.UTC(2026, 6, 30)
const readings = (count: number, metric: Metric = 'power', from = 0): Reading[] =>
  Array.from({ length: count }, (_, n) => ({ device: 'plug', metric, timeMs: T + from + n, value: (from + n) % 2 }))

const marks = (fingerprints: readonly string[]) => fingerprints.map(fingerprint => ({ client: 'c', fingerprint }))

describe('the outbox', () => {
  let dir: string
  let outbox: Outbox
  const file = () => join(dir, 'outbox.sqlite')
  const reopen = (maxReadings = 10_000) => {
    outbox.close()
    outbox = openOutbox(file(), maxReadings)
  }
  const commit = (list: Reading[], fingerprints: string[] = []) =>
    outbox.commit({ readings: list, messages: marks(fingerprints), atMs: T })

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'outbox-'))
    outbox = openOutbox(file(), 10_000)
  })
  afterEach(() => {
    outbox.close()
    rmSync(dir, { recursive: true })
  })

  it('gives back in order what was committed, also after it was closed', () => {
    commit(readings(3))
    commit(readings(2, 'voltage'))
    reopen()
    expect(outbox.read({ firstId: 1, lastId: 5 })).toEqual([...readings(3), ...readings(2, 'voltage')])
    expect(outbox.depth()).toBe(5)
    expect(outbox.oldestAtMs()).toBe(T)
  })

  it('never gives a row id twice, also when all rows are gone', () => {
    commit(readings(3))
    outbox.remove([{ firstId: 1, lastId: 3, count: 3 }])
    reopen()
    expect([outbox.depth(), outbox.lastId(), outbox.oldestAtMs()]).toEqual([0, 3, undefined])
    commit(readings(1))
    expect(outbox.lastId()).toBe(4)
  })

  it('slices by id and limit, over what was removed', () => {
    commit(readings(10))
    outbox.remove([{ firstId: 3, lastId: 5, count: 3 }])
    expect(outbox.slice(1, 10, 4)).toEqual({ firstId: 1, lastId: 7, count: 4 })
    expect(outbox.slice(3, 5, 4)).toBeUndefined()
    expect(outbox.depth()).toBe(7)
  })

  it('remembers the newest reading of each device and metric after it was sent', () => {
    commit([...readings(3), ...readings(2, 'voltage')])
    outbox.remove([{ firstId: 1, lastId: 5, count: 5 }])
    reopen()
    expect(outbox.newestReadings()).toEqual([readings(3)[2], readings(2, 'voltage')[1]])
  })

  it('keeps nothing of a commit that fails', () => {
    const bad = { device: 'plug', metric: 'power', timeMs: T, value: null } as unknown as Reading
    expect(() => commit([...readings(2), bad], ['f1'])).toThrow(/NOT NULL/)
    expect([outbox.depth(), outbox.lastId(), outbox.hasSeen('f1')]).toEqual([0, 0, false])
    commit(readings(1), ['f1'])
    reopen()
    expect([outbox.depth(), outbox.hasSeen('f1')]).toEqual([1, true])
  })

  it('gives up the oldest gauges first when it is full, and says how many', () => {
    reopen(1_000)
    commit([...readings(400, 'energy'), ...readings(600)])
    commit(readings(5, 'relay'))
    // A hundredth at once: 10 of the oldest gauges.
    expect([outbox.depth(), outbox.dropped()]).toEqual([995, 10])
    expect(outbox.slice(1, 400, 1_000)?.count).toBe(400)
    expect(outbox.slice(401, 1_000, 1_000)).toMatchObject({ firstId: 411 })
  })

  it('gives up the oldest of all when there are no gauges left', () => {
    reopen(1_000)
    commit(readings(1_000, 'energy'))
    commit(readings(30, 'relay'))
    expect([outbox.depth(), outbox.dropped(), outbox.slice(1, 2_000, 1)?.firstId]).toEqual([1_000, 30, 31])
  })

  it('holds no more than its limit whatever comes', () => {
    reopen(1_000)
    for (let n = 0; n < 40; n += 1) commit(readings(137, n % 3 === 0 ? 'relay' : 'power', n * 137))
    expect(outbox.depth()).toBeLessThanOrEqual(1_000)
    const depth = outbox.depth()
    reopen(1_000)
    expect(outbox.depth()).toBe(depth)
  })

  it('forgets fingerprints by number and by age', () => {
    const batch = (from: number, count: number) => Array.from({ length: count }, (_, n) => `f${from + n}`)
    commit([], batch(0, 20_000))
    commit([], batch(20_000, 4_000))
    commit([], ['last'])
    expect([outbox.hasSeen('f0'), outbox.hasSeen('f23999'), outbox.hasSeen('last')]).toEqual([false, true, true])
    reopen()
    outbox.commit({ readings: [], messages: marks(['new']), atMs: T + 8 * 24 * 3_600_000 })
    expect([outbox.hasSeen('last'), outbox.hasSeen('new')]).toEqual([false, true])
  })

  it('tells which messages came in the last seconds before the newest', () => {
    commit([], ['old'])
    outbox.commit({ readings: [], messages: marks(['late']), atMs: T + 7_000 })
    outbox.commit({ readings: [], messages: marks(['last']), atMs: T + 10_000 })
    expect(outbox.latestMessages()).toEqual(marks(['late', 'last']))
  })

  it('belongs to one gateway at a time', () => {
    commit(readings(1))
    expect(() => openOutbox(file(), 1_000)).toThrow(expect.objectContaining({ code: 'GATEWAY_OUTBOX_UNAVAILABLE' }))
  })

  it('names the file that is no outbox', () => {
    const other = join(dir, 'other.sqlite')
    writeFileSync(other, 'x'.repeat(4_096))
    expect(() => openOutbox(other, 1_000)).toThrow(other)
  })
})
