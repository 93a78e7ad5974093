import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DoorCode, encodeJson, topics } from '@harbor/protocol'
import { describe, expect, test, vi } from 'vitest'
import { newKey, photo, useVisitors } from './visitors-fixture.ts'

const MINUTE_MS = 60_000
const { visited, restart, signIn, visit, report, putPhoto, list, page, rows } = useVisitors()

describe("a station's page", () => {
  const confirm = (says: string, options: { key?: string; from?: string; cookie?: string; station?: string } = {}) => {
    const { key = newKey(), station = 'yubei-1', ...rest } = options
    return visit('POST', `/api/v1/stations/${station}/confirmations`, { ...rest, body: { key, says } })
  }

  test('tells what visitors said with one tap, counted by network, and forgets it after three hours', async () => {
    const phone = newKey()
    for (let n = 0; n < 3; n += 1) expect((await confirm('locked', { key: phone })).status).toBe(204)
    await confirm('locked', { from: '198.51.100.9' })
    visited.nowMs += MINUTE_MS
    expect((await page()).said).toEqual([
      { says: 'locked', by: 'visitor', at: new Date(visited.startMs).toISOString(), count: 2 },
    ])
    expect((await page()).opening).toMatchObject({ state: 'unknown', reason: 'said_shut' })
    visited.nowMs = visited.startMs + 3 * 60 * MINUTE_MS + 1
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
    await restart()
    expect((await page()).said).toMatchObject([{ says: 'clean', count: 1 }])
  })

  test('says full and locked also when a report says so', async () => {
    visited.nowMs = visited.startMs + 4 * 60 * MINUTE_MS
    await report({ topic: 'closed_though_open' }, { station: 'yubei-1' })
    await report({ topic: 'full' }, { station: 'yubei-1' })
    await report({ topic: 'dirty' }, { station: 'yubei-1' })
    expect((await page()).said.map(({ says }) => says).sort()).toEqual(['full', 'locked'])
  })

  test('shows a mean of stars from five on, one a day of each network, and counts thanks', async () => {
    visited.nowMs += 100 * 24 * 60 * MINUTE_MS
    const rate = (stars: number, n: number) =>
      report({ topic: 'thanks', stars }, { station: 'yubei-1', from: `192.0.2.${n}` })
    for (let n = 1; n <= 4; n += 1) await rate(4, n)
    for (let n = 0; n < 5; n += 1) await rate(1, 1)
    await vi.waitFor(async () => expect(await page()).toMatchObject({ thanks: 9 }))
    expect((await page()).rating).toBeUndefined()
    await rate(5, 5)
    // (4 + 4 + 4 + 4 + 5) / 5 = 4.2: the five ones of the first network do not count.
    await vi.waitFor(async () => expect(await page()).toMatchObject({ rating: { mean: 4.2, count: 5 }, thanks: 10 }))
    visited.nowMs += 90 * 24 * 60 * MINUTE_MS
  })

  test('tells of arrivals where nobody counts, and of no room left or right because of them', async () => {
    const cookie = await signIn('admin')
    const { code } = (await visited.server.request('GET', '/api/v1/stations/yubei-1/door-code', { cookie }))
      .body as DoorCode
    const phone = newKey()
    const arrive = (key: string, rest = {}) =>
      visit('POST', '/api/v1/stations/yubei-1/check-ins', { body: { key, code, ...rest } })
    await arrive(phone)
    visited.nowMs += MINUTE_MS
    await arrive(newKey())
    expect((await page()).space).toEqual({
      state: 'unknown',
      capacity: 10,
      arrived: { count: 2, since: new Date(visited.startMs).toISOString() },
    })
    await arrive(phone, { leaving: true })
    expect((await page()).space.arrived).toEqual({ count: 1, since: new Date(visited.nowMs).toISOString() })
    visited.nowMs += 31 * MINUTE_MS
    expect((await page()).space.arrived).toBeUndefined()
  })

  test('shows photos that staff released, and none after their withdrawal', async () => {
    const { key } = await report({ topic: 'thanks', photos: 1 })
    await putPhoto([key, 1], await photo('green'))
    const id = (await list('keeper'))[0]?.photos[0]?.id
    const cookie = await signIn('keeper')
    expect((await page('yuzhong-1')).photos).toEqual([])
    await visited.server.request('POST', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect((await page('yuzhong-1')).photos).toEqual([`/api/v1/photos/${id}`])
    await visited.server.request('DELETE', `/api/v1/feedback-photos/${id}/release`, { cookie })
    expect((await page('yuzhong-1')).photos).toEqual([])
  })
})

describe('check-ins', () => {
  test('with the code on the door somebody arrives, without a name; with another code nobody does', async () => {
    const cookie = await signIn('keeper')
    const { code } = (await visited.server.request('GET', '/api/v1/stations/yuzhong-1/door-code', { cookie }))
      .body as DoorCode
    const arrive = (key: string, given: string, rest = {}) =>
      visit('POST', '/api/v1/stations/yuzhong-1/check-ins', { body: { key, code: given, ...rest } })
    expect((await arrive(newKey(), 'aaaaaaaaaa')).status).toBe(401)
    const phone = newKey()
    expect((await arrive(phone, code)).status).toBe(204)
    expect((await arrive(phone, code)).status).toBe(204)
    expect(await rows('check_in')).toEqual([
      { station: 'yuzhong-1', hour_ms: visited.startMs, pseudonym: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ])

    const rotated = await visited.server.request('POST', '/api/v1/stations/yuzhong-1/door-code', { cookie })
    expect(rotated.body).toMatchObject({ since: new Date(visited.startMs).toISOString(), by: 'keeper' })
    expect((await arrive(phone, code)).status).toBe(401)
    expect((await arrive(phone, (rotated.body as DoorCode).code, { leaving: true })).status).toBe(204)
  })

  test("a card is taken from the station's own gateway, and its pseudonym is made anew", async () => {
    const given = 'ab'.repeat(16)
    const say = (gateway: string, district: string, payload: unknown) =>
      visited.server.bus.receive(topics.checkIn({ gateway, district }), encodeJson(payload))
    await say('gw-yuzhong-1', '500103', { pseudonym: given, atMs: visited.nowMs })
    await say('gw-yuzhong-1', '500112', { pseudonym: given, atMs: visited.nowMs })
    await say('gw-nowhere', '500103', { pseudonym: given, atMs: visited.nowMs })
    await say('gw-yuzhong-1', '500103', { pseudonym: given, atMs: visited.nowMs + 3_600_000 })
    await say('gw-yuzhong-1', '500103', { card: '04A1B2C3' })
    expect(await rows('check_in')).toHaveLength(1)
    expect((await rows('check_in'))[0]?.['pseudonym']).not.toBe(given)
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
  const door = (await visited.server.request('GET', '/api/v1/stations/yuzhong-1/door-code', { cookie })).body as {
    code: string
  }
  const checkIn = { key: phone, code: door.code }
  await visit('POST', '/api/v1/stations/yuzhong-1/check-ins', { body: checkIn, from: '198.51.100.77' })
  const tables = await Promise.all(
    (['feedback', 'confirmation', 'check_in', 'visitor_photo'] as const).map(table => rows(table)),
  )
  expect(tables.map(found => found.length)).toEqual([1, 2, 1, 1])
  const files = (await readdir(visited.server.dataDir, { recursive: true, withFileTypes: true }))
    .filter(file => file.isFile() && !file.parentPath.includes('secrets'))
    .map(file => join(file.parentPath, file.name))
  expect(files.some(file => file.endsWith('.jpg'))).toBe(true)
  for (const file of files) {
    const bytes = await readFile(file)
    for (const secret of ['198.51.100.77', '203.0.113.7', phone, key, door.code])
      expect([file, secret, bytes.includes(secret)]).toEqual([file, secret, false])
  }
})
