import { type SessionList, STAFF_NAMESPACE, type StaffList } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'
import { rowsIn } from './test-registry.ts'

const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; V2304A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36'
const SOON = { timeout: 60_000 }

let server: RunningServer
let now = Date.now()

beforeAll(async () => {
  server = await startServer({
    nowMs: () => now,
    logins: [
      { login: 'yubei-admin', name: '渝北管理', role: 'administrator', districts: ['500112'], password: PASSWORD },
    ],
  })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

async function signInFrom(login: string, headers: Record<string, string>): Promise<string> {
  const answer = await server.request('POST', '/api/v1/session', { body: { login, password: PASSWORD }, headers })
  return answer.headers.getSetCookie()[0]?.split(';', 1)[0] as string
}
const listOf = async (cookie: string) =>
  ((await server.request('GET', '/api/v1/sessions', { cookie })).body as SessionList).sessions
const statusOf = async (cookie: string) => (await server.request('GET', '/api/v1/session', { cookie })).status

async function connected(cookie: string): Promise<Socket> {
  const socket = io(server.url + STAFF_NAMESPACE, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: { cookie },
  })
  onTestFinished(() => void socket.close())
  await vi.waitFor(() => expect(socket.connected).toBe(true), SOON)
  return socket
}

test('a person sees since when, from where and with what they are signed in, and which one this is', async () => {
  const sinceMs = now
  const phone = await signInFrom('yuzhong', { 'x-forwarded-for': '203.0.113.77', 'user-agent': ANDROID })
  now += 60_000
  const desk = await signInFrom('yuzhong', { 'x-forwarded-for': '2001:db8:7:1::42', 'user-agent': 'curl/8' })
  expect(await listOf(desk)).toEqual([
    {
      id: expect.any(String),
      isThis: true,
      since: new Date(now).toISOString(),
      usedAt: new Date(now).toISOString(),
      network: '2001:db8:7::/48',
    },
    {
      id: expect.any(String),
      isThis: false,
      since: new Date(sinceMs).toISOString(),
      usedAt: new Date(sinceMs).toISOString(),
      network: '203.0.113.0/24',
      browser: 'Chrome · Android',
    },
  ])
  // Somewhere else, a minute later: a stolen cookie shows.
  now += 60_000
  const headers = { 'x-forwarded-for': '198.51.100.9' }
  await server.request('GET', '/api/v1/session', { cookie: phone, headers })
  expect((await listOf(phone))[0]).toMatchObject({
    isThis: true,
    network: '198.51.100.0/24',
    browser: 'Chrome · Android',
  })
})

test('no whole address and nothing of the browser but its words is kept', async () => {
  await signInFrom('yuzhong', { 'x-forwarded-for': '203.0.113.78', 'user-agent': ANDROID })
  const kept = JSON.stringify(await rowsIn(server.dataDir, 'select * from session'))
  expect(kept).toContain('203.0.113.0/24')
  expect(kept).not.toContain('203.0.113.78')
  expect(kept).not.toContain('V2304A')
})

test('one session is ended with its sockets at once, the others stay', async () => {
  const [here, there] = [await server.signIn('yubei'), await server.signIn('yubei')]
  const [mine, cut] = [await connected(here), await connected(there)]
  const other = (await listOf(here)).find(({ isThis }) => !isThis)
  const left = await server.request('DELETE', `/api/v1/sessions/${other?.id}`, { cookie: here })
  expect((left.body as SessionList).sessions.map(({ isThis }) => isThis)).toEqual([true])
  await vi.waitFor(() => expect(cut.connected).toBe(false), SOON)
  expect(mine.connected).toBe(true)
  expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401])
})

test('all others are ended at once, and nobody else’s', async () => {
  const stranger = await server.signIn('admin')
  const cookies = [await server.signIn('yubei'), await server.signIn('yubei'), await server.signIn('yubei')]
  await server.request('DELETE', '/api/v1/sessions', { cookie: cookies[1] as string })
  expect(await Promise.all(cookies.map(statusOf))).toEqual([401, 200, 401])
  expect(await statusOf(stranger)).toBe(200)
})

test('ending the session that asks signs out, and takes the cookie away', async () => {
  const cookie = await server.signIn('yubei')
  const own = (await listOf(cookie)).find(({ isThis }) => isThis)
  const answer = await server.request('DELETE', `/api/v1/sessions/${own?.id}`, { cookie })
  expect(answer.headers.getSetCookie()[0]).toMatch(/^harbor_session=; Max-Age=0;/)
  expect(await statusOf(cookie)).toBe(401)
})

test('somebody else’s session is none, whether or not there is such a one', async () => {
  const [mine, theirs] = [await server.signIn('yuzhong'), await server.signIn('yubei')]
  const [foreign] = await listOf(theirs)
  const answers = await Promise.all(
    [foreign?.id, '0'.repeat(64)].map(id => server.request('DELETE', `/api/v1/sessions/${id}`, { cookie: mine })),
  )
  expect(answers[0]).toMatchObject({ status: 404, body: answers[1]?.body })
  expect(await statusOf(theirs)).toBe(200)
})

test('an administrator ends all sessions of a person of their region, and of nobody who sees more', async () => {
  const [yubei, yuzhong, city] = [
    await server.signIn('yubei'),
    await server.signIn('yuzhong'),
    await server.signIn('admin'),
  ]
  const socket = await connected(yubei)
  const cookie = await server.signIn('yubei-admin')
  const { people } = (await server.request('GET', '/api/v1/people', { cookie })).body as StaffList
  expect(people.map(({ login, isOther }) => [login, isOther])).toEqual([
    ['yubei', true],
    ['yubei-admin', false],
    ['yubei-hardware', true],
  ])
  expect(people[0]?.sessions).toBeGreaterThan(0)
  const end = async (login: string) =>
    (await server.request('DELETE', `/api/v1/people/${login}/sessions`, { cookie })).status
  expect([await end('yuzhong'), await end('admin'), await end('nobody'), await end('YUBEI')]).toEqual([
    404, 404, 404, 204,
  ])
  await vi.waitFor(() => expect(socket.connected).toBe(false), SOON)
  expect([await statusOf(yubei), await statusOf(yuzhong), await statusOf(city)]).toEqual([401, 200, 200])
})

test('people are found by a part of their name', async () => {
  const cookie = await server.signIn('admin')
  const answer = await server.request('GET', `/api/v1/people?q=${encodeURIComponent('渝北')}`, { cookie })
  expect((answer.body as StaffList).people.map(({ login }) => login)).toEqual([
    'yubei',
    'yubei-admin',
    'yubei-hardware',
  ])
})
