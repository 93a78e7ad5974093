import type { FeedbackList, VoicesReport } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function say(key: string, topic: string, text: string): Promise<void> {
  const body = { key: key.repeat(32), topic, text }
  await server.request('POST', '/api/v1/stations/yuzhong-1/feedback', { body })
}
const page = async (path: string) => {
  const { status, body } = await server.request('GET', path)
  return { status, text: String(body) }
}

test('the public reads the reply, masked, of a district and of a station, and never the visitor’s own words', async () => {
  await say('a', 'dirty', '地面很滑，我叫王小明')
  await say('b', 'full', '没有人回答')
  const cookie = await server.signIn('yuzhong')
  const { feedback } = (await server.request('GET', '/api/v1/feedback?region=500103', { cookie })).body as FeedbackList
  const dirty = feedback.find(({ topic }) => topic === 'dirty')
  const body = { text: '已经清扫 <b>13800138000</b>' }
  await server.request('POST', `/api/v1/feedback/${dirty?.id ?? ''}/reply`, { cookie, body })
  for (const path of ['/list/500103/said?lang=zh', '/said/yuzhong-1?lang=zh']) {
    const { status, text } = await page(path)
    expect(status).toBe(200)
    expect(text).toContain('已经清扫 &lt;b&gt;')
    expect(text).not.toMatch(/13800138000|王小明|人满了/)
  }
  expect((await page('/list/500103?lang=en')).text).toContain('/list/500103/said?lang=en')
  expect((await page('/list/500112/said?lang=en')).text).toContain('no public reply')
  expect((await page('/said/none')).status).toBe(404)
})

test('figures of voices and reports are of a person’s own region alone', async () => {
  const cookies = { own: await server.signIn('yuzhong'), other: await server.signIn('yubei') }
  const total = async (cookie: string, query = '') =>
    ((await server.request('GET', `/api/v1/voices${query}`, { cookie })).body as VoicesReport).total
  expect([await total(cookies.own), await total(cookies.other)]).toEqual([2, 0])
  expect(await total(cookies.other, '?region=500103')).toBe(0)
  expect(await total(cookies.own, '?station=yuzhong-1')).toBe(2)
  const csv = await server.request('GET', '/api/v1/voices/places.csv', { cookie: cookies.own })
  expect(String(csv.body)).toContain('渝中一号')
})
