import { type IssuedToken, SERVICE_RIGHTS, type ServiceAccountRequest, type ServiceRight } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningServer } from '../running-server.ts'
import { AUTOMATION_ROWS } from './automation-rows.ts'
import { MANAGEMENT_ROWS } from './management-rows.ts'
import { PUBLIC_ROWS } from './public-rows.ts'
import { startScopes } from './running-scopes.ts'
import { NOWHERE, changedSince, storedIn, withoutPlace } from './scope-calls.ts'
import { EVERYBODY, PLACES, REGIONS, type ScopePlace } from './scope-people.ts'
import { placesIn } from './scope-records.ts'
import type { Row } from './scope-rows.ts'
import { UPKEEP_ROWS } from './upkeep-rows.ts'
import { USAGE_ROWS } from './usage-rows.ts'

const TABLE: readonly Row[] = [...PUBLIC_ROWS, ...UPKEEP_ROWS, ...MANAGEMENT_ROWS, ...USAGE_ROWS, ...AUTOMATION_ROWS]

let server: RunningServer
/** By account's name. */
const tokens = new Map<string, string>()
/** By route, as rows name it. */
let rights: ReadonlyMap<string, ServiceRight | undefined>

beforeAll(async () => {
  server = await startScopes()
  rights = new Map(server.app.routes.map(({ method, path, service }) => [`${method} ${path}`, service]))
  for (const right of SERVICE_RIGHTS) await make({ name: right, rights: [right], districts: [] })
  const all = [...SERVICE_RIGHTS]
  await make({ name: 'city', rights: all, districts: [] })
  await make({ name: 'district-a', rights: all, districts: [...REGIONS['district a'].limits.districts] })
  const { districts, streets } = REGIONS['street b2'].limits
  await make({ name: 'street-b2', rights: all, districts: [...districts], streets: [...streets] })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

async function make(account: ServiceAccountRequest): Promise<void> {
  const cookie = EVERYBODY.find(({ login }) => login === 'administrator-city')?.cookie ?? ''
  const { body, status } = await server.request('POST', '/api/v1/automation/accounts', { body: account, cookie })
  expect([account.name, status]).toEqual([account.name, 201])
  tokens.set(account.name, (body as IssuedToken).token)
}

async function call(row: Row, place: string, account: string): Promise<{ status: number; text: string }> {
  const { path, body, bytes } = row.call(place)
  const data =
    bytes === undefined ? undefined : typeof bytes.data === 'string' ? bytes.data : new Uint8Array(bytes.data)
  const type = bytes?.type ?? (body === undefined ? undefined : 'application/json')
  const response = await fetch(server.url + path, {
    method: (row.route.split(' ')[0] ?? '').toUpperCase(),
    headers: {
      authorization: `Bearer ${tokens.get(account)}`,
      // A cookie beside the token must not lend it a person's rights.
      cookie: EVERYBODY.find(({ login }) => login === 'administrator-city')?.cookie ?? '',
      ...(type !== undefined && { 'content-type': type }),
    },
    ...((data ?? body) !== undefined && { body: data ?? JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

test('a service account with every right is let nowhere that names no right', async () => {
  const refused: unknown[] = []
  const rows = TABLE.filter(({ route, who }) => who !== 'anyone' && rights.get(route) === undefined)
  const before = await storedIn(server.dataDir)
  for (const row of rows) refused.push([row.route, (await call(row, 'a1', 'city')).status])
  expect(rows.length).toBeGreaterThan(80)
  expect(refused).toEqual(rows.map(({ route }) => [route, 403]))
  // What was asked for is in the journal, what was done nowhere.
  expect((await changedSince(before, server.dataDir)).filter(name => !JOURNAL.includes(name))).toEqual([])
})

test('one right opens what it is for, and nothing that takes another', async () => {
  for (const row of TABLE.filter(({ route }) => rights.get(route) !== undefined)) {
    const own = rights.get(row.route)
    for (const other of SERVICE_RIGHTS) {
      const { text } = await call(row, other === own ? 'a1' : 'b1', other)
      // A fridge is refused all the same, for what it is.
      expect([row.route, other, text.includes('takes the right')]).toEqual([row.route, other, other !== own])
    }
  }
})

const LIMITED: readonly [string, readonly ScopePlace[]][] = [
  ['city', PLACES],
  ['district-a', ['a1', 'a2']],
  ['street-b2', ['b2']],
]

test.each(LIMITED)('the account %s is shown the records of its own region alone', async (account, sees) => {
  const lists = TABLE.filter(({ route, kind }) => rights.get(route) === 'read' && kind === 'list')
  expect(lists.length).toBeGreaterThan(8)
  for (const row of lists) {
    const { status, text } = await call(row, 'a1', account)
    expect([row.route, status]).toEqual([row.route, 200])
    expect([row.route, ...placesIn(text).filter(place => !sees.includes(place))]).toEqual([row.route])
  }
  for (const row of TABLE.filter(({ route, kind }) => rights.get(route) !== undefined && kind === 'record')) {
    const unknown = withoutPlace(await call(row, NOWHERE, account))
    for (const place of PLACES) {
      const answer = await call(row, place, account)
      const said = sees.includes(place) ? answer.status : withoutPlace(answer)
      expect([row.route, place, said]).toEqual([row.route, place, sees.includes(place) ? 200 : unknown])
    }
  }
})

test('an act beyond the region of an account is answered as if there were nothing there', async () => {
  const acts = TABLE.filter(({ route, kind }) => rights.get(route) !== undefined && kind === 'act')
  expect(acts.map(({ route }) => route)).toContain('post /api/v1/alerts/{id}/acknowledge')
  for (const row of acts) {
    const unknown = withoutPlace(await call(row, NOWHERE, 'street-b2'))
    for (const place of PLACES.filter(one => one !== 'b2'))
      expect([row.route, place, withoutPlace(await call(row, place, 'street-b2'))]).toEqual([row.route, place, unknown])
  }
})

test('a token that nobody has is refused, also beside a cookie that would do', async () => {
  tokens.set('nobody', 'ab'.repeat(32))
  const [row] = TABLE.filter(({ route }) => route === 'get /api/v1/alerts')
  expect((await call(row as Row, 'a1', 'nobody')).status).toBe(401)
})

/** What a request of a service leaves behind by itself. */
const JOURNAL = ['automation_act', 'service_token']
