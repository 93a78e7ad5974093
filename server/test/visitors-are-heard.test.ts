import type { FeedbackView, StaffEvents, StaffRequests } from '@harbor/protocol'
import * as fc from 'fast-check'
import { type Socket, io } from 'socket.io-client'
import { describe, expect, test, vi } from 'vitest'
import { newKey, photo, useVisitors } from './visitors-fixture.ts'

const MINUTE_MS = 60_000
const { visited, signIn, visit, report, putPhoto, isOfNow, list, events } = useVisitors()

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
      receivedAt: new Date(visited.startMs).toISOString(),
      changedAt: new Date(visited.startMs).toISOString(),
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
        visited.nowMs += 10 * MINUTE_MS
        const body = { key: newKey(), topic: 'dirty', photos: 3 }
        visited.startMs = visited.nowMs
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
    const written = (offsetMs: number) => new Date(visited.startMs + offsetMs).toISOString()
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
    // Staff may call back; the event that leaves the visited.server has no number.
    expect(view?.text).toContain('13812345678')
    visited.nowMs += MINUTE_MS
    const reply = await visited.server.request('POST', `/api/v1/feedback/${view?.id}/reply`, {
      cookie,
      body: { text: '已换水，找 13912345678' },
    })
    expect(reply.body).toMatchObject({ state: 'answered', reply: { text: '已换水，找 ***', by: '渝中维修' } })
    expect((await visit('GET', `/api/v1/feedback/${key}`)).body).toMatchObject({
      state: 'answered',
      reply: '已换水，找 ***',
      changedAt: new Date(visited.nowMs).toISOString(),
    })
    await vi.waitFor(() => expect(events('feedback-changed')).toHaveLength(1))
    expect(JSON.stringify([...events('feedback-received'), ...events('feedback-changed')])).not.toMatch(/1381|1391/)
    const closed = await visited.server.request('POST', `/api/v1/feedback/${view?.id}/close`, { cookie, body: {} })
    expect(closed.body).toMatchObject({ state: 'closed', closed: { by: '渝中维修' } })
    const again = await visited.server.request('POST', `/api/v1/feedback/${view?.id}/close`, { cookie, body: {} })
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
      const foreign = await visited.server.request(method, path, { cookie, ...(body !== undefined && { body }) })
      expect([method, path, foreign.status]).toEqual([method, path, 404])
      expect((await visited.server.request(method, path, { ...(body !== undefined && { body }) })).status).toBe(401)
    }
  })

  test('filter by station, topic and state, and page through without missing or doubling one', async () => {
    for (let n = 0; n < 7; n += 1) {
      visited.nowMs += MINUTE_MS
      await report({ topic: n % 2 === 0 ? 'dirty' : 'full' })
    }
    await report({ topic: 'dirty' }, { station: 'yubei-1' })
    const seen: string[] = []
    let after = ''
    do {
      const path = `/api/v1/feedback?limit=3${after}`
      const { body } = await visited.server.request('GET', path, { cookie: await signIn('admin') })
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
        const socket: Socket<StaffEvents, StaffRequests> = io(`${visited.server.url}/staff`, {
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
    const shown = async () => (await fetch(`${visited.server.url}/api/v1/photos/${id}`)).status
    expect(await shown()).toBe(404)
    expect((await fetch(`${visited.server.url}/api/v1/feedback-photos/${id}`)).status).toBe(401)

    const own = await fetch(`${visited.server.url}/api/v1/feedback-photos/${id}`, { headers: { cookie } })
    expect([own.status, own.headers.get('content-type'), own.headers.get('x-content-type-options')]).toEqual([
      200,
      'image/jpeg',
      'nosniff',
    ])
    expect(own.headers.get('content-disposition')).toBe(`inline; filename="photo-${id}.jpg"`)
    expect(Buffer.from(await own.arrayBuffer()).includes('PhoneMaker')).toBe(false)

    const released = await visited.server.request('POST', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect(released.body).toMatchObject({ photos: [{ id, released: { by: '渝中站长' } }] })
    expect(await shown()).toBe(200)
    await visited.server.request('DELETE', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect(await shown()).toBe(404)
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
