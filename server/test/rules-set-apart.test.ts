import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertList, ApplianceRules, Reading } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Answer, type RunningServer, startServer } from './running-server.ts'

const FRIDGE = 'yubei-1-fridge'
const RULE = `appliances/${FRIDGE}/rules/fridge_too_warm`

let dataDir: string
let server: RunningServer
const cookies: Record<string, string> = {}

async function start(): Promise<void> {
  server = await startServer({ dataDir })
  for (const login of ['admin', 'yuzhong', 'yubei', 'yubei-hardware']) cookies[login] = await server.signIn(login)
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-server-'))
  await start()
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const ask = (login: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  return server.request(method, `/api/v1/${path}`, {
    cookie: cookies[login] ?? '',
    ...(body === undefined ? {} : { body }),
  })
}
const ruleOf = (answer: Answer, id = 'fridge_too_warm') =>
  (answer.body as ApplianceRules).rules.find(({ rule }) => rule === id)

/** One a second, ending now: of a fridge of no model, whose rule takes its own time. */
function lastSeconds(seconds: number, temperatureC: number): Reading[] {
  const now = Date.now()
  return Array.from({ length: seconds }, (_, index) => ({
    device: 'yubei-fridge-temp',
    metric: 'temperature' as const,
    timeMs: now - (seconds - index) * 1_000,
    value: temperatureC,
  }))
}

test('the rules of an appliance are told with every number that can be set apart, and which are on trial', async () => {
  const answer = await ask('yubei', `GET appliances/${FRIDGE}/rules`)
  expect(ruleOf(answer)).toMatchObject({
    isLive: true,
    numbers: { 'raise.0.threshold': 8, 'raise.0.holdMs': 3_600_000 },
  })
  expect(ruleOf(answer)).not.toHaveProperty('own')
  expect(ruleOf(answer, 'water_not_heating')).toBeUndefined()
  expect(ruleOf(await ask('yuzhong', 'GET appliances/yuzhong-1-fridge/rules'))).toMatchObject({
    ofModel: { timeScale: 60 },
  })
})

test.each([
  ['yuzhong', RULE, { timeScale: 2, reason: 'why' }, 404, /no appliance/],
  ['yubei-hardware', RULE, { timeScale: 2, reason: 'why' }, 403, /./],
  ['yubei', RULE, { timeScale: 2 }, 400, /reason/],
  ['yubei', RULE, { timeScale: 0, reason: 'why' }, 400, /timeScale/],
  ['yubei', RULE, { numbers: { 'raise.9.threshold': 5 }, reason: 'why' }, 400, /numbers: .*raise\.9\.threshold/],
  ['yubei', RULE, { numbers: { 'raise.0.holdMs': -5 }, reason: 'why' }, 400, /holdMs/],
  ['yubei', `appliances/${FRIDGE}/rules/water_not_heating`, { timeScale: 2, reason: 'why' }, 404, /no rule/],
])('%s may not set %s to %j', async (...[login, path, body, status, message]) => {
  const answer = await ask(login, `POST ${path}`, body)
  expect(answer.status).toBe(status)
  expect((answer.body as { error: { message: string } }).error.message).toMatch(message)
})

test('what is set apart for one appliance holds at once, after a restart too, and is kept with who and why', async () => {
  const set = await ask('yubei', `POST ${RULE}`, {
    timeScale: 60,
    numbers: { 'raise.2.threshold': 20 },
    reason: '此柜存放饮料',
  })
  expect(set.status).toBe(200)
  expect(ruleOf(set)).toMatchObject({ own: { timeScale: 60, numbers: { 'raise.2.threshold': 20 } } })
  // 14 Cel for 30 min is no longer above the highest limit; above 10 Cel for 45 min, here 45 s, still is.
  await server.receive(lastSeconds(110, 14))
  await vi.waitFor(async () => {
    const { alerts } = (await ask('yubei', 'GET alerts')).body as AlertList
    expect(alerts).toMatchObject([{ rule: 'fridge_too_warm', appliance: FRIDGE, ruleVersion: 1 }])
  })
  await server.stop()
  await start()
  const after = await ask('admin', `GET appliances/${FRIDGE}/rules`)
  expect(ruleOf(after)).toMatchObject({ own: { timeScale: 60, numbers: { 'raise.2.threshold': 20 } } })
  const back = await ask('admin', `POST ${RULE}`, { reason: '恢复默认' })
  expect(ruleOf(back)).not.toHaveProperty('own')
  expect((back.body as ApplianceRules).changes).toMatchObject([
    { rule: 'fridge_too_warm', by: 'Admin', reason: '恢复默认' },
    { by: '渝北维修', reason: '此柜存放饮料', set: { timeScale: 60, numbers: { 'raise.2.threshold': 20 } } },
  ])
})
