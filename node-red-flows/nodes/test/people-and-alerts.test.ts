import type { Delivery } from '@harbor/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Loaded, loadNode } from './bench.ts'
import { type Asked, type ContractServer, startContractServer } from './contract-server.ts'

let server: ContractServer
let loaded: Loaded | undefined

beforeEach(async () => {
  server = await startContractServer()
})
afterEach(async () => {
  await loaded?.unload()
  loaded = undefined
  await server.stop()
})

const load = async (type: string, config: object = {}) => {
  loaded = await loadNode({ type, config, server: { url: server.origin } })
  return loaded
}
const errorOf = async ({ caught }: Loaded) => {
  await vi.waitFor(() => expect(caught).toHaveLength(1))
  return caught[0]?.error
}

const delivery = (id: string): Delivery => ({
  id,
  channel: { id: 'night-group', kind: 'dingtalk', target: 'yuzhong', language: 'zh' },
  severity: 'P1',
  title: '冰箱过热',
  body: '解放碑站',
  url: '/console/',
  kind: 'night-alert',
  count: 1,
  createdAt: '2026-07-30T04:00:00.000Z',
  tries: 0,
})
const told = { told: 1, held: 0, repeated: 0 }
const words = {
  title: { zh: '冰箱过热', en: 'Fridge too warm' },
  body: { zh: '解放碑站', en: 'Jiefangbei' },
  dedupeKey: 'change-1',
}

test('people are told as the dialog says, and each text to be sent comes out of the second output', async () => {
  const deliveries = [delivery('d-1'), delivery('d-2')]
  server.answers.set('POST /api/v1/notify', () => ({ body: { people: told, channels: told, deliveries } }))
  const config = {
    roles: 'manager,maintainer',
    region: '500103',
    severity: 'P1',
    kind: 'night-alert',
    url: '/console/',
  }
  const { receive, outputs } = await load('harbor-notify', config)
  receive({ payload: words, keep: 'me' })
  await vi.waitFor(() => expect([loaded?.caught, outputs[1].length]).toEqual([[], 2]))
  expect(server.asked[0]).toMatchObject({
    flow: '夜间 Night',
    body: {
      ...words,
      to: { roles: ['manager', 'maintainer'], region: '500103' },
      severity: 'P1',
      kind: 'night-alert',
      url: '/console/',
    },
  })
  expect(outputs[0]).toMatchObject([{ keep: 'me', payload: { people: told, channels: told } }])
  expect(outputs[1]).toMatchObject(deliveries.map(one => ({ topic: 'dingtalk', payload: one, delivery: one })))
})

test('what the message says of whom to tell stands above the dialog', async () => {
  server.answers.set('POST /api/v1/notify', () => ({ body: { people: told, channels: told, deliveries: [] } }))
  const { receive, outputs } = await load('harbor-notify', {
    roles: 'manager',
    severity: 'P2',
    kind: 'night',
    url: '/',
  })
  receive({ payload: { ...words, severity: 'P0', to: { level: 'shift', station: 'cq-500103-01' } } })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(server.asked[0]?.body).toMatchObject({ severity: 'P0', to: { level: 'shift', station: 'cq-500103-01' } })
})

test.each([
  [{ title: { zh: '冰箱过热' } }, /^payload\.title\.en: /],
  [{ severity: 'grave' }, /^payload\.severity: /],
  [{ url: 'https://elsewhere.example/' }, /^payload\.url: /],
  [{ dedupeKey: undefined }, /^payload\.dedupeKey: /],
])('nobody is told when a property is wrong: %o', async (wrong, named) => {
  const here = await load('harbor-notify', { roles: 'manager', severity: 'P2', kind: 'night', url: '/' })
  here.receive({ payload: { ...words, ...wrong } })
  expect(await errorOf(here)).toMatchObject({ code: 'NODE_INPUT_INVALID', message: expect.stringMatching(named) })
  expect(server.asked).toEqual([])
})

test('texts that waited come out one by one, and a server that is away is tried again', async () => {
  server.failing.status = 503
  server.answers.set('POST /api/v1/notify/due', () => ({ body: { deliveries: [delivery('d-1'), delivery('d-2')] } }))
  const { outputs, statuses } = await load('harbor-due', { everyS: '1' })
  await vi.waitFor(() => expect(statuses.at(-1)).toMatch(/^error: /))
  server.failing.status = undefined
  await vi.waitFor(() => expect(outputs[0].length).toBeGreaterThanOrEqual(2), 5_000)
  expect(outputs[0].slice(0, 2)).toMatchObject([{ delivery: { id: 'd-1' } }, { delivery: { id: 'd-2' } }])
})

test.each([
  ['what was sent', {}, { state: 'delivered' }],
  ['what a Catch node brings', { error: { message: 'no answer' } }, { state: 'failed', reason: 'no answer' }],
  ['what has no destination', { state: 'off', reason: 'ROBOT not set' }, { state: 'off', reason: 'ROBOT not set' }],
])('the server hears of %s', async (_what, message, body) => {
  server.answers.set('PUT /api/v1/notify/deliveries/d-1', () => ({ status: 204 }))
  const { receive, outputs } = await load('harbor-delivered')
  receive({ delivery: delivery('d-1'), ...message })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(server.asked).toMatchObject([{ method: 'PUT', path: '/api/v1/notify/deliveries/d-1', body }])
})

test('a message without its delivery is named', async () => {
  const here = await load('harbor-delivered')
  here.receive({ payload: 'sent' })
  expect(await errorOf(here)).toMatchObject({
    code: 'NODE_INPUT_INVALID',
    message: expect.stringMatching(/^delivery: /),
  })
})

const ALERT = {
  id: 'alert-1',
  station: 'cq-500103-01',
  stationNameZh: '解放碑站',
  stationNameEn: 'Jiefangbei',
  district: '500103',
  scope: 'appliance',
  rule: 'fridge_too_warm',
  ruleVersion: 1,
  severity: 'P1',
  state: 'acknowledged',
  raisedAt: '2026-07-30T04:00:00.000Z',
  revision: 2,
  evidence: {
    metric: 'temperature',
    threshold: 8,
    observed: 12,
    from: '2026-07-30T03:00:00.000Z',
    to: '2026-07-30T04:00:00.000Z',
  },
}

test('the alert that an event is about is acknowledged in the name of the flow', async () => {
  server.answers.set('POST /api/v1/alerts/alert-1/acknowledge', () => ({ body: ALERT }))
  const { receive, outputs } = await load('harbor-alert', { action: 'acknowledge' })
  receive({ event: { kind: 'alert-raised', subject: 'alert-1' } })
  await vi.waitFor(() => expect(outputs[0]).toMatchObject([{ payload: { id: 'alert-1', state: 'acknowledged' } }]))
  expect(server.asked[0]?.flow).toBe('夜间 Night')
})

test('a silence lasts from now for so many minutes', async () => {
  server.answers.set('POST /api/v1/alerts/alert-1/silence', () => ({ body: ALERT }))
  const { receive, outputs } = await load('harbor-alert', { action: 'silence', minutes: '90', text: 'known' })
  const beforeMs = Date.now()
  receive({ alert: 'alert-1' })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  const { until, reason } = (server.asked[0] as Asked).body as { until: string; reason: string }
  expect(reason).toBe('known')
  const lastsMs = Date.parse(until) - beforeMs
  // 90 min = 5,400,000 ms, and the moment until it was asked.
  expect(lastsMs).toBeGreaterThanOrEqual(5_400_000)
  expect(lastsMs).toBeLessThan(5_460_000)
})

test('a remark is put into the history', async () => {
  server.answers.set('POST /api/v1/alerts/alert-1/comment', () => ({ body: ALERT }))
  const { receive, outputs } = await load('harbor-alert')
  receive({ alert: 'alert-1', action: 'comment', text: 'nobody inside' })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(server.asked[0]?.body).toEqual({ text: 'nobody inside' })
})

test.each([
  [{ action: 'comment', text: 'x' }, /^alert: /],
  [{ action: 'comment', text: 'x', event: { kind: 'notice-issued', subject: 'n-1' } }, /^alert: /],
  [{ alert: '../session', action: 'acknowledge' }, /^alert: expected the id of an alert/],
  [{ alert: 'alert-1', action: 'silence', text: 'known' }, /^minutes: /],
  [{ alert: 'alert-1', action: 'silence', minutes: 50_000, text: 'known' }, /^minutes: /],
  [{ alert: 'alert-1', action: 'resolve' }, /^action: /],
])('no alert is touched when a property is wrong: %o', async (message, named) => {
  const here = await load('harbor-alert')
  here.receive(message)
  expect(await errorOf(here)).toMatchObject({ code: 'NODE_INPUT_INVALID', message: expect.stringMatching(named) })
  expect(server.asked).toEqual([])
})
