import { METRICS, type Metric, type Reading, stationDetailSchema, stationViewSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY_CALENDAR } from '../calendar/calendar.ts'
import { createPostedHours } from './opening.ts'
import { type Observed, type StationParts, stationDetail, stationView } from './station-view.ts'

const AT_MS = Date.parse('2026-07-30T04:00:00Z') // noon in Chongqing
const MINUTE_MS = 60_000
const TIME = { atMs: AT_MS, timeZone: 'Asia/Shanghai' }

const STATION: StationParts = {
  record: {
    id: 'cq-500103-01',
    district: '500103',
    nameZh: '解放碑劳动者港湾（演示）',
    nameEn: "Jiefangbei Workers' Harbor (demo)",
    latDeg: 29.5586,
    lngDeg: 106.574,
    hours: '08:00-20:00',
    capacity: 10,
    facilities: ['seating'],
  },
  districtNameZh: '渝中区',
  districtNameEn: 'Yuzhong',
  appliances: [
    { id: 'fridge', station: 'cq-500103-01', kind: 'fridge', model: 'BC-93' },
    { id: 'microwave', station: 'cq-500103-01', kind: 'microwave' },
  ],
  devices: [
    { id: 'fridge-plug', appliance: 'fridge' },
    { id: 'fridge-temp', appliance: 'fridge' },
    { id: 'microwave-plug', appliance: 'microwave' },
    { id: 'room' },
    { id: 'room-2' },
    { id: 'counter' },
  ],
}

const reading = (device: string, metric: Metric, [value, minutesAgo]: [number, number]): Reading => ({
  device,
  metric,
  value,
  timeMs: AT_MS - minutesAgo * MINUTE_MS,
})

const QUIET: Omit<Observed, 'latestOf' | 'isFaulty'> = {
  posted: createPostedHours(EMPTY_CALENDAR),
  signsOf: () => ({}),
  isClosed: () => false,
  changes: { of: () => [] },
  said: { signsOf: () => [] },
  promises: { promisedAt: () => undefined },
  impressions: { photosOf: () => [], ratingOf: () => undefined },
}

function observe(readings: readonly Reading[], faulty: readonly string[] = []): Observed {
  return {
    ...QUIET,
    latestOf: device => new Map(readings.filter(r => r.device === device).map(r => [r.metric, r])),
    isFaulty: appliance => faulty.includes(appliance),
  }
}

const view = (readings: readonly Reading[], faulty: readonly string[] = []) =>
  stationView(STATION, observe(readings, faulty), TIME)
const applianceOf = (id: string, readings: readonly Reading[], faulty: readonly string[] = []) =>
  view(readings, faulty).appliances.find(appliance => appliance.id === id)

test('a station of which nothing was heard is shown with its hours, and claims nothing else', () => {
  expect(view([])).toEqual({
    id: 'cq-500103-01',
    district: '500103',
    districtNameZh: '渝中区',
    districtNameEn: 'Yuzhong',
    nameZh: '解放碑劳动者港湾（演示）',
    nameEn: "Jiefangbei Workers' Harbor (demo)",
    latDeg: 29.5586,
    lngDeg: 106.574,
    hours: '08:00-20:00',
    facilities: ['seating'],
    opening: { state: 'open', changesAt: '2026-07-30T12:00:00.000Z' },
    space: { state: 'unknown', capacity: 10 },
    hasSensors: true,
    said: [],
    appliances: [
      { id: 'fridge', kind: 'fridge', model: 'BC-93', state: 'unknown' },
      { id: 'microwave', kind: 'microwave', state: 'unknown' },
    ],
  })
})

test('the air inside is the newest temperature of a device on no appliance, and no older than ten minutes', () => {
  const { insideTemperatureC, insideMeasuredAt } = view([
    reading('fridge-temp', 'temperature', [4, 0]),
    reading('room', 'temperature', [27, 3]),
    reading('room-2', 'temperature', [28, 10]),
  ])
  expect([insideTemperatureC, insideMeasuredAt]).toEqual([27, '2026-07-30T03:57:00.000Z'])
  expect(view([reading('room', 'temperature', [27, 10])]).insideTemperatureC).toBe(27)
  const old = view([reading('room', 'temperature', [27, 10.01])])
  expect([old.insideTemperatureC, old.insideMeasuredAt]).toEqual([undefined, undefined])
})

test('the newest count of people is the one that counts', () => {
  const readings = [reading('counter', 'people', [8, 1]), reading('room', 'people', [2, 5])]
  expect(view(readings).space).toMatchObject({ state: 'limited', people: 8, countedAt: '2026-07-30T03:59:00.000Z' })
})

test('an appliance works while one of its devices was heard within ten minutes', () => {
  expect(applianceOf('fridge', [reading('fridge-temp', 'temperature', [4, 10])])).toEqual({
    id: 'fridge',
    kind: 'fridge',
    model: 'BC-93',
    state: 'working',
    heardAt: '2026-07-30T03:50:00.000Z',
  })
  const silent = applianceOf('fridge', [reading('fridge-temp', 'temperature', [4, 11])])
  expect(silent).toMatchObject({ state: 'unknown', heardAt: '2026-07-30T03:49:00.000Z' })
})

test('a device that is said to be gone does not make its appliance work, and its last will was not heard of it', () => {
  const gone = [reading('fridge-plug', 'power', [80, 2]), reading('fridge-plug', 'online', [0, 1])]
  expect(applianceOf('fridge', gone)).toMatchObject({ state: 'unknown', heardAt: '2026-07-30T03:58:00.000Z' })
  expect(applianceOf('fridge', [...gone, reading('fridge-temp', 'temperature', [4, 5])])?.state).toBe('working')
  const lateGone = [reading('fridge-temp', 'temperature', [4, 5]), reading('fridge-temp', 'online', [0, 1])]
  expect(applianceOf('fridge', [reading('fridge-plug', 'power', [80, 2]), ...lateGone])?.state).toBe('working')
  const back = [reading('fridge-plug', 'power', [80, 20]), reading('fridge-plug', 'online', [1, 1])]
  expect(applianceOf('fridge', back)?.state).toBe('working')
})

test('an appliance is faulty while an alert of it stands, heard or not, and its neighbour is not', () => {
  const readings = [reading('microwave-plug', 'power', [1, 0])]
  expect(applianceOf('fridge', readings, ['fridge'])?.state).toBe('faulty')
  expect(applianceOf('microwave', readings, ['fridge'])?.state).toBe('working')
})

test('heat is told of fresh temperature and humidity of the room alone', () => {
  const warm = [reading('room', 'temperature', [33, 1]), reading('room', 'humidity', [60, 2])]
  expect(view(warm).heat).toBe('danger')
  expect(view([reading('room', 'temperature', [33, 1]), reading('room', 'humidity', [60, 11])]).heat).toBeUndefined()
  expect(
    view([reading('fridge-temp', 'temperature', [33, 1]), reading('room', 'humidity', [60, 2])]).heat,
  ).toBeUndefined()
})

test('an appliance says whether it works right now while its plug is heard, and nothing after', () => {
  expect(applianceOf('fridge', [reading('fridge-plug', 'power', [85, 1])])?.running).toBe(true)
  expect(applianceOf('fridge', [reading('fridge-plug', 'power', [2, 1])])?.running).toBe(false)
  expect(applianceOf('fridge', [reading('fridge-plug', 'power', [85, 11])])?.running).toBeUndefined()
  expect(applianceOf('microwave', [reading('microwave-plug', 'power', [60, 1])])?.running).toBe(false)
})

test('when it is promised back is told of a faulty appliance alone', () => {
  const promisedMs = AT_MS + 60 * MINUTE_MS
  const promises = { promisedAt: () => promisedMs }
  const shown = stationView(STATION, { ...observe([], ['fridge']), promises }, TIME)
  expect(shown.appliances.map(({ backAt }) => backAt)).toEqual(['2026-07-30T05:00:00.000Z', undefined])
})

test('an appliance whose repair somebody took on is broken, though its plug is heard as ever', () => {
  const promises = { promisedAt: () => undefined, isInRepair: (appliance: string) => appliance.endsWith('fridge') }
  const heard = [reading('fridge-plug', 'power', [85, 1]), reading('microwave-plug', 'power', [2, 1])]
  const shown = stationView(STATION, { ...observe(heard), promises }, TIME)
  expect(shown.appliances.map(({ state }) => state)).toEqual(['faulty', 'working'])
})

test('a station of which no device watches door, people or appliances says so', () => {
  const bare = { ...STATION, appliances: [], devices: [{ id: 'room' }] }
  const sensors = (readings: Reading[]) => stationView(bare, observe(readings), TIME).hasSensors
  expect(sensors([reading('room', 'temperature', [20, 1])])).toBe(false)
  expect(sensors([reading('room', 'occupancy', [0, 1])])).toBe(true)
})

test('of what was said the newest of each kind is shown, for three hours', () => {
  const said = (says: 'open' | 'locked', by: 'keeper' | 'visitor', minutesAgo: number) => ({
    says,
    by,
    at: new Date(AT_MS - minutesAgo * MINUTE_MS).toISOString(),
    count: 1,
  })
  const words = [said('open', 'keeper', 100), said('open', 'visitor', 20), said('locked', 'visitor', 181)]
  const shown = stationView(STATION, { ...observe([]), said: { signsOf: () => words } }, TIME)
  expect(shown.said).toEqual([said('open', 'visitor', 20)])
})

test('a station under reconstruction is closed, whatever its hours and sensors say', () => {
  const observed = { ...observe([reading('counter', 'people', [3, 0])]), isClosed: () => true }
  expect(stationView(STATION, observed, TIME).opening).toEqual({ state: 'closed', special: 'closure' })
})

test('a detail has what the record says of the place, its plan, pictures and stars', () => {
  const place = { hostKind: 'bank', phone: '023-0000 0000', hintZh: '一楼', hintEn: 'ground floor' } as const
  const impressions = { photosOf: () => ['/p/1.jpg'], ratingOf: () => ({ mean: 4.5, count: 6 }) }
  const parts = { ...STATION, record: { ...STATION.record, ...place } }
  const detail = stationDetail(parts, { ...observe([]), impressions }, TIME)
  expect(detail).toMatchObject({ ...place, photos: ['/p/1.jpg'], rating: { mean: 4.5, count: 6 } })
  expect(detail.plan?.week[0]).toEqual([{ from: 480, to: 1_200 }])
})

test('a detail lists the newest readings with their units, devices as registered, metrics by name', () => {
  const detail = stationDetail(
    STATION,
    observe([
      reading('room', 'humidity', [60, 1]),
      reading('fridge-plug', 'relay', [1, 2]),
      reading('fridge-plug', 'power', [80, 2]),
    ]),
    TIME,
  )
  expect(detail.readings).toEqual([
    {
      device: 'fridge-plug',
      appliance: 'fridge',
      metric: 'power',
      unit: 'W',
      value: 80,
      at: '2026-07-30T03:58:00.000Z',
    },
    { device: 'fridge-plug', appliance: 'fridge', metric: 'relay', value: 1, at: '2026-07-30T03:58:00.000Z' },
    { device: 'room', metric: 'humidity', unit: '%RH', value: 60, at: '2026-07-30T03:59:00.000Z' },
  ])
})

test('whatever was heard, view and detail have the shape of the contract', () => {
  const readingArb = fc.record({
    device: fc.constantFrom(...STATION.devices.map(({ id }) => id)),
    metric: fc.constantFrom(...(Object.keys(METRICS) as Metric[])),
    value: fc.double({ min: -40, max: 10_000, noNaN: true }),
    timeMs: fc.integer({ min: AT_MS - 60 * MINUTE_MS, max: AT_MS + 10 * MINUTE_MS }),
  })
  fc.assert(
    fc.property(fc.array(readingArb), fc.subarray(['fridge', 'microwave']), (readings, faulty) => {
      const observed = observe(readings, faulty)
      const shown = stationView(STATION, observed, TIME)
      expect(stationViewSchema.parse(shown)).toEqual(shown)
      const detail = stationDetail(STATION, observed, TIME)
      expect(stationDetailSchema.parse(detail)).toEqual(detail)
    }),
  )
})

test('a view asks for the devices of its own station alone, each once', () => {
  const asked: string[] = []
  const observed: Observed = {
    ...QUIET,
    latestOf: (device: string) => {
      asked.push(device)
      return new Map<Metric, Reading>()
    },
    isFaulty: () => false,
  }
  stationView(STATION, observed, TIME)
  expect(asked).toEqual(STATION.devices.map(({ id }) => id))
})
