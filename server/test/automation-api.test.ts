import {
  type AlertDetail,
  type AlertView,
  type AutomationActs,
  type CommandView,
  type EventFeed,
  FLOW_HEADER,
  type IssuedToken,
  SERVICE_RIGHTS,
  type ServiceAccountList,
} from '@harbor/protocol'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type Answer, type RunningServer, startServer } from './running-server.ts'
import { dataDirWithAlerts } from './seeded-alerts.ts'

const OWN_TOKEN = '0f'.repeat(32)
const FLOW = '打烊关空调'

let server: RunningServer
let yuzhong: AlertView
let yubei: AlertView
let admin: string

const fleet = twoDistrictFleet()
const device = { gateway: 'gw-yuzhong-1', vendor: 'tasmota' as const }
const withRelays = {
  ...fleet,
  appliances: [
    ...fleet.appliances,
    { id: 'yuzhong-1-ac', station: 'yuzhong-1', kind: 'air_conditioner' as const },
    { id: 'yubei-1-ac', station: 'yubei-1', kind: 'air_conditioner' as const },
  ],
  devices: [
    ...fleet.devices,
    { ...device, id: 'yuzhong-ac-plug', address: 'ac', appliance: 'yuzhong-1-ac' },
    { ...device, id: 'yuzhong-fridge-plug', address: 'fridge-plug', appliance: 'yuzhong-1-fridge' },
    { ...device, id: 'yubei-ac-plug', address: 'ac2', gateway: 'gw-yubei-1', appliance: 'yubei-1-ac' },
  ],
}

const start = (dataDir: string) => startServer({ dataDir, fleet: withRelays })

beforeAll(async () => {
  const seeded = await dataDirWithAlerts()
  ;({ yuzhong, yubei } = seeded)
  server = await start(seeded.dataDir)
  // The start of an installation makes the file before the server starts.
  await server.stop()
  await writeFile(join(seeded.dataDir, 'secrets/node-red-api'), `${OWN_TOKEN}\n`, { mode: 0o600 })
  server = await start(seeded.dataDir)
  admin = await server.signIn('admin')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const as = (token: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  const headers = { authorization: `Bearer ${token}`, [FLOW_HEADER]: encodeURIComponent(FLOW) }
  return server.request(method, `/api/v1/${path}`, { headers, ...(body !== undefined && { body }) })
}
const own = (call: string, body?: unknown) => as(OWN_TOKEN, call, body)
const administer = (call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  return server.request(method, `/api/v1/automation/${path}`, { cookie: admin, ...(body !== undefined && { body }) })
}
const acts = async () => ((await administer('GET acts')).body as AutomationActs).acts

test('what a flow does to an alert stands in its history under the name of the automation, and in the journal with the flow', async () => {
  expect((await own(`POST alerts/${yuzhong.id}/comment`, { text: '已通知值班站长' })).status).toBe(200)
  const taken = await own(`POST alerts/${yuzhong.id}/acknowledge`, {})
  expect(taken.body).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'node-red (automation)' })
  const until = new Date(Date.now() + 3_600_000).toISOString()
  expect((await own(`POST alerts/${yuzhong.id}/silence`, { until, reason: '打烊' })).status).toBe(200)
  const { history } = (await own(`GET alerts/${yuzhong.id}`)).body as AlertDetail
  expect(history.slice(-3)).toMatchObject([
    { change: 'commented', by: 'node-red (automation)', reason: '已通知值班站长' },
    { change: 'acknowledged', by: 'node-red (automation)' },
    { change: 'silenced', by: 'node-red (automation)', reason: '打烊' },
  ])
  const path = `/api/v1/alerts/${yuzhong.id}`
  expect((await acts()).slice(0, 3)).toMatchObject([
    { account: 'node-red', flow: FLOW, method: 'post', path: `${path}/silence`, status: 200 },
    { account: 'node-red', flow: FLOW, method: 'post', path: `${path}/acknowledge`, status: 200 },
    { account: 'node-red', flow: FLOW, method: 'post', path: `${path}/comment`, status: 200 },
  ])
})

test('a flow switches an air conditioner, with the expiry and the record of a command of a person', async () => {
  const answer = await own('POST devices/yuzhong-ac-plug/commands', { action: 'relay-off' })
  expect(answer.status).toBe(202)
  const command = answer.body as CommandView
  expect(command).toMatchObject({ state: 'sent', requestedBy: 'node-red (automation)' })
  expect(Date.parse(command.expiresAt) - Date.parse(command.requestedAt)).toBe(60_000)
  expect((await own(`GET devices/yuzhong-ac-plug/commands/${command.id}`)).body).toMatchObject({ id: command.id })
})

test.each([
  { what: 'a fridge', id: 'yuzhong-fridge-plug', action: 'relay-off', status: 403, reason: /this is fridge/ },
  {
    what: 'what hangs on no appliance',
    id: 'yuzhong-room',
    action: 'relay-off',
    status: 403,
    reason: /this is neither/,
  },
  { what: 'a plug that was cut', id: 'yuzhong-ac-plug', action: 'safety-reset', status: 403, reason: /by a person/ },
  { what: 'what there is none of', id: 'nowhere', action: 'relay-off', status: 404, reason: /there is no device/ },
])('a flow may not switch $what: refused with the reason, and written down', async ({ id, action, status, reason }) => {
  const answer = await own(`POST devices/${id}/commands`, { action })
  expect(answer).toMatchObject({ status, body: { error: { message: expect.stringMatching(reason) } } })
  expect((await acts())[0]).toMatchObject({ flow: FLOW, status, reason: expect.stringMatching(reason) })
})

test('a token takes over from another without a gap; a third ends the first; ended and revoked ones hold no longer', async () => {
  const make = async (call: string, body?: unknown) => (await administer(call, body)).body as IssuedToken
  const works = async (token: string) => (await as(token, 'GET alerts')).status
  const { token: first } = await make('POST accounts', { name: 'digest', rights: ['read'], districts: ['500103'] })
  const { token: second, account } = await make('POST accounts/digest/tokens')
  expect([await works(first), await works(second), account.tokens.length]).toEqual([200, 200, 2])
  const { token: third } = await make('POST accounts/digest/tokens')
  expect([await works(first), await works(second), await works(third)]).toEqual([401, 200, 200])
  const listed = (await administer('GET accounts')).body as ServiceAccountList
  const [newest] = listed.accounts.find(({ name }) => name === 'digest')?.tokens ?? []
  await administer(`DELETE accounts/digest/tokens/${newest?.id}`)
  expect([await works(second), await works(third)]).toEqual([200, 401])
  expect((await administer('DELETE accounts/digest')).body).toMatchObject({ tokens: [] })
  expect(await works(second)).toBe(401)
  const again = await administer('POST accounts', { name: 'digest', rights: ['read'], districts: [] })
  expect([again.status, (await administer('POST accounts/digest/tokens')).status]).toEqual([409, 404])
  expect(JSON.stringify((await administer('GET accounts')).body)).not.toContain(third)
})

test('a service is nobody who could sign in, open a page of staff by a cookie, or change its own rights', async () => {
  expect((await own('GET session')).status).toBe(403)
  expect((await own('POST automation/accounts', { name: 'x', rights: ['read'], districts: [] })).status).toBe(403)
  const cookie = `harbor_session=${OWN_TOKEN}`
  expect((await server.request('GET', '/api/v1/alerts', { cookie })).status).toBe(401)
})

test('whoever was away reads in the feed what they missed, each once and in order, also over a restart of the server', async () => {
  const begin = await own('GET events/cursors/routing')
  expect(begin.body).toMatchObject({ consumer: 'routing', isNew: true })
  const { after } = begin.body as { after: number }
  expect(after).toBeGreaterThan(0)
  await own('PUT events/cursors/routing', { after })
  await own(`POST alerts/${yubei.id}/acknowledge`, {})
  const { dataDir } = server
  await server.stop()
  server = await start(dataDir)
  admin = await server.signIn('admin')
  const cursor = (await own('GET events/cursors/routing')).body as { after: number; isNew: boolean }
  expect(cursor).toMatchObject({ after, isNew: false })
  const { events, next, ...rest } = (await own(`GET events?after=${cursor.after}`)).body as EventFeed
  expect(events.map(({ event }) => [event.type, event.subject])).toEqual([['harbor.alert-acknowledged', yubei.id]])
  expect(events[0]?.event.sequence).toBe(String(events[0]?.seq).padStart(16, '0'))
  expect([next, rest]).toEqual([events[0]?.seq, { hasMore: false, isGap: false }])
  await own('PUT events/cursors/routing', { after: next })
  expect((await own('PUT events/cursors/routing', { after })).body).toMatchObject({ after: next })
  expect((await own('PUT events/cursors/routing', { after: next + 1 })).status).toBe(400)
})

test('the feed is read page by page without a gap or a repetition, and an account of a district reads its own alone', async () => {
  const seqs: number[] = []
  for (let after = 0, isMore = true; isMore;) {
    const page = (await own(`GET events?after=${after}&limit=1`)).body as EventFeed
    seqs.push(...page.events.map(({ seq }) => seq))
    ;[after, isMore] = [page.next, page.hasMore]
  }
  const whole = ((await own('GET events?after=0')).body as EventFeed).events
  expect(seqs).toEqual(whole.map(({ seq }) => seq))
  expect(seqs.length).toBeGreaterThanOrEqual(4)
  const { token } = (
    await administer('POST accounts', { name: 'yubei', rights: [...SERVICE_RIGHTS], districts: ['500112'] })
  ).body as IssuedToken
  const { events, next } = (await as(token, 'GET events?after=0')).body as EventFeed
  expect(new Set(events.map(({ event }) => (event.data as AlertView).district))).toEqual(new Set(['500112']))
  // What is others' is behind it, too.
  expect(next).toBe(seqs.at(-1))
  expect((await as(token, 'POST devices/yuzhong-ac-plug/commands', { action: 'relay-off' })).status).toBe(404)
})

test('an event that leaves over the broker says its place in the feed', async () => {
  const order = { station: 'yuzhong-1', severity: 'P3', title: '检查' }
  await server.request('POST', '/api/v1/work-orders', { cookie: admin, body: order })
  const told = await vi.waitFor(() => {
    const sent = server.bus.published.filter(({ topic }) => topic.includes('/event/work-order-changed'))
    expect(sent.length).toBeGreaterThan(0)
    return sent.map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as { sequence: string })
  })
  const feed = ((await own('GET events?after=0')).body as EventFeed).events
  for (const event of told) expect(feed.map(one => one.event)).toContainEqual(event)
})
