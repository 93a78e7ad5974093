import type { ApiError, MyRota, RotaGapList, RotaMember, RotaWeek, Shift, StationRota } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'

/** Monday, 23 November 2026, 08:00 in Chongqing. */
const MONDAY_MS = Date.parse('2026-11-23T00:00:00Z')
const HOUR_MS = 3_600_000
const EXTRA = [
  { login: 'keeper', name: '站长一', role: 'keeper', districts: ['500103'] },
  { login: 'second', name: '站长二', role: 'keeper', districts: ['500103'] },
  { login: 'foreign', name: '渝北站长', role: 'keeper', districts: ['500112'] },
  { login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'] },
].map(person => ({ ...person, password: PASSWORD }))

let nowMs = MONDAY_MS
let server: RunningServer
let cookies: Record<string, string> = {}

async function start(dataDir?: string): Promise<void> {
  const fleet = twoDistrictFleet()
  const stations = fleet.stations.map(station => ({ ...station, hours: 'Mo-Su 09:00-18:00' }))
  server = await startServer({
    logins: EXTRA,
    fleet: { ...fleet, stations },
    nowMs: () => nowMs,
    ...(dataDir !== undefined && { dataDir }),
  })
  cookies = {}
  for (const login of ['keeper', 'second', 'foreign', 'boss']) cookies[login] = await server.signIn(login)
}

beforeEach(async () => {
  nowMs = MONDAY_MS
  await start()
})
afterEach(() => server[Symbol.asyncDispose]())

const ask = (login: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  const sent = body === undefined ? {} : { body }
  return server.request(method, `/api/v1/${path}`, { cookie: cookies[login] ?? '', ...sent })
}
const rotaOf = async (login: string) => (await ask(login, 'GET stations/yuzhong-1/rota')).body as StationRota
const act = (login: string, shift: Shift | undefined, body: object) =>
  ask(login, `POST rota/shifts/${shift?.id ?? ''}/acts`, body)
const gaps = async (login: string) => ((await ask(login, 'GET rota/gaps')).body as RotaGapList).gaps

async function twoKeepers(): Promise<void> {
  expect((await ask('boss', 'PUT stations/yuzhong-1/rota', { needsKeeper: true })).status).toBe(204)
  for (const login of ['keeper', 'second'])
    expect((await ask('boss', 'POST stations/yuzhong-1/rota/members', { login })).status).toBe(201)
}
const shift = (from: string, halfHours: number, rest: object = {}) =>
  ask('boss', 'POST stations/yuzhong-1/rota/shifts', { day: '2026-11-23', from, halfHours, ...rest })

describe('a rota', () => {
  test('of many stations is a week side by side, with the hours of each day that nobody covers', async () => {
    await twoKeepers()
    await shift('09:00', 8, { person: 'login:keeper' })
    const { body } = await ask('boss', 'GET rota/week?region=500103')
    const { firstDay, stations } = body as RotaWeek
    expect([firstDay, stations.map(({ station }) => station)]).toEqual(['2026-11-23', ['yuzhong-1']])
    // Posted are nine hours a day; on Monday four of them are somebody's.
    expect(stations[0]?.days.map(({ shifts, gapHours }) => [shifts, gapHours])).toEqual([
      [1, 5],
      ...Array.from({ length: 6 }, () => [0, 9]),
    ])
    expect(String((await ask('boss', 'GET rota/week.csv?language=en')).body)).toContain('"1 shifts, 5 h uncovered"')
    expect((await ask('boss', 'GET rota/week?region=500112')).body).toMatchObject({ stations: [] })
    expect((await ask('keeper', 'GET rota/week')).status).toBe(403)
  })

  test('fills the gaps of posted hours day by day, and shows those that are left, soonest first', async () => {
    expect(await gaps('boss')).toEqual([])
    await twoKeepers()
    expect((await gaps('boss')).length).toBe(14)
    await shift('09:00', 8, { rrule: 'FREQ=WEEKLY;BYDAY=MO', person: 'login:keeper' })
    const left = await gaps('keeper')
    // 13:00 on the stations' clock is 05:00 UTC.
    expect([left[0]?.from, left[0]?.to]).toEqual(['2026-11-23T05:00:00.000Z', '2026-11-23T10:00:00.000Z'])
    expect(left.map(({ from }) => from)).toEqual(left.map(({ from }) => from).toSorted())
    expect(await gaps('foreign')).toEqual([])
  })

  test('lets a keeper sign up, be there by the code on the door, and have the hours counted', async () => {
    await twoKeepers()
    await shift('09:00', 4)
    const free = ((await ask('keeper', 'GET rota/mine')).body as MyRota).free
    expect(free.map(({ state, mayDo }) => [state, mayDo])).toEqual([['open', ['sign_up']]])
    expect((await act('keeper', free[0], { act: 'sign_up' })).status).toBe(200)
    expect((await act('second', free[0], { act: 'sign_up' })).status).toBe(409)
    expect((await act('keeper', free[0], { act: 'check_in' })).status).toBe(409)
    nowMs = MONDAY_MS + HOUR_MS - 10 * 60_000
    expect((await act('keeper', free[0], { act: 'check_in', code: 'aaaaaaaaaa' })).status).toBe(401)
    const { code } = (await ask('keeper', 'GET stations/yuzhong-1/door-code')).body as { code: string }
    const there = (await act('keeper', free[0], { act: 'check_in', code })).body as Shift
    expect([there.state, there.shownBy]).toEqual(['present', 'door'])
    // Two hours of shift, left an hour late: the shift and half an hour count.
    nowMs = MONDAY_MS + 4 * HOUR_MS
    expect(((await act('keeper', free[0], { act: 'check_out' })).body as Shift).hours).toBe(2.5)
    expect(((await ask('keeper', 'GET rota/mine')).body as MyRota).hours).toBe(2.5)
    const csv = await ask('boss', 'GET rota/hours.csv?from=2026-11-23&to=2026-11-23')
    expect(csv.body).toContain('站长一')
    expect((await ask('boss', 'GET rota/hours?from=2026-11-24&to=2026-11-24')).body).toEqual({ lines: [] })
  })

  test('swaps by offer, taking and confirming, and nobody is booked twice', async () => {
    await twoKeepers()
    await shift('09:00', 4, { person: 'login:keeper' })
    await shift('10:00', 4, { person: 'login:second' })
    const [first, other] = (await rotaOf('boss')).shifts
    expect((await shift('10:30', 2, { person: 'login:keeper' })).status).toBe(409)
    expect((await act('keeper', first, { act: 'confirm' })).status).toBe(409)
    await act('keeper', first, { act: 'offer' })
    expect(((await act('second', first, { act: 'take' })).body as Shift).person).toBe('login:keeper')
    // The taker has a shift from ten to twelve: what would be two at once is not confirmed.
    const refused = await act('keeper', first, { act: 'confirm' })
    expect([refused.status, (refused.body as ApiError).error.message]).toEqual([
      409,
      'this person has another shift at that time',
    ])
    await act('second', other, { act: 'withdraw' })
    const swapped = (await act('keeper', first, { act: 'confirm' })).body as Shift
    expect([swapped.person, swapped.swap]).toEqual(['login:second', undefined])
  })

  test('shows that somebody did not come, and the reason is a gap again', async () => {
    await twoKeepers()
    await shift('09:00', 18, { person: 'login:keeper' })
    nowMs = MONDAY_MS + HOUR_MS + 20 * 60_000
    expect((await rotaOf('boss')).shifts[0]?.state).toBe('late')
    const [now] = await gaps('boss')
    expect([now?.isNow, now?.isAbsence]).toEqual([true, true])
    nowMs = MONDAY_MS + 11 * HOUR_MS
    expect((await rotaOf('boss')).shifts[0]?.state).toBe('missed')
  })

  test('knows a volunteer by a name alone, who reads shifts in a calendar of their own', async () => {
    await twoKeepers()
    const added = await ask('boss', 'POST stations/yuzhong-1/rota/members', { name: '陈阿姨', contact: '见登记表' })
    const { person, calendar } = added.body as RotaMember & { calendar: string }
    await shift('09:00', 4, { person })
    const text = String((await server.request('GET', calendar)).body)
    expect(text).toContain('DTSTART:20261123T010000Z\r\n')
    expect(text).toContain('TRIGGER:-PT2H\r\n')
    expect((await server.request('GET', `/api/v1/rota/calendar/${'0'.repeat(32)}`)).status).toBe(404)
    const contactOf = async (login: string) =>
      (await rotaOf(login)).members.find(member => member.person === person)?.contact
    expect([await contactOf('boss'), await contactOf('keeper')]).toEqual(['见登记表', undefined])
    // Somebody of the rota who is there says so for them; a keeper of elsewhere cannot.
    const [theirs] = (await rotaOf('boss')).shifts
    nowMs = MONDAY_MS + HOUR_MS
    expect((await act('foreign', theirs, { act: 'check_in' })).status).toBe(404)
    expect((await act('keeper', theirs, { act: 'check_in' })).status).toBe(200)
    expect((await ask('keeper', `DELETE stations/yuzhong-1/rota/members?person=${person}`)).status).toBe(403)
  })

  test('opens the shifts of whoever leaves, and those of an ended week are no more', async () => {
    await twoKeepers()
    await shift('09:00', 4, { rrule: 'FREQ=DAILY', person: 'login:keeper' })
    expect((await rotaOf('boss')).shifts.map(one => one.person)).toEqual(Array<string>(7).fill('login:keeper'))
    expect((await ask('boss', 'DELETE stations/yuzhong-1/rota/members?person=login:keeper')).status).toBe(204)
    const after = await rotaOf('boss')
    expect(after.shifts.map(one => one.state)).toEqual(Array<string>(7).fill('open'))
    expect((await ask('boss', `DELETE rota/patterns/${after.patterns[0]?.id ?? ''}`)).status).toBe(204)
    expect((await rotaOf('boss')).shifts).toEqual([])
  })

  test('of another district answers like one that does not exist', async () => {
    await twoKeepers()
    await shift('09:00', 4)
    const [one] = (await rotaOf('boss')).shifts
    for (const call of ['GET stations/ID/rota'])
      expect((await ask('foreign', call.replace('ID', 'yuzhong-1'))).status).toBe(404)
    expect((await act('foreign', one, { act: 'sign_up' })).status).toBe(404)
    expect((await ask('keeper', 'PUT stations/yuzhong-1/rota', { needsKeeper: false })).status).toBe(403)
  })
})

test('a call for hours that nobody covers goes out once, a day ahead, whatever is restarted in between', async () => {
  await twoKeepers()
  // Monday's and, 25 hours ahead, not yet Tuesday's.
  const calls = () => server.bus.published.filter(({ topic }) => topic.endsWith('/event/rota-gap-called'))
  const { dataDir } = server
  await server.stop()
  await start(dataDir)
  await vi.waitFor(() => expect(calls().length).toBe(1))
  expect((await gaps('boss'))[0]?.calledAt).toBe('2026-11-23T00:00:00.000Z')
  await server.stop()
  nowMs += 2 * HOUR_MS
  await start(dataDir)
  // Tuesday's alone: Monday's was called for before.
  await vi.waitFor(() => expect(calls().length).toBe(1))
  expect((await gaps('boss')).filter(({ calledAt }) => calledAt !== undefined).length).toBe(2)
})
