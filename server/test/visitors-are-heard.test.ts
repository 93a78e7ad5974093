import { randomBytes } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  type CloudEvent,
  type DoorCode,
  type FeedbackStatus,
  type FeedbackView,
  type StaffEvents,
  type StaffRequests,
  type StationDetail,
  encodeJson,
  topics,
} from '@harbor/protocol'
import * as fc from 'fast-check'
import sharp from 'sharp'
import { type Socket, io } from 'socket.io-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

const KEEPER = { login: 'keeper', name: '渝中站长', role: 'keeper', districts: ['500103'], password: PASSWORD }
/** A Monday morning in Chongqing. */
const MORNING = Date.parse('2026-11-23T02:00:00Z')
const MINUTE_MS = 60_000

let server: RunningServer
let nowMs = MORNING
/** When the test in hand began: the server is shared, and a test sees only what came since. */
let startMs: number
/** By login: signing in takes long on purpose. */
const cookies = new Map<string, Promise<string>>()

beforeAll(async () => {
  server = await startServer({ logins: [KEEPER], nowMs: () => nowMs })
})

beforeEach(() => {
  // Five hours later nothing is told of what was said before, and nobody is limited by it.
  nowMs = Math.ceil(nowMs / 3_600_000) * 3_600_000 + 5 * 3_600_000
  startMs = nowMs
  cookies.clear()
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

async function signIn(login: string): Promise<string> {
  const cookie = cookies.get(login) ?? server.signIn(login)
  cookies.set(login, cookie)
  return cookie
}

const newKey = () => randomBytes(16).toString('hex')

/** A request of a visitor at an address, as the proxy on this machine names it. */
async function visit(method: string, path: string, options: { body?: unknown; from?: string; cookie?: string } = {}) {
  const { from = '203.0.113.7', ...rest } = options
  return server.request(method, path, { ...rest, headers: { 'x-forwarded-for': from } })
}

async function report(body: Record<string, unknown>, options: { station?: string; from?: string } = {}) {
  const key = (body['key'] as string | undefined) ?? newKey()
  const path = `/api/v1/stations/${options.station ?? 'yuzhong-1'}/feedback`
  const answer = await visit('POST', path, { ...options, body: { key, ...body } })
  return { key, answer, status: answer.body as FeedbackStatus }
}

/** `place`: the report's key and the photo's number. */
async function putPhoto([key, n]: [string, number], bytes: Uint8Array, type = 'image/jpeg') {
  const response = await fetch(`${server.url}/api/v1/feedback/${key}/photos/${n}`, {
    method: 'PUT',
    body: Buffer.from(bytes),
    headers: { 'content-type': type, 'x-forwarded-for': '203.0.113.7' },
  })
  await response.arrayBuffer()
  return response.status
}

const photo = async (colour = 'red') =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: colour } })
    .withExif({ IFD0: { Make: 'PhoneMaker' }, IFD3: { GPSLatitude: '29/1 33/1 30/1' } })
    .jpeg()
    .toBuffer()

const isOfNow = ({ receivedAt }: FeedbackView) => Date.parse(receivedAt) >= startMs

async function list(login: string, query = ''): Promise<FeedbackView[]> {
  const { body } = await server.request('GET', `/api/v1/feedback${query}`, { cookie: await signIn(login) })
  return (body as { feedback: FeedbackView[] }).feedback.filter(isOfNow)
}

describe('a report', () => {
  test('sent again after a lost answer is one, and is told of once', async () => {
    const body = { key: newKey(), topic: 'broken', appliance: 'yuzhong-1-fridge', text: '冰箱不冷', stars: 2 }
    const first = await report(body)
    const again = await report(body)
    expect([first.answer.status, again.answer.status]).toEqual([201, 200])
    expect(first.status).toEqual({
      station: 'yuzhong-1',
      topic: 'broken',
      appliance: 'yuzhong-1-fridge',
      state: 'received',
      receivedAt: new Date(startMs).toISOString(),
      changedAt: new Date(startMs).toISOString(),
      photos: 0,
    })
    expect(again.status.receivedAt).toBe(first.status.receivedAt)
    expect(await list('yuzhong')).toHaveLength(1)
    await vi.waitFor(() => expect(events('feedback-received')).toHaveLength(1))
  })

  test('in whatever order and however often its parts arrive, it is one report with each photo once', async () => {
    const photos = await Promise.all(['red', 'green', 'blue'].map(photo))
    const act = fc.oneof(
      fc.constant('report' as const),
      fc.integer({ min: 1, max: 3 }).map(n => ({ photo: n })),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 8 }), async acts => {
        nowMs += 10 * MINUTE_MS
        const body = { key: newKey(), topic: 'dirty', photos: 3 }
        startMs = nowMs
        let isThere = false
        const taken = new Set<number>()
        for (const one of acts) {
          const isReport = one === 'report'
          const status = isReport
            ? (await report(body)).answer.status
            : await putPhoto([body.key, one.photo], photos[one.photo - 1] as Buffer)
          const first = isReport ? 201 : 404
          expect(status).toBe(isThere ? first - (isReport ? 1 : 200) : first)
          isThere ||= isReport
          if (isThere && !isReport) taken.add(one.photo)
        }
        const now = await list('yuzhong', '?state=all&limit=500')
        expect(now).toHaveLength(isThere ? 1 : 0)
        expect(isThere ? now[0]?.photos.length : 0).toBe(taken.size)
      }),
      { numRuns: 12 },
    )
  })

  test('a key that was used for something else is refused, and changes nothing', async () => {
    const { key } = await report({ topic: 'dirty', text: 'one' })
    const other = await report({ key, topic: 'dirty', text: 'two' })
    expect([other.answer.status, (await report({ key, topic: 'dirty', text: 'one' })).answer.status]).toEqual([
      409, 200,
    ])
    expect(await list('yuzhong')).toMatchObject([{ text: 'one' }])
  })

  test('of no station, or of an appliance of another station, is none', async () => {
    expect((await report({ topic: 'dirty' }, { station: 'nowhere' })).answer.status).toBe(404)
    expect((await report({ topic: 'broken', appliance: 'yubei-1-fridge' })).answer.status).toBe(400)
    expect(await list('admin')).toEqual([])
  })

  test('written offline keeps its time for up to seven days, and one of the future has the time of its arrival', async () => {
    const written = (offsetMs: number) => new Date(startMs + offsetMs).toISOString()
    await report({ topic: 'dirty', writtenAt: written(-6 * 24 * 60 * MINUTE_MS) })
    await report({ topic: 'dirty', writtenAt: written(-8 * 24 * 60 * MINUTE_MS) })
    await report({ topic: 'dirty', writtenAt: written(MINUTE_MS) })
    const times = (await list('yuzhong')).map(({ writtenAt }) => writtenAt).sort()
    expect(times).toEqual([written(-6 * 24 * 60 * MINUTE_MS), written(0), written(0)])
  })

  test('what is not a photo, too large or not announced is refused with its own status', async () => {
    const { key } = await report({ topic: 'dirty', photos: 1 })
    expect(await putPhoto([key, 2], await photo())).toBe(400)
    expect(await putPhoto([key, 4], await photo())).toBe(400)
    expect(await putPhoto([key, 1], Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe(415)
    expect(await putPhoto([key, 1], await photo(), 'image/svg+xml')).toBe(415)
    expect(await putPhoto([key, 1], Buffer.alloc(1_500_001, 1))).toBe(413)
    expect(await putPhoto([key, 1], await photo())).toBe(204)
    expect(await putPhoto([key, 1], await photo('blue'))).toBe(409)
    expect((await visit('GET', `/api/v1/feedback/${key}`)).body).toMatchObject({ photos: 1 })
  })

  test("an answer is read by the visitor, with nobody's telephone number in it", async () => {
    const { key } = await report({ topic: 'other', text: '我的电话 13812345678' })
    const cookie = await signIn('yuzhong')
    const [view] = await list('yuzhong')
    // Staff may call back; the event that leaves the server has no number.
    expect(view?.text).toContain('13812345678')
    nowMs += MINUTE_MS
    const reply = await server.request('POST', `/api/v1/feedback/${view?.id}/reply`, {
      cookie,
      body: { text: '已换水，找 13912345678' },
    })
    expect(reply.body).toMatchObject({ state: 'answered', reply: { text: '已换水，找 ***', by: '渝中维修' } })
    expect((await visit('GET', `/api/v1/feedback/${key}`)).body).toMatchObject({
      state: 'answered',
      reply: '已换水，找 ***',
      changedAt: new Date(nowMs).toISOString(),
    })
    await vi.waitFor(() => expect(events('feedback-changed')).toHaveLength(1))
    expect(JSON.stringify([...events('feedback-received'), ...events('feedback-changed')])).not.toMatch(/1381|1391/)
    const closed = await server.request('POST', `/api/v1/feedback/${view?.id}/close`, { cookie, body: {} })
    expect(closed.body).toMatchObject({ state: 'closed', closed: { by: '渝中维修' } })
    const again = await server.request('POST', `/api/v1/feedback/${view?.id}/close`, { cookie, body: {} })
    expect(again.status).toBe(409)
  })
})

describe('staff', () => {
  test("see and answer reports of their districts alone, and another's is like one that does not exist", async () => {
    const { key } = await report({ topic: 'dirty', photos: 1 }, { station: 'yubei-1' })
    await putPhoto([key, 1], await photo())
    const [view] = await list('yubei')
    const photoId = view?.photos[0]?.id
    expect(await list('yuzhong')).toEqual([])
    expect(await list('keeper')).toEqual([])
    const cookie = await signIn('keeper')
    for (const [method, path, body] of [
      ['POST', `/api/v1/feedback/${view?.id}/reply`, { text: 'x' }],
      ['POST', `/api/v1/feedback/${view?.id}/close`, {}],
      ['GET', `/api/v1/feedback-photos/${photoId}`, undefined],
      ['POST', `/api/v1/feedback-photos/${photoId}/release`, undefined],
      ['DELETE', `/api/v1/feedback-photos/${photoId}/release`, undefined],
      ['GET', '/api/v1/stations/yubei-1/door-code', undefined],
      ['POST', '/api/v1/stations/yubei-1/door-code', undefined],
    ] as const) {
      const foreign = await server.request(method, path, { cookie, ...(body !== undefined && { body }) })
      expect([method, path, foreign.status]).toEqual([method, path, 404])
      expect((await server.request(method, path, { ...(body !== undefined && { body }) })).status).toBe(401)
    }
  })

  test('filter by station, topic and state, and page through without missing or doubling one', async () => {
    for (let n = 0; n < 7; n += 1) {
      nowMs += MINUTE_MS
      await report({ topic: n % 2 === 0 ? 'dirty' : 'full' })
    }
    await report({ topic: 'dirty' }, { station: 'yubei-1' })
    const seen: string[] = []
    let after = ''
    do {
      const path = `/api/v1/feedback?limit=3${after}`
      const { body } = await server.request('GET', path, { cookie: await signIn('admin') })
      const page = body as { feedback: FeedbackView[]; next?: string }
      seen.push(...page.feedback.filter(isOfNow).map(({ id }) => id))
      after = page.next === undefined ? '' : `&after=${page.next}`
    } while (after !== '')
    expect(new Set(seen).size).toBe(8)
    expect(seen).toHaveLength(8)
    expect(await list('admin', '?station=yuzhong-1&topic=dirty')).toHaveLength(4)
    expect(await list('admin', '?state=closed')).toEqual([])
    expect(await list('admin', '?state=received&topic=full')).toHaveLength(3)
  })

  test('are told of a report as it comes, in its district and nowhere else', async () => {
    const seen: Record<string, string[]> = { keeper: [], yubei: [] }
    const sockets = await Promise.all(
      Object.keys(seen).map(async login => {
        const socket: Socket<StaffEvents, StaffRequests> = io(`${server.url}/staff`, {
          extraHeaders: { cookie: await signIn(login) },
          forceNew: true,
          transports: ['websocket'],
        })
        socket.on('feedback', view => seen[login]?.push(`${view.station} ${view.state}`))
        await vi.waitFor(() => expect(socket.connected).toBe(true))
        return socket
      }),
    )
    await report({ topic: 'other' })
    await report({ topic: 'other' }, { station: 'yubei-1' })
    await vi.waitFor(() => expect(seen).toEqual({ keeper: ['yuzhong-1 received'], yubei: ['yubei-1 received'] }))
    for (const socket of sockets) socket.disconnect()
  })

  test('decide which photo the public sees, and a withdrawn one is gone at once', async () => {
    const { key } = await report({ topic: 'thanks', photos: 1 })
    await putPhoto([key, 1], await photo())
    const id = (await list('keeper'))[0]?.photos[0]?.id
    const cookie = await signIn('keeper')
    const shown = async () => (await fetch(`${server.url}/api/v1/photos/${id}`)).status
    expect(await shown()).toBe(404)
    expect((await fetch(`${server.url}/api/v1/feedback-photos/${id}`)).status).toBe(401)

    const own = await fetch(`${server.url}/api/v1/feedback-photos/${id}`, { headers: { cookie } })
    expect([own.status, own.headers.get('content-type'), own.headers.get('x-content-type-options')]).toEqual([
      200,
      'image/jpeg',
      'nosniff',
    ])
    expect(own.headers.get('content-disposition')).toBe(`inline; filename="photo-${id}.jpg"`)
    expect(Buffer.from(await own.arrayBuffer()).includes('PhoneMaker')).toBe(false)

    const released = await server.request('POST', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect(released.body).toMatchObject({ photos: [{ id, released: { by: '渝中站长' } }] })
    expect(await shown()).toBe(200)
    await server.request('DELETE', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect(await shown()).toBe(404)
  })
})

/** The public page of a station. */
async function page(station = 'yubei-1'): Promise<StationDetail> {
  return (await visit('GET', `/api/v1/stations/${station}`)).body as StationDetail
}

describe("a station's page", () => {
  const confirm = (says: string, options: { key?: string; from?: string; cookie?: string; station?: string } = {}) => {
    const { key = newKey(), station = 'yubei-1', ...rest } = options
    return visit('POST', `/api/v1/stations/${station}/confirmations`, { ...rest, body: { key, says } })
  }

  test('tells what visitors said with one tap, counted by network, and forgets it after three hours', async () => {
    const phone = newKey()
    for (let n = 0; n < 3; n += 1) expect((await confirm('locked', { key: phone })).status).toBe(204)
    await confirm('locked', { from: '198.51.100.9' })
    nowMs += MINUTE_MS
    expect((await page()).said).toEqual([
      { says: 'locked', by: 'visitor', at: new Date(startMs).toISOString(), count: 2 },
    ])
    expect((await page()).opening).toMatchObject({ state: 'unknown', reason: 'said_shut' })
    nowMs = startMs + 3 * 60 * MINUTE_MS + 1
    expect((await page()).said).toEqual([])
  })

  test("tells a keeper's word as a keeper's, of their own district alone", async () => {
    const cookie = await signIn('keeper')
    await confirm('open', { cookie, station: 'yuzhong-1' })
    await confirm('open', { cookie, station: 'yubei-1' })
    expect((await page('yuzhong-1')).said).toMatchObject([{ says: 'open', by: 'keeper' }])
    expect((await page('yubei-1')).said).toMatchObject([{ says: 'open', by: 'visitor' }])
  })

  test('knows after a restart what was said before it', async () => {
    await confirm('clean')
    const { dataDir } = server
    await server.stop()
    server = await startServer({ dataDir, logins: [KEEPER], nowMs: () => nowMs })
    expect((await page()).said).toMatchObject([{ says: 'clean', count: 1 }])
  })

  test('says full and locked also when a report says so', async () => {
    nowMs = startMs + 4 * 60 * MINUTE_MS
    await report({ topic: 'closed_though_open' }, { station: 'yubei-1' })
    await report({ topic: 'full' }, { station: 'yubei-1' })
    await report({ topic: 'dirty' }, { station: 'yubei-1' })
    expect((await page()).said.map(({ says }) => says).sort()).toEqual(['full', 'locked'])
  })

  test('shows a mean of stars from five on, one a day of each network, and counts thanks', async () => {
    nowMs += 100 * 24 * 60 * MINUTE_MS
    const rate = (stars: number, n: number) =>
      report({ topic: 'thanks', stars }, { station: 'yubei-1', from: `192.0.2.${n}` })
    for (let n = 1; n <= 4; n += 1) await rate(4, n)
    for (let n = 0; n < 5; n += 1) await rate(1, 1)
    await vi.waitFor(async () => expect(await page()).toMatchObject({ thanks: 9 }))
    expect((await page()).rating).toBeUndefined()
    await rate(5, 5)
    // (4 + 4 + 4 + 4 + 5) / 5 = 4.2: the five ones of the first network do not count.
    await vi.waitFor(async () => expect(await page()).toMatchObject({ rating: { mean: 4.2, count: 5 }, thanks: 10 }))
    nowMs += 90 * 24 * 60 * MINUTE_MS
  })

  test('tells of arrivals where nobody counts, and of no room left or right because of them', async () => {
    const cookie = await signIn('admin')
    const { code } = (await server.request('GET', '/api/v1/stations/yubei-1/door-code', { cookie })).body as DoorCode
    const phone = newKey()
    const arrive = (key: string, rest = {}) =>
      visit('POST', '/api/v1/stations/yubei-1/check-ins', { body: { key, code, ...rest } })
    await arrive(phone)
    nowMs += MINUTE_MS
    await arrive(newKey())
    expect((await page()).space).toEqual({
      state: 'unknown',
      capacity: 10,
      arrived: { count: 2, since: new Date(startMs).toISOString() },
    })
    await arrive(phone, { leaving: true })
    expect((await page()).space.arrived).toEqual({ count: 1, since: new Date(nowMs).toISOString() })
    nowMs += 31 * MINUTE_MS
    expect((await page()).space.arrived).toBeUndefined()
  })

  test('shows photos that staff released, and none after their withdrawal', async () => {
    const { key } = await report({ topic: 'thanks', photos: 1 })
    await putPhoto([key, 1], await photo('green'))
    const id = (await list('keeper'))[0]?.photos[0]?.id
    const cookie = await signIn('keeper')
    expect((await page('yuzhong-1')).photos).toEqual([])
    await server.request('POST', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect((await page('yuzhong-1')).photos).toEqual([`/api/v1/photos/${id}`])
    await server.request('DELETE', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect((await page('yuzhong-1')).photos).toEqual([])
  })
})

describe('limits', () => {
  test('a hundred posts from one address are stopped; another address is not', async () => {
    const statuses = await Promise.all(
      Array.from(
        { length: 100 },
        async () => (await report({ topic: 'dirty' }, { from: '198.51.100.1' })).answer.status,
      ),
    )
    expect(statuses.filter(status => status === 201)).toHaveLength(20)
    expect(statuses.filter(status => status === 429)).toHaveLength(80)
    expect((await report({ topic: 'dirty' }, { from: '198.51.100.2' })).answer.status).toBe(201)
  })
})

describe('check-ins', () => {
  test('with the code on the door somebody arrives, without a name; with another code nobody does', async () => {
    const cookie = await signIn('keeper')
    const { code } = (await server.request('GET', '/api/v1/stations/yuzhong-1/door-code', { cookie })).body as DoorCode
    const arrive = (key: string, given: string, rest = {}) =>
      visit('POST', '/api/v1/stations/yuzhong-1/check-ins', { body: { key, code: given, ...rest } })
    expect((await arrive(newKey(), 'aaaaaaaaaa')).status).toBe(401)
    const phone = newKey()
    expect((await arrive(phone, code)).status).toBe(204)
    expect((await arrive(phone, code)).status).toBe(204)
    expect(rows('check_in')).toEqual([
      { station: 'yuzhong-1', hour_ms: startMs, pseudonym: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ])

    const rotated = await server.request('POST', '/api/v1/stations/yuzhong-1/door-code', { cookie })
    expect(rotated.body).toMatchObject({ since: new Date(startMs).toISOString(), by: 'keeper' })
    expect((await arrive(phone, code)).status).toBe(401)
    expect((await arrive(phone, (rotated.body as DoorCode).code, { leaving: true })).status).toBe(204)
  })

  test("a card is taken from the station's own gateway, and its pseudonym is made anew", async () => {
    const given = 'ab'.repeat(16)
    const say = (gateway: string, district: string, payload: unknown) =>
      server.bus.receive(topics.checkIn({ gateway, district }), encodeJson(payload))
    await say('gw-yuzhong-1', '500103', { pseudonym: given, atMs: nowMs })
    await say('gw-yuzhong-1', '500112', { pseudonym: given, atMs: nowMs })
    await say('gw-nowhere', '500103', { pseudonym: given, atMs: nowMs })
    await say('gw-yuzhong-1', '500103', { pseudonym: given, atMs: nowMs + 3_600_000 })
    await say('gw-yuzhong-1', '500103', { card: '04A1B2C3' })
    expect(rows('check_in')).toHaveLength(1)
    expect(rows('check_in')[0]?.['pseudonym']).not.toBe(given)
  })
})

test('no address, no key and no card is in the database, its journals or the folder of photos', async () => {
  const phone = newKey()
  const { key } = await report({ topic: 'closed_though_open', stars: 1, photos: 1 }, { from: '198.51.100.77' })
  await putPhoto([key, 1], await photo())
  const confirmed = await visit('POST', '/api/v1/stations/yuzhong-1/confirmations', {
    body: { key: phone, says: 'locked' },
    from: '198.51.100.77',
  })
  expect(confirmed.status).toBe(204)
  const cookie = await signIn('keeper')
  const door = (await server.request('GET', '/api/v1/stations/yuzhong-1/door-code', { cookie })).body as {
    code: string
  }
  const checkIn = { key: phone, code: door.code }
  await visit('POST', '/api/v1/stations/yuzhong-1/check-ins', { body: checkIn, from: '198.51.100.77' })
  const counts = (['feedback', 'confirmation', 'check_in', 'visitor_photo'] as const).map(table => rows(table).length)
  expect(counts).toEqual([1, 2, 1, 1])
  const files = (await readdir(server.dataDir, { recursive: true, withFileTypes: true }))
    .filter(file => file.isFile() && !file.parentPath.includes('secrets'))
    .map(file => join(file.parentPath, file.name))
  expect(files.some(file => file.endsWith('.jpg'))).toBe(true)
  for (const file of files) {
    const bytes = await readFile(file)
    for (const secret of ['198.51.100.77', '203.0.113.7', phone, key, door.code])
      expect([file, secret, bytes.includes(secret)]).toEqual([file, secret, false])
  }
})

const TIMES = { feedback: 'received_at_ms', confirmation: 'at_ms', visitor_photo: 'at_ms', check_in: 'hour_ms' }

/** Rows as whoever steals the file sees them. */
function rows(table: keyof typeof TIMES): Record<string, unknown>[] {
  const db = new DatabaseSync(join(server.dataDir, 'registry.sqlite'), { readOnly: true })
  try {
    return db.prepare(`select * from ${table} where ${TIMES[table]} >= ?`).all(startMs)
  } finally {
    db.close()
  }
}

function events(kind: string): CloudEvent[] {
  return server.bus
    .sent()
    .filter(({ topic }) => topic.endsWith(`/event/${kind}`))
    .map(({ payload }) => payload as CloudEvent)
    .filter(({ time }) => Date.parse(time) >= startMs)
}
