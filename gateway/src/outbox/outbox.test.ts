import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Metric, Reading } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOutbox } from './open-outbox.ts'
import type { Outbox, OutboxLimits } from './outbox.ts'
import { isFull } from './sqlite-error.ts'

const T = Date.UTC(2026, 6, 30)
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const readings = (count: number, metric: Metric = 'power', from = 0): Reading[] =>
  Array.from({ length: count }, (_, n) => ({ device: 'plug', metric, timeMs: T + from + n, value: (from + n) % 2 }))

const marks = (fingerprints: readonly string[]) => fingerprints.map(fingerprint => ({ client: 'c', fingerprint }))

describe('the outbox', () => {
  let dir: string
  let outbox: Outbox
  const file = () => join(dir, 'outbox.sqlite')
  const open = (limits: OutboxLimits) => openOutbox(file(), limits, { clock: () => T, log: SILENT })
  const reopen = (limits: OutboxLimits = { maxBytes: 2 ** 20 }) => {
    outbox.close()
    outbox = open(limits)
  }
  const commit = (list: Reading[], fingerprints: string[] = []) =>
    outbox.commit({ readings: list, messages: marks(fingerprints), atMs: T })
  const all = () => outbox.read({ firstId: 1, lastId: Number.MAX_SAFE_INTEGER })

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'outbox-'))
    outbox = open({ maxBytes: 2 ** 20 })
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

  it('remembers the newest reading and the counter of each device and metric after they were sent', () => {
    commit([...readings(3), ...readings(2, 'voltage')])
    const counters = [{ device: 'plug', metric: 'energy' as const, raw: 5, total: 900 }]
    outbox.commit({ readings: readings(1, 'energy'), counters, messages: [], atMs: T })
    outbox.remove([{ firstId: 1, lastId: 6, count: 6 }])
    reopen()
    expect(outbox.newestReadings()).toEqual([readings(3)[2], readings(2, 'voltage')[1], readings(1, 'energy')[0]])
    expect(outbox.counters()).toEqual(counters)
  })

  it('keeps nothing of a commit that fails', () => {
    const bad = { device: 'new', metric: 'power', timeMs: T, value: null } as unknown as Reading
    const counters = [{ device: 'plug', metric: 'energy' as const, raw: 5, total: 900 }]
    const failing = () => outbox.commit({ readings: [...readings(2), bad], counters, messages: marks(['f1']), atMs: T })
    expect(failing).toThrow(/NOT NULL/)
    expect([outbox.depth(), outbox.lastId(), outbox.hasSeen('f1'), outbox.counters()]).toEqual([0, 0, false, []])
    commit([...readings(1), { ...readings(1)[0]!, device: 'new' }], ['f1'])
    reopen()
    expect([outbox.depth(), outbox.hasSeen('f1')]).toEqual([2, true])
    expect(all().map(({ device }) => device)).toEqual(['plug', 'new'])
  })

  it('forgets fingerprints by number and by age', () => {
    const batch = (from: number, count: number) => Array.from({ length: count }, (_, n) => `f${from + n}`)
    reopen({ maxBytes: 2 ** 24 })
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
    // The clock was set back by a day.
    outbox.commit({ readings: [], messages: marks(['after']), atMs: T - 86_400_000 })
    expect(outbox.latestMessages()).toEqual(marks(['after']))
  })

  it('belongs to one gateway at a time', () => {
    commit(readings(1))
    expect(() => open({ maxBytes: 2 ** 20 })).toThrow(expect.objectContaining({ code: 'GATEWAY_OUTBOX_UNAVAILABLE' }))
  })

  describe('on a disk that is full', () => {
    // Smaller than what the outbox might take: the disk is full before the outbox is.
    const SMALL_DISK = { maxBytes: 2 ** 30, hardBytes: 200_000 }
    const fill = () => {
      for (let from = 0; ; from += 500) {
        try {
          commit(readings(500, 'power', from))
        } catch (error) {
          return error
        }
      }
    }

    it('refuses what it cannot keep, keeps what it has, and takes again once there is room', () => {
      reopen(SMALL_DISK)
      expect(isFull(fill())).toBe(true)
      const before = all()
      expect(before.length).toBeGreaterThan(2_000)
      expect(() => commit(readings(500, 'energy'), ['refused'])).toThrow(/full/)
      expect([all(), outbox.depth(), outbox.hasSeen('refused')]).toEqual([before, before.length, false])
      outbox.remove([{ firstId: 1, lastId: 1_000, count: 1_000 }])
      commit(readings(500, 'energy'), ['taken'])
      reopen()
      expect([outbox.depth(), outbox.hasSeen('taken')]).toEqual([before.length - 500, true])
    })
  })

  describe('the readings without a date', () => {
    const held = (count: number, upMs = 0) =>
      Array.from({ length: count }, (_, n) => ({
        device: 'plug',
        metric: 'power' as const,
        value: n,
        boot: 'b1',
        upMs: upMs + n,
      }))

    it('are kept apart, over a restart, and are offered to nobody', () => {
      outbox.noteBoot({ name: 'b1', anchorMs: undefined })
      outbox.commit({ readings: [], held: held(3), messages: [], atMs: 0 })
      reopen()
      expect([outbox.depth(), outbox.heldCount(), outbox.lastId()]).toEqual([3, 3, 0])
      expect(outbox.slice(0, 100, 100)).toBeUndefined()
      expect(outbox.held(2)).toMatchObject(held(2))
      expect(outbox.boots()).toEqual([{ name: 'b1', anchorMs: undefined, lastUpMs: 2 }])
    })

    it('become dated ones in one transaction, and the start they came under is forgotten', () => {
      outbox.noteBoot({ name: 'b1', anchorMs: undefined })
      outbox.commit({ readings: [], held: held(3), messages: [], atMs: 0 })
      outbox.noteBoot({ name: 'b1', anchorMs: T })
      expect(outbox.boots()).toEqual([{ name: 'b1', anchorMs: T, lastUpMs: 2 }])
      const [first, second] = outbox.held(2)
      outbox.commit({ readings: readings(2), heldUpTo: second!.id, messages: [], atMs: T })
      expect([first?.id, outbox.heldCount(), outbox.depth(), outbox.lastId()]).toEqual([1, 1, 3, 2])
      expect(outbox.held(10)).toMatchObject(held(3).slice(2))
      outbox.commit({ readings: readings(1, 'power', 2), heldUpTo: 3, messages: [], atMs: T })
      expect([outbox.heldCount(), outbox.boots()]).toEqual([0, []])
    })

    it('can be what a wrong clock dated, without the dates', () => {
      outbox.noteBoot({ name: 'b1', anchorMs: undefined })
      const wrong = readings(3, 'power', 3_600_000)
      commit([...readings(2), ...wrong, ...readings(1, 'relay', 7_200_000)])
      expect(outbox.undate({ beyondMs: T + 600_000, boot: 'b1', anchorMs: T })).toBe(4)
      expect(outbox.newestReadings()).toEqual([readings(2)[1]])
      expect([all(), outbox.depth(), outbox.heldCount()]).toEqual([readings(2), 6, 4])
      expect(outbox.held(10).map(({ upMs, metric }) => [upMs, metric])).toEqual([
        [3_600_000, 'power'],
        [3_600_001, 'power'],
        [3_600_002, 'power'],
        [7_200_000, 'relay'],
      ])
    })
  })
})
