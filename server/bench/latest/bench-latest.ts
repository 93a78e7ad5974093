import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { DeviceRecord, Reading } from '@harbor/protocol'
import { readCalendar } from '../../src/calendar/read-calendar.ts'
import { createLatest } from '../../src/latest/latest.ts'
import type { Directory, StationEntry } from '../../src/registry/directory.ts'
import { createPostedHours } from '../../src/stations/opening.ts'

/** As many as China has (docs/domain.md 1.1), of which six in a hundred have sensors. */
const STATIONS = 200_000
const WATCHED_EVERY = 16
const CHANGES = 20_000
const MINUTE_MS = 60_000
/** A Thursday, 08:59:50 in Chongqing: ten seconds before most of them open. */
const START_MS = Date.parse('2026-11-26T00:59:50Z')

/** 12 ways to write hours, each with 25 opening times: 300 distinct texts. */
function hoursOf(n: number): string {
  const opens = n % 25 < 15 ? '09:00' : `0${6 + (n % 3)}:${String((n % 4) * 15).padStart(2, '0')}`
  const closes = `${17 + (n % 5)}:${String((n % 6) * 10).padStart(2, '0')}`
  const forms = [
    `${opens}-${closes}`,
    `Mo-Fr ${opens}-${closes}; PH off`,
    `Mo-Fr ${opens}-12:00,14:00-${closes}; Sa-Su 10:00-16:00`,
    `Mo-Sa ${opens}-${closes}; Su,PH 10:00-16:00`,
  ]
  return forms[n % forms.length] ?? '24/7'
}

function fleet(): Directory {
  const stations = new Map<string, StationEntry>()
  const devices = new Map<string, Directory['devices'] extends ReadonlyMap<string, infer Entry> ? Entry : never>()
  for (let n = 0; n < STATIONS; n++) {
    const id = `station-${n}`
    const own: DeviceRecord[] =
      n % WATCHED_EVERY === 0
        ? ['door', 'people', 'room'].map(name => ({
            id: `${n}-${name}`,
            gateway: `gw-${n}`,
            vendor: 'esphome',
            address: name,
          }))
        : []
    for (const record of own)
      devices.set(record.id, { record, station: id, address: { district: '500103', gateway: `gw-${n}` } })
    stations.set(id, {
      record: {
        id,
        district: '500103',
        nameZh: `港湾${n}`,
        nameEn: `Harbor ${n}`,
        latDeg: 29.5,
        lngDeg: 106.5,
        hours: hoursOf(n),
        facilities: ['seating', 'charging'],
      },
      districtNameZh: '渝中区',
      districtNameEn: 'Yuzhong',
      state: 'open',
      appliances: [],
      devices: own,
    })
  }
  return { stations, devices, appliances: new Map(), ruleOverrides: [] }
}

/** What it costs to know of 200,000 stations what is true right now, a line at a time. */
export async function* benchLatest(): AsyncGenerator<string> {
  const directory = fleet()
  const posted = createPostedHours(await readCalendar('/no such folder'))
  let nowMs = START_MS
  let told = 0
  const before = heapMb()
  const latest = createLatest({
    directory,
    posted,
    timeZone: 'Asia/Shanghai',
    faultyAppliances: new Set(),
    closedStations: new Set(),
    nowMs: () => nowMs,
    onChanged: ({ stations }) => (told += stations.length),
    onReadings: () => {},
  })
  const people = (n: number, value: number): Reading => ({
    device: `${n * WATCHED_EVERY}-people`,
    metric: 'people',
    value,
    timeMs: nowMs,
  })
  const newest = Array.from({ length: STATIONS / WATCHED_EVERY }, (_, n) => people(n, 1))
  const startMs = measured(() => latest.start(newest))
  yield `start: ${STATIONS} stations computed in ${startMs.toFixed(0)} ms, ${(heapMb() - before).toFixed(0)} MB for their views`

  // One after another, so that nothing is computed for many at once.
  const oneMs = measured(() => {
    for (let n = 0; n < CHANGES; n++) {
      nowMs += 1
      latest.take([people(n % newest.length, n % 7)])
      latest.view(`station-${(n % newest.length) * WATCHED_EVERY}`)
    }
  })
  yield `a reading until the view is new: ${((oneMs / CHANGES) * 1_000).toFixed(1)} µs`

  told = 0
  nowMs = START_MS + 11_000 + MINUTE_MS
  const longestMs = await longestBlockWhile(() => told > STATIONS / 3)
  latest.stop()
  yield `nine o'clock: ${told} stations open at once; nothing else waited longer than ${longestMs.toFixed(0)} ms for its turn`
}

function heapMb(): number {
  return process.memoryUsage().heapUsed / 1e6
}

function measured(work: () => void): number {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}

async function longestBlockWhile(isDone: () => boolean): Promise<number> {
  let longestMs = 0
  let lastMs = performance.now()
  const endMs = lastMs + 60_000
  while (!isDone() && performance.now() < endMs) {
    await setImmediate()
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }
  return longestMs
}
