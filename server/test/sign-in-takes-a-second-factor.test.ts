import type { Enrolment, StaffList } from '@harbor/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signIn } from '../src/harbor-cli/api-client.ts'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'
import { codeOf, cookiesOf, enrol, givePassword } from './second-factor-fixture.ts'
import { everythingIn } from './test-registry.ts'

const MINUTE_MS = 60_000
/** Each of their own, so that no test's limits reach another. */
const PEOPLE = ['ann', 'bo', 'cai', 'dee', 'eli', 'fay', 'gus', 'hu', 'ivy', 'jo', 'kim']

let server: RunningServer
let now = Date.now()
let address = 1

beforeAll(async () => {
  server = await startServer({
    nowMs: () => now,
    env: { SECOND_FACTOR_ROLES: 'manager, hardware' },
    logins: [
      ...PEOPLE.map(login => ({ login, name: login, role: 'maintainer', districts: ['500103'], password: PASSWORD })),
      { login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'], password: PASSWORD },
      { login: 'boss3', name: 'Boss', role: 'manager', districts: ['500103'], password: PASSWORD },
      { login: 'boss2', name: 'Boss', role: 'manager', districts: ['500103'], password: PASSWORD },
    ],
  })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})
beforeEach(() => {
  // Codes of the test before are over.
  now += 5 * MINUTE_MS
  address += 1
})

const from = () => `203.0.113.${address}`
const post = (path: string, body: unknown, cookie: string) =>
  server.request('POST', `/api/v1/${path}`, { body, cookie, headers: { 'x-forwarded-for': from() } })
const giveCode = (cookie: string, code: string) => post('session/code', { code }, cookie)
const statusOf = async (cookie: string) => (await server.request('GET', '/api/v1/session', { cookie })).status

async function enrolled(login: string) {
  const cookie = cookiesOf(await givePassword(server, login, from()))
  const set = await enrol(server, cookie, now)
  now += MINUTE_MS
  return { cookie, ...set }
}

describe('signing in', () => {
  test('takes the password and then a code, and is signed in after the code alone', async () => {
    const { enrolment } = await enrolled('ann')
    const first = await givePassword(server, 'ann', from())
    expect(first.body).toEqual({ next: 'code' })
    expect(first.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^harbor_sign_in=[\w-]{43}; Max-Age=600; Path=\/api\/v1\/session; HttpOnly; SameSite=Strict$/,
      ),
    ])
    const second = await giveCode(cookiesOf(first), codeOf(enrolment, now))
    expect(second.body).toMatchObject({ login: 'ann' })
    expect(second.headers.getSetCookie()[1]).toMatch(/^harbor_sign_in=; Max-Age=0; Path=\/api\/v1\/session/)
    expect(await statusOf(cookiesOf(second))).toBe(200)
  })

  test('a code that was taken is not taken again, not by the same sign-in and not by another', async () => {
    const { enrolment } = await enrolled('bo')
    const code = codeOf(enrolment, now)
    const waiting = cookiesOf(await givePassword(server, 'bo', from()))
    expect((await giveCode(waiting, code)).status).toBe(200)
    expect((await giveCode(waiting, code)).body).toMatchObject({ error: { code: 'not_signed_in' } })
    const other = cookiesOf(await givePassword(server, 'bo', from()))
    expect((await giveCode(other, code)).body).toMatchObject({ error: { code: 'wrong_code' } })
  })

  test('the code that set it up signs nobody in', async () => {
    const cookie = cookiesOf(await givePassword(server, 'jo', from()))
    const { enrolment } = await enrol(server, cookie, now)
    const waiting = cookiesOf(await givePassword(server, 'jo', from()))
    expect((await giveCode(waiting, codeOf(enrolment, now))).status).toBe(401)
    expect((await giveCode(waiting, codeOf(enrolment, now, 1))).status).toBe(200)
  })

  test('the next code is taken once, and then none before it; later ones and older ones are not', async () => {
    const { enrolment } = await enrolled('cai')
    const sign = async (offset: number) =>
      (await giveCode(cookiesOf(await givePassword(server, 'cai', from())), codeOf(enrolment, now, offset))).status
    expect([await sign(2), await sign(-2)]).toEqual([401, 401])
    expect([await sign(1), await sign(1), await sign(0)]).toEqual([200, 401, 401])
  })

  test('of one code that many bring at once, one is let in', async () => {
    const { enrolment } = await enrolled('dee')
    const waiting = [1, 2, 3, 4].map(async () => cookiesOf(await givePassword(server, 'dee', from())))
    const cookies = await Promise.all(waiting)
    const code = codeOf(enrolment, now)
    const answers = await Promise.all(cookies.map(cookie => giveCode(cookie, code)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
  })

  test('of one recovery code that many bring at once, one is let in, and it is gone', async () => {
    const { recoveryCodes } = await enrolled('eli')
    expect(new Set(recoveryCodes).size).toBe(10)
    const waiting = [1, 2, 3, 4].map(async () => cookiesOf(await givePassword(server, 'eli', from())))
    const cookies = await Promise.all(waiting)
    // As people type them.
    const code = (recoveryCodes[3] as string).toLowerCase().replaceAll('-', ' ')
    const answers = await Promise.all(cookies.map(cookie => giveCode(cookie, code)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    const cookie = cookiesOf(answers.find(({ status }) => status === 200) ?? answers[0]!)
    expect((await server.request('GET', '/api/v1/second-factor', { cookie })).body).toMatchObject({
      recoveryCodesLeft: 9,
    })
  })

  test('what waits for a code can do nothing else, under whichever name its cookie is sent', async () => {
    await enrolled('fay')
    const waiting = cookiesOf(await givePassword(server, 'fay', from()))
    const asSession = waiting.replace('harbor_sign_in', 'harbor_session')
    for (const cookie of [waiting, asSession, `${waiting}; ${asSession}`]) {
      const statuses = await Promise.all(
        [
          server.request('GET', '/api/v1/session', { cookie }),
          server.request('GET', '/api/v1/sessions', { cookie }),
          server.request('DELETE', '/api/v1/sessions', { cookie }),
          server.request('GET', '/api/v1/alerts', { cookie }),
          server.request('GET', '/api/v1/second-factor', { cookie }),
          server.request('POST', '/api/v1/second-factor', { body: { password: PASSWORD }, cookie }),
          // Setting up another factor in place of the one that is asked for.
          server.request('POST', '/api/v1/session/enrolment', { cookie }),
          server.request('POST', '/api/v1/session/enrolment/confirm', { body: { code: '000000' }, cookie }),
        ].map(async answer => (await answer).status),
      )
      expect(statuses).toEqual(statuses.map(() => 401))
    }
  })

  test('what waits is over after ten minutes, after five tries, and when somebody signs out', async () => {
    const { enrolment } = await enrolled('gus')
    const late = cookiesOf(await givePassword(server, 'gus', from()))
    now += 10 * MINUTE_MS
    expect((await giveCode(late, codeOf(enrolment, now))).body).toMatchObject({ error: { code: 'not_signed_in' } })
    const left = cookiesOf(await givePassword(server, 'gus', from()))
    await server.request('DELETE', '/api/v1/session', { cookie: left })
    expect((await giveCode(left, codeOf(enrolment, now))).body).toMatchObject({ error: { code: 'not_signed_in' } })
    const guessed = cookiesOf(await givePassword(server, 'gus', from()))
    for (let n = 0; n < 5; n += 1) {
      address += 1
      expect((await giveCode(guessed, codeOf(enrolment, now, 5))).body).toMatchObject({ error: { code: 'wrong_code' } })
    }
    expect((await giveCode(guessed, codeOf(enrolment, now))).body).toMatchObject({ error: { code: 'not_signed_in' } })
  })

  test('wrong codes use up what wrong passwords do, from there alone', async () => {
    const { enrolment } = await enrolled('hu')
    for (let n = 0; n < 5; n += 1) {
      const waiting = cookiesOf(await givePassword(server, 'hu', from()))
      expect((await giveCode(waiting, codeOf(enrolment, now, 5))).status).toBe(401)
    }
    expect((await givePassword(server, 'hu', from())).status).toBe(429)
    address += 1
    const waiting = cookiesOf(await givePassword(server, 'hu', from()))
    expect((await giveCode(waiting, codeOf(enrolment, now))).status).toBe(200)
  })
})

describe('the command', () => {
  test('asks for a code where one is needed, and says so where nobody can be asked', async () => {
    const { enrolment } = await enrolled('kim')
    const person = { login: 'kim', password: PASSWORD }
    const token = await signIn(server.url, person, () => Promise.resolve(codeOf(enrolment, now)))
    expect(await statusOf(`harbor_session=${token}`)).toBe(200)
    await expect(signIn(server.url, person)).rejects.toThrow('harbor sign-in asks for it')
    const boss = { login: 'boss3', password: PASSWORD }
    await expect(signIn(server.url, boss)).rejects.toThrow('has to be set up first')
  })
})

describe('a second factor', () => {
  test('takes the password to set up and both to remove; a wrong one signs nobody out', async () => {
    const cookie = cookiesOf(await givePassword(server, 'ivy', from()))
    const wrong = await post('second-factor', { password: 'not theirs' }, cookie)
    expect([wrong.status, wrong.body]).toMatchObject([400, { error: { details: { wrong: 'password' } } }])
    const { enrolment, recoveryCodes } = await enrol(server, cookie, now)
    expect((await post('second-factor', { password: PASSWORD }, cookie)).status).toBe(409)
    const removing = (password: string, code: string) => post('second-factor/remove', { password, code }, cookie)
    expect((await removing('not theirs', codeOf(enrolment, now, 1))).body).toMatchObject({
      error: { details: { wrong: 'password' } },
    })
    expect((await removing(PASSWORD, '000000')).body).toMatchObject({ error: { details: { wrong: 'code' } } })
    // New recovery codes: those before are worth nothing.
    const renewed = await post('second-factor/recovery-codes', { password: PASSWORD, code: recoveryCodes[0] }, cookie)
    expect((await removing(PASSWORD, recoveryCodes[1] as string)).status).toBe(400)
    const [fresh] = (renewed.body as { recoveryCodes: string[] }).recoveryCodes
    expect((await removing(PASSWORD, fresh as string)).body).toEqual({ recoveryCodesLeft: 0, isRequired: false })
    expect((await givePassword(server, 'ivy', from())).body).toMatchObject({ login: 'ivy' })
  })

  test('is kept sealed, and its recovery codes as hashes', async () => {
    const { enrolment, recoveryCodes } = await enrolled('yuzhong')
    const kept = await everythingIn(server.dataDir)
    for (const text of [enrolment.secret, ...recoveryCodes, ...recoveryCodes.map(code => code.replaceAll('-', ''))])
      expect(kept.includes(text)).toBe(false)
  })

  test('is reset by an administrator of the region, who signs its person out; nobody resets their own', async () => {
    const { cookie: lost } = await enrolled('yubei')
    const admin = await server.signIn('admin')
    const reset = async (login: string, cookie: string) =>
      (await server.request('DELETE', `/api/v1/people/${login}/second-factor`, { cookie })).status
    expect([await reset('yubei', lost), await reset('admin', admin)]).toEqual([403, 409])
    const { people } = (await server.request('GET', '/api/v1/people?q=yubei', { cookie: admin })).body as StaffList
    expect(people.map(({ login, hasSecondFactor }) => [login, hasSecondFactor])).toEqual([
      ['yubei', true],
      ['yubei-hardware', false],
    ])
    expect(await reset('yubei', admin)).toBe(204)
    expect(await statusOf(lost)).toBe(401)
    expect((await givePassword(server, 'yubei', from())).body).toMatchObject({ login: 'yubei' })
  })
})

describe('a role that has to have one', () => {
  test('sets it up at the next sign-in, and can do nothing before', async () => {
    const first = await givePassword(server, 'boss', from())
    expect(first.body).toEqual({ next: 'enrol' })
    const waiting = cookiesOf(first)
    expect([await statusOf(waiting), await statusOf(waiting.replace('sign_in', 'session'))]).toEqual([401, 401])
    expect((await giveCode(waiting, '000000')).status).toBe(401)
    const begun = await post('session/enrolment', undefined, waiting)
    const enrolment = begun.body as Enrolment
    const wrong = await post('session/enrolment/confirm', { code: codeOf(enrolment, now, 9) }, waiting)
    expect(wrong.body).toMatchObject({ error: { code: 'wrong_code' } })
    const confirmed = await post('session/enrolment/confirm', { code: codeOf(enrolment, now) }, waiting)
    const cookie = cookiesOf(confirmed)
    expect(confirmed.body).toMatchObject({ recoveryCodes: { length: 10 } })
    expect((await server.request('GET', '/api/v1/second-factor', { cookie })).body).toMatchObject({ isRequired: true })
    const body = { password: PASSWORD, code: codeOf(enrolment, now, 1) }
    expect((await server.request('POST', '/api/v1/second-factor/remove', { body, cookie })).status).toBe(409)
    expect((await givePassword(server, 'boss', from())).body).toEqual({ next: 'code' })
  })

  test('of two who set it up for the same person, one has it', async () => {
    const waiting = [1, 2].map(async () => cookiesOf(await givePassword(server, 'boss2', from())))
    const [mine = '', theirs = ''] = await Promise.all(waiting)
    const enrolments = [
      (await post('session/enrolment', undefined, mine)).body as Enrolment,
      (await post('session/enrolment', undefined, theirs)).body as Enrolment,
    ]
    const confirm = async (cookie: string, enrolment?: Enrolment) =>
      (await post('session/enrolment/confirm', { code: codeOf(enrolment as Enrolment, now) }, cookie)).status
    // The one that was shown last holds.
    expect([await confirm(mine, enrolments[0]), await confirm(theirs, enrolments[1])]).toEqual([401, 200])
    expect(await confirm(mine, enrolments[1])).toBe(409)
  })
})
