import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StationDetail, stationDetailSchema } from '@harbor/protocol'
import { expect, onTestFinished, test } from 'vitest'
import type { MarkBook } from '../ledger/mark-book.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { closingFailed, closingRound, unswitchedMark } from './closing.ts'
import { AGAIN_AFTER_MS, GIVE_UP_MS, PRECOOL_LEAD_MS } from './decide.ts'

const NOW_MS = Date.parse('2026-07-01T14:00:00Z')
const iso = (atMs: number) => new Date(atMs).toISOString()

/** A station with an air conditioner, a dispenser and a fridge, all running, and nobody inside. */
function station(rest: Partial<StationDetail> = {}): StationDetail {
  const kinds = { ac: 'air_conditioner', water: 'water_dispenser', fridge: 'fridge', oven: 'microwave' } as const
  return stationDetailSchema.parse({
    id: 's1',
    district: '500103',
    districtNameZh: '渝中区',
    districtNameEn: 'Yuzhong',
    nameZh: '站',
    nameEn: 'Station',
    latDeg: 29.5,
    lngDeg: 106.5,
    facilities: [],
    opening: { state: 'closed' },
    space: { state: 'free', people: 0, countedAt: iso(NOW_MS) },
    hasSensors: true,
    said: [],
    photos: [],
    appliances: Object.entries(kinds).map(([id, kind]) => ({ id, kind, state: 'working' as const })),
    readings: Object.keys(kinds).map(id => ({
      device: `${id}-plug`,
      appliance: id,
      metric: 'relay',
      value: 1,
      at: iso(NOW_MS),
    })),
    ...rest,
  })
}

function marks(): MarkBook {
  const dir = mkdtempSync(join(tmpdir(), 'harbor-marks-'))
  const ledger = openLedger(join(dir, 'automation.sqlite'))
  onTestFinished(() => {
    ledger.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return ledger.marks
}

/** A round over one station as it is; what it commands. */
async function round(book: MarkBook, now: StationDetail, { nowMs = NOW_MS, outdoorC = 20 } = {}) {
  const report = await closingRound(
    { stations: () => Promise.resolve([now]), detail: () => Promise.resolve(now), outdoorC: () => outdoorC },
    book,
    { nowMs, precoolFromC: 30 },
  )
  return { ...report, commands: report.commands.map(({ device, action }) => `${device} ${action}`) }
}

const OPEN = station({ opening: { state: 'open' } })
const OFF = ['ac-plug relay-off', 'water-plug relay-off']

test('an empty station that has closed is switched off once: its air conditioner and dispenser, never its fridge', async () => {
  const book = marks()
  await round(book, OPEN)
  expect((await round(book, station())).commands).toEqual(OFF)
  expect((await round(book, station())).commands).toEqual([])
})

test('a station that was never seen open is left alone', async () => {
  expect((await round(marks(), station())).commands).toEqual([])
})

test.each<[string, Partial<StationDetail>, 'occupied' | 'notCounted']>([
  ['people are counted', { space: { state: 'free', people: 1, countedAt: iso(NOW_MS) } }, 'occupied'],
  [
    'somebody checked in and not out',
    { space: { state: 'free', people: 0, countedAt: iso(NOW_MS), arrived: { count: 1, since: iso(NOW_MS) } } },
    'occupied',
  ],
  [
    'the door just spoke of life',
    { opening: { state: 'closed', sign: { source: 'door', says: 'open', at: iso(NOW_MS - 60_000) } } },
    'occupied',
  ],
  ['nobody counts', { space: { state: 'unknown' } }, 'notCounted'],
  ['the count is old', { space: { state: 'free', people: 0, countedAt: iso(NOW_MS - 11 * 60_000) } }, 'notCounted'],
])('nothing is switched while %s', async (_why, rest, counted) => {
  const book = marks()
  await round(book, OPEN)
  const report = await round(book, station(rest))
  expect(report.commands).toEqual([])
  expect(report[counted]).toBe(1)
})

test('it waits for the last to leave, but not beyond three hours', async () => {
  const occupied = station({ space: { state: 'free', people: 1, countedAt: iso(NOW_MS + GIVE_UP_MS + 2) } })
  const leaving = marks()
  await round(leaving, OPEN)
  await round(leaving, occupied)
  expect((await round(leaving, station(), { nowMs: NOW_MS + 60_000 })).commands).toEqual(OFF)

  const staying = marks()
  await round(staying, OPEN)
  await round(staying, occupied)
  await round(staying, occupied, { nowMs: NOW_MS + GIVE_UP_MS + 1 })
  const late = NOW_MS + GIVE_UP_MS + 2
  const empty = station({ space: { state: 'free', people: 0, countedAt: iso(late) } })
  expect((await round(staying, empty, { nowMs: late })).commands).toEqual([])
})

test('what failed at closing is tried once more after five minutes, then counted for its district', async () => {
  const closed = (nowMs: number) => station({ space: { state: 'free', people: 0, countedAt: iso(nowMs) } })
  const book = marks()
  await round(book, station({ opening: { state: 'open' } }))
  expect((await round(book, closed(NOW_MS))).commands).toEqual(OFF)
  const failed = { station: 's1', action: 'relay-off' }
  closingFailed(book, failed, NOW_MS)
  const early = NOW_MS + AGAIN_AFTER_MS - 1
  expect((await round(book, closed(early), { nowMs: early })).commands).toEqual([])
  const later = NOW_MS + AGAIN_AFTER_MS
  expect((await round(book, closed(later), { nowMs: later })).commands).toEqual(OFF)
  expect(book.count(unswitchedMark('500103', ''), 0)).toBe(0)
  closingFailed(book, failed, later)
  for (const afterMs of [1, AGAIN_AFTER_MS, 2 * AGAIN_AFTER_MS])
    expect((await round(book, closed(later + afterMs), { nowMs: later + afterMs })).commands).toEqual([])
  expect(book.count(unswitchedMark('500103', ''), later)).toBe(1)
  expect(book.count(unswitchedMark('500105', ''), 0)).toBe(0)
})

test('before it opens on a hot day its air conditioner goes on once, half an hour ahead', async () => {
  const opens = (inMs: number) => {
    const off = station({ opening: { state: 'closed', changesAt: iso(NOW_MS + inMs) } })
    return { ...off, readings: off.readings.map(reading => ({ ...reading, value: 0 })) }
  }
  const book = marks()
  expect((await round(book, opens(PRECOOL_LEAD_MS + 1), { outdoorC: 36 })).commands).toEqual([])
  expect((await round(book, opens(PRECOOL_LEAD_MS), { outdoorC: 29.9 })).commands).toEqual([])
  expect((await round(book, opens(PRECOOL_LEAD_MS), { outdoorC: 36 })).commands).toEqual(['ac-plug relay-on'])
  expect((await round(book, opens(PRECOOL_LEAD_MS - 60_000), { outdoorC: 36 })).commands).toEqual([])
  // The next day, after it was open.
  await round(book, OPEN)
  book.clear('open/s1')
  expect((await round(book, opens(60_000), { outdoorC: 36 })).commands).toEqual(['ac-plug relay-on'])
})
