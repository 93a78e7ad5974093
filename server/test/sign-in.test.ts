import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

const HOUR_MS = 3_600_000

let server: RunningServer
let now = Date.now()

beforeAll(async () => {
  server = await startServer({ nowMs: () => now })
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const attempt = (login: string, password: string, headers: Record<string, string> = {}) =>
  server.request('POST', '/api/v1/session', { body: { login, password }, headers })
const whoAmI = async (cookie: string) => server.request('GET', '/api/v1/session', { cookie })
/** A caller of its own, through a proxy on this machine, so that the limits of one test do not reach another. */
const from = (address: string) => ({ 'x-forwarded-for': address })

describe('a session', () => {
  test('is a cookie that script cannot read and other sites cannot send', async () => {
    const answer = await attempt('admin', PASSWORD)
    const [cookie] = answer.headers.getSetCookie()
    expect(cookie).toMatch(/^harbor_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(answer.body).toEqual({ login: 'admin', name: 'Admin', role: 'administrator', districts: [] })
  })

  test('is sent over https alone when it was made over https', async () => {
    const answer = await attempt('admin', PASSWORD, { 'x-forwarded-proto': 'https' })
    expect(answer.headers.getSetCookie()[0]).toContain('; Secure')
  })

  test('says who is signed in, until they sign out', async () => {
    const cookie = await server.signIn('yuzhong')
    expect((await whoAmI(cookie)).body).toMatchObject({ login: 'yuzhong', districts: ['500103'] })
    await server.request('DELETE', '/api/v1/session', { cookie })
    expect((await whoAmI(cookie)).status).toBe(401)
  })

  test('ends 12 hours after its last use, not before', async () => {
    const cookie = await server.signIn('admin')
    now += 12 * HOUR_MS - 1
    expect((await whoAmI(cookie)).status).toBe(200)
    now += 12 * HOUR_MS - 1
    expect((await whoAmI(cookie)).status).toBe(200)
    now += 12 * HOUR_MS
    expect((await whoAmI(cookie)).status).toBe(401)
  })

  test('ends 7 days after sign-in however much it is used', async () => {
    const cookie = await server.signIn('admin')
    for (let hours = 0; hours < 7 * 24 - 8; hours += 8) {
      now += 8 * HOUR_MS
      expect((await whoAmI(cookie)).status).toBe(200)
    }
    now += 8 * HOUR_MS
    expect((await whoAmI(cookie)).status).toBe(401)
  })

  test('outlives a restart of the server', async () => {
    const first = await startServer()
    const cookie = await first.signIn('yuzhong')
    await first.stop()
    await using second = await startServer({ dataDir: first.dataDir })
    expect((await second.request('GET', '/api/v1/session', { cookie })).status).toBe(200)
  })
})

describe('guessing', () => {
  test('an unknown login and a wrong password get the same answer', async () => {
    const unknown = await attempt('nobody', PASSWORD, from('203.0.113.1'))
    const wrong = await attempt('admin', 'wrong', from('203.0.113.1'))
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body])
    expect(unknown.status).toBe(401)
  })

  test('the sixth wrong password for a login from one address is not looked at, while others sign in', async () => {
    for (let n = 1; n <= 5; n += 1) expect((await attempt('yubei', `wrong-${n}`, from('203.0.113.2'))).status).toBe(401)
    const sixth = await attempt('yubei', PASSWORD, from('203.0.113.2'))
    expect(sixth.status).toBe(429)
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await attempt('yubei', PASSWORD, from('203.0.113.3'))).status).toBe(200)
    expect((await attempt('admin', PASSWORD, from('203.0.113.2'))).status).toBe(200)
  })

  test('made-up logins from one network are stopped after 30, its other addresses included', async () => {
    const statuses: number[] = []
    for (let n = 1; n <= 31; n += 1)
      statuses.push((await attempt(`guess-${n}`, 'wrong', from(`2001:db8:7:1::${n.toString(16)}`))).status)
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 401), 429])
  })

  test('right passwords use nothing up', async () => {
    for (let n = 1; n <= 12; n += 1) expect((await attempt('admin', PASSWORD, from('203.0.113.4'))).status).toBe(200)
  })
})

describe('the first administrator', () => {
  const claim = (own: RunningServer, code: string | undefined, password = 'long enough for it') =>
    own.request('POST', '/api/v1/first-administrator', { body: { code, login: 'Chief', name: 'Chief', password } })

  test('is made with the printed code, once, and is then signed in', async () => {
    await using own = await startServer({ env: { DEMO: '0' } })
    const code = own.app.firstAdministratorCode
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/)
    expect((await own.request('GET', '/api/v1/client-config')).body).toMatchObject({ needsFirstAdministrator: true })
    expect((await claim(own, 'AAAA-AAAA')).status).toBe(401)
    expect((await claim(own, code, 'short')).status).toBe(400)
    // Two at once: one becomes the administrator.
    const answers = await Promise.all([claim(own, code), claim(own, code?.toLowerCase())])
    expect(answers.map(answer => answer.status).sort()).toEqual([200, 409])
    const cookie = answers
      .find(answer => answer.status === 200)
      ?.headers.getSetCookie()[0]
      ?.split(';')[0] as string
    expect((await own.request('GET', '/api/v1/session', { cookie })).body).toMatchObject({ role: 'administrator' })
    expect((await own.request('GET', '/api/v1/client-config')).body).toMatchObject({ needsFirstAdministrator: false })
  })

  test('is not asked for where somebody can sign in', async () => {
    expect(server.app.firstAdministratorCode).toBeUndefined()
    await vi.waitFor(async () => expect((await claim(server, 'AAAA-AAAA')).status).toBe(409))
  })
})
