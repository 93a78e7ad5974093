import type {
  ApiError,
  EnergyReport,
  OpeningTruthReport,
  Overview,
  Reading,
  StationUsage,
  UsageDoubts,
  UsageEdit,
  UsageHeatMap,
  UsageJudgements,
  UsageReport,
} from '@harbor/protocol'
import { fleetSchema } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'

const EXTRA = [
  { login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'], password: PASSWORD },
  { login: 'other', name: 'Other', role: 'manager', districts: ['500112'], password: PASSWORD },
]
const SOON = { timeout: 8_000 }
/** 20:00 on 20 October 2026 in Chongqing. */
const NOW_MS = Date.UTC(2026, 9, 20, 12)
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 9, day, hour - 8, minute)

function fleet() {
  const known = twoDistrictFleet()
  return fleetSchema.parse({
    ...known,
    stations: known.stations.map(station => ({ ...station, hours: 'Mo-Su 08:00-18:00', hostKind: 'bank' })),
    devices: [
      ...known.devices,
      {
        id: 'yuzhong-fridge-plug',
        gateway: 'gw-yuzhong-1',
        vendor: 'shelly',
        address: 'p',
        appliance: 'yuzhong-1-fridge',
      },
      { id: 'yuzhong-door', gateway: 'gw-yuzhong-1', vendor: 'esphome', address: 'door' },
    ],
  })
}

/**
 * 19 October: the door opens at 08:30 (late), ten go in and eight come out, it is shut at 18:00; the fridge takes 1.2 kWh over the
 * day. 20 October: the same, in time.
 */
function readings(): Reading[] {
  const all: Reading[] = []
  const say = (of: Pick<Reading, 'device' | 'metric'>, timeMs: number, value: number) =>
    all.push({ ...of, timeMs, value })
  for (const [day, opens] of [
    [19, 30],
    [20, 0],
  ] as const) {
    const before = (day - 19) * 1_000
    for (let hour = 0; hour < (day === 20 ? 20 : 24); hour++) {
      say({ device: 'yuzhong-fridge-plug', metric: 'energy' }, at(day, hour, 5), 5_000 + (day - 19) * 1_200 + hour * 50)
      say({ device: 'yuzhong-door', metric: 'door' }, at(day, hour, 1), hour > 8 && hour < 18 ? 1 : 0)
      say(
        { device: 'yuzhong-people', metric: 'people_in' },
        at(day, hour, 2),
        before + Math.min(10, Math.max(0, hour - 8)),
      )
      say(
        { device: 'yuzhong-people', metric: 'people_out' },
        at(day, hour, 2),
        before + Math.min(8, Math.max(0, hour - 9)),
      )
    }
    say({ device: 'yuzhong-door', metric: 'door' }, at(day, 8, opens), 1)
    say({ device: 'yuzhong-door', metric: 'door' }, at(day, 17, 58), 0)
  }
  return all.sort((a, b) => a.timeMs - b.timeMs)
}

let server: RunningServer
const cookies: Record<string, string> = {}

beforeAll(async () => {
  server = await startServer({ logins: EXTRA, fleet: fleet(), nowMs: () => NOW_MS, readings: readings() })
  for (const login of ['boss', 'other', 'yuzhong']) cookies[login] = await server.signIn(login)
  await vi.waitFor(async () => {
    const report = (await ask('boss', 'GET usage?from=2026-10-19&to=2026-10-20&by=day')).body as UsageReport
    if (report.rows.length < 2) throw new Error('not counted yet')
  }, SOON)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const ask = (login: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  const cookie = cookies[login]
  return server.request(method, `/api/v1/${path}`, {
    ...(cookie !== undefined && { cookie }),
    ...(body === undefined ? {} : { body }),
  })
}

const PERIOD = 'from=2026-10-19&to=2026-10-20'

test('visits are half of those who went in and out, and their error band is the counter’s', async () => {
  const { total, rows, of } = (await ask('boss', `GET usage?${PERIOD}&by=station`)).body as UsageReport
  // 19 October: 10 in, 8 out; 20 October (until 20:00): the same; 18 people more came with the counter's new day, none went.
  const [row] = rows
  expect(of).toBe(1)
  expect(row?.key).toBe('yuzhong-1')
  const visits = row?.figures.visits
  expect(visits?.low).toBeCloseTo((visits?.value ?? 0) * 0.85, 2)
  expect(visits?.high).toBeCloseTo((visits?.value ?? 0) * 1.15, 2)
  expect(total.figures.visits).toEqual(visits)
  // One window of a quarter of an hour in each hour was heard: 11 of 44 hours.
  expect(visits?.coverage).toBeCloseTo(0.25, 2)
})

test('energy is what the plug counted, with its price and its emissions', async () => {
  const { report, saving } = (await ask('boss', 'GET energy?from=2026-10-19&to=2026-10-19')).body as EnergyReport
  // 24 reports, 50 Wh apart: 23 steps.
  expect(report.total.figures.energyKWh?.value).toBeCloseTo(1.15, 6)
  expect(report.total.figures.costFen?.value).toBeCloseTo(1.15 * 80, 6)
  expect(report.total.figures.co2Kg?.value).toBeCloseTo(1.15 * 0.5366, 3)
  expect(saving.commands).toBe(0)
  expect(saving.savedKWh).toBeUndefined()
})

test('a door that opened at half past eight was late, and a station without sensors is not observed', async () => {
  const { total } = (await ask('boss', 'GET opening-truth?from=2026-10-19&to=2026-10-20&by=station'))
    .body as OpeningTruthReport
  expect(total).toMatchObject({
    postedDays: 2,
    observedDays: 2,
    asPosted: 1,
    openedLate: 1,
    didNotOpen: 0,
    closedEarly: 0,
  })
  const yubei = (await ask('other', 'GET opening-truth?from=2026-10-19&to=2026-10-20')).body as OpeningTruthReport
  expect(yubei.total).toMatchObject({ observedDays: 0, didNotOpen: 0, neverOpened: 0 })
})

test('a manager sets a figure by hand with a reason, sees what was measured, and takes it back', async () => {
  const before = (
    (await ask('boss', 'GET usage/stations/yuzhong-1?from=2026-10-19&to=2026-10-19')).body as StationUsage
  ).total
  const asked = { station: 'yuzhong-1', date: '2026-10-19', figure: 'visits', reason: 'the counter was unplugged' }
  expect((await ask('yuzhong', 'POST usage/edits', { ...asked, value: 40 })).status).toBe(403)
  expect((await ask('other', 'POST usage/edits', { ...asked, value: 40 })).status).toBe(404)
  const set = await ask('boss', 'POST usage/edits', { ...asked, value: 40 })
  expect(set.status).toBe(201)
  expect(set.body as UsageEdit).toMatchObject({ value: 40, measured: before.visits?.value, by: 'boss' })
  const edited = (await ask('boss', 'GET usage/stations/yuzhong-1?from=2026-10-19&to=2026-10-19')).body as StationUsage
  expect(edited.total.visits?.value).toBe(40)
  expect(edited.days[0]?.measured).toEqual({ visits: before.visits?.value })
  const report = (await ask('boss', 'GET usage?from=2026-10-19&to=2026-10-19&by=district')).body as UsageReport
  expect(report.rows[0]).toMatchObject({ editedDays: 1, figures: { visits: { value: 40 } } })
  await ask('boss', 'POST usage/edits', { ...asked, reason: 'it had counted after all' })
  const back = (await ask('boss', 'GET usage/stations/yuzhong-1?from=2026-10-19&to=2026-10-19')).body as StationUsage
  expect(back.total).toEqual(before)
  expect(back.edits).toHaveLength(2)
})

test('every list answers within its scope and tells nothing of another district', async () => {
  for (const path of [
    `usage?${PERIOD}&by=station&compare=previous`,
    `usage?${PERIOD}&by=street`,
    `usage?${PERIOD}&by=host_kind&compare=last_year`,
    `usage?${PERIOD}&by=week`,
    `usage?from=2025-10-01&to=2026-10-20&by=month`,
    `usage/heat-map?${PERIOD}`,
    `usage/judgements?${PERIOD}`,
    `usage/doubts?${PERIOD}`,
    `usage/edits?${PERIOD}`,
    `energy?${PERIOD}&by=district`,
    `opening-truth/days?${PERIOD}`,
    'overview',
    'overview/stations',
  ]) {
    const mine = await ask('boss', `GET ${path}`)
    expect([path, mine.status]).toEqual([path, 200])
    expect(JSON.stringify(mine.body)).not.toMatch(/yubei|500112/)
    const sign = path.includes('?') ? '&' : '?'
    expect((await ask('boss', `GET ${path}${sign}region=500112`)).status).toBe(404)
  }
})

test('the heat map has the hours of the days asked for and no others', async () => {
  const map = (await ask('boss', `GET usage/heat-map?${PERIOD}`)).body as UsageHeatMap
  expect(map.days).toBe(2)
  // 19 October 2026 is a Monday: at nine one goes in and none out.
  expect(map.visits[0]?.[9]).toBe(0.5)
  expect(map.visits[2]?.every(value => value === null)).toBe(true)
})

test('a difference of in and out is no doubt among few, and a fortnight too short judges nobody', async () => {
  expect((await ask('boss', `GET usage/doubts?${PERIOD}`)).body as UsageDoubts).toEqual({ days: [] })
  expect(((await ask('boss', `GET usage/judgements?${PERIOD}`)).body as UsageJudgements).stations).toEqual([])
})

test('a price holds from its day on, and what days cost is reckoned anew', async () => {
  const tariff = {
    district: '500103',
    from: '2026-10-19',
    fenPerKWh: Array(24).fill(100),
    co2KgPerKWh: 0.5,
    source: 'the contract',
  }
  expect((await ask('other', 'PUT energy/tariffs', tariff)).status).toBe(404)
  expect((await ask('boss', 'PUT energy/tariffs', tariff)).status).toBe(200)
  await vi.waitFor(async () => {
    const { report } = (await ask('boss', 'GET energy?from=2026-10-19&to=2026-10-19')).body as EnergyReport
    expect(report.total.figures.costFen?.value).toBeCloseTo(115, 6)
  }, SOON)
})

test('the one screen counts each station once', async () => {
  const { counts, parts } = (await ask('boss', 'GET overview')).body as Overview
  const { open, full, closed, closedButShouldBeOpen, notConfirmed, noHours, offline } = counts
  expect(counts.stations).toBe(1)
  expect(open + full + closed + closedButShouldBeOpen + notConfirmed + noHours + offline).toBe(1)
  expect(parts.map(({ region, stations }) => [region, stations])).toEqual([['500103', 1]])
})

test('a period the wrong way round is refused with a reason', async () => {
  const answer = await ask('boss', 'GET usage?from=2026-10-20&to=2026-10-19')
  expect([answer.status, (answer.body as ApiError).error.code]).toEqual([400, 'invalid_request'])
})
