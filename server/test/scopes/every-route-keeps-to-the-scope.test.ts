import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningServer } from '../running-server.ts'
import { AUTOMATION_ROWS } from './automation-rows.ts'
import { FLASHING_ROWS } from './flashing-rows.ts'
import { FLEET_ROWS } from './fleet-rows.ts'
import { TWIN_ROWS } from './twin-rows.ts'
import { MANAGEMENT_ROWS } from './management-rows.ts'
import { PEOPLE_ROWS } from './people-rows.ts'
import { PUBLIC_ROWS } from './public-rows.ts'
import { startScopes } from './running-scopes.ts'
import { NOWHERE, type ScopeAnswer, ask, changedSince, storedIn, withoutPlace } from './scope-calls.ts'
import { EVERYBODY, PLACES, STREETS, type ScopePlace, type Somebody, districtAt } from './scope-people.ts'
import { sumsSeenBy } from './scope-figures.ts'
import { placesIn, staffOnly } from './scope-records.ts'
import { CREW, type Row } from './scope-rows.ts'
import { USAGE_ROWS } from './usage-rows.ts'
import { UPKEEP_ROWS } from './upkeep-rows.ts'

const TABLE: readonly Row[] = [
  ...PUBLIC_ROWS,
  ...PEOPLE_ROWS,
  ...UPKEEP_ROWS,
  ...MANAGEMENT_ROWS,
  ...USAGE_ROWS,
  ...AUTOMATION_ROWS,
  ...FLEET_ROWS,
  ...FLASHING_ROWS,
  ...TWIN_ROWS,
]
/** Looking first, changing afterwards: what is refused must not have been changed by who was let. */
const ORDER: readonly Row['kind'][] = ['open', 'own', 'list', 'record', 'act', 'district']

let server: RunningServer
/** By route: what the OpenAPI document says of it. */
let operations: ReadonlyMap<string, Operation>

interface Operation {
  parameters?: { name: string }[]
}

beforeAll(async () => {
  server = await startScopes()
  const { body } = await server.request('GET', '/api/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, Operation>> }
  operations = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
    ),
  )
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

test('every route of the OpenAPI document is in the table, and every row of the table is a route', async () => {
  const routes = [...operations.keys()]
  const known = new Set(TABLE.map(({ route }) => route))
  const missing = routes
    .filter(route => !known.has(route))
    .map(
      route =>
        `${route}: add a line to server/test/scopes/*-rows.ts that says who may call it and whose records it shows`,
    )
  expect(missing).toEqual([])
  expect([...known].filter(route => !routes.includes(route))).toEqual([])
})

test.each(EVERYBODY.filter(({ role }) => CREW.includes(role)))(
  'sums are made of what $login may see, and of nothing else',
  async ({ cookie, sees: places }) => {
    for (const { path, read, is } of sumsSeenBy(places, Date.now())) {
      const { body } = await server.request('GET', path, { cookie })
      expect([path, read(body)]).toEqual([path, is])
    }
  },
)

const rows = ORDER.flatMap(kind => TABLE.filter(row => row.kind === kind))

test.each(rows.map(row => [`${row.kind} ${row.route}`, row] as const))('%s', async (_name, row) => {
  expect.hasAssertions()
  await CHECKS[row.kind](row)
})

const CHECKS: Readonly<Record<Row['kind'], (row: Row) => Promise<void>>> = {
  open: checkOpen,
  own: checkOwn,
  list: checkList,
  record: checkRecord,
  act: checkAct,
  district: checkDistrict,
}

const call = (row: Row, place: string, person?: Somebody): Promise<ScopeAnswer> =>
  ask(server, row.route, { ...row.call(place), cookie: person?.cookie })

async function checkOpen(row: Row): Promise<void> {
  const answer = await call(row, 'a1')
  expect(answer.text).not.toContain('zz-')
  // Not even to somebody who is signed in: the page is everybody's.
  if (row.route === 'delete /api/v1/session') return
  expect((await call(row, 'b2', EVERYBODY[0])).text).not.toContain('zz-')
  expect(answer.status).not.toBe(500)
}

async function checkOwn(row: Row): Promise<void> {
  const let_ = await checkRoles(row)
  for (const person of let_) {
    const answer = await call(row, 'a1', person)
    expect(answer.status).not.toBe(403)
    expect(answer.status).not.toBe(500)
    expect([person.login, ...foreignIn(answer, person)]).toEqual([person.login])
  }
}

async function checkList(row: Row): Promise<void> {
  for (const person of await checkRoles(row)) {
    const answer = await call(row, 'a1', person)
    expect([person.login, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([person.login, 200, ''])
    const shown = placesIn(answer.text)
    const isShown = row.more.empty !== true && row.more.shownTo?.includes(person.role) !== false
    if (!isShown) expect([person.login, ...foreignIn(answer, person)]).toEqual([person.login])
    else expect([person.login, ...shown]).toEqual([person.login, ...person.sees])
    // The role decides whether somebody may ask at all, the region what they are told.
    if (row.more.oneRole !== true && person.role === row.who[0]) await checkForeignRegions(row, person)
  }
}

/** A region that is not theirs is no way around their scope. */
async function checkForeignRegions(row: Row, person: Somebody): Promise<void> {
  const asked = ['region', 'district'].filter(name =>
    operations.get(row.route)?.parameters?.some(parameter => parameter.name === name),
  )
  for (const name of asked)
    for (const place of PLACES.filter(one => !sees(person, one)))
      for (const region of name === 'region' ? [STREETS[place], districtAt(place)] : [districtAt(place)]) {
        const { path } = row.call('a1')
        const answer = await ask(server, row.route, {
          path: `${path}${path.includes('?') ? '&' : '?'}${name}=${region}`,
          cookie: person.cookie,
        })
        expect([person.login, region, ...foreignIn(answer, person)]).toEqual([person.login, region])
        expect(answer.status).toBeLessThan(500)
      }
}

async function checkRecord(row: Row): Promise<void> {
  const people = await checkRoles(row)
  const unknown = withoutPlace(await call(row, NOWHERE, people[0]))
  expect(unknown).toMatch(/^404 /)
  for (const person of people) {
    for (const place of PLACES) {
      const answer = await call(row, place, person)
      if (!sees(person, place))
        expect([person.login, place, withoutPlace(answer)]).toEqual([person.login, place, unknown])
      else {
        expect([person.login, place, answer.status]).toEqual([person.login, place, 200])
        expect([person.login, ...placesIn(answer.text)]).toEqual([
          person.login,
          ...(row.more.empty === true ? [] : [place]),
        ])
      }
    }
  }
}

async function checkAct(row: Row): Promise<void> {
  const before = await storedIn(server.dataDir)
  const people = await checkRoles(row)
  for (const person of people) {
    const unknown = withoutPlace(await call(row, NOWHERE, person))
    if (row.more.bytes === undefined) expect(unknown).toMatch(/^40[04] /)
    for (const place of PLACES.filter(one => !sees(person, one)))
      expect([person.login, place, withoutPlace(await call(row, place, person))]).toEqual([
        person.login,
        place,
        row.more.says === undefined ? unknown : expect.stringContaining(row.more.says),
      ])
  }
  expect(await changedSince(before, server.dataDir)).toEqual([])
  if (row.more.refusedOnly !== undefined) return
  const [allowed] = people.filter(({ region }) => region === 'street a1')
  const done = await call(row, 'a1', allowed)
  expect([done.status < 300, done.status, done.status < 300 ? '' : done.text]).toEqual([true, done.status, ''])
}

async function checkDistrict(row: Row): Promise<void> {
  const before = await storedIn(server.dataDir)
  const people = await checkRoles(row)
  const governs = ({ region }: Somebody, place: ScopePlace) =>
    region === 'city' || region === `district ${place.slice(0, 1)}`
  for (const person of people)
    for (const place of ['a1', 'b1'] as const) {
      if (governs(person, place)) continue
      const { status, text } = await call(row, place, person)
      const isRefused = [400, 403, 404].includes(status)
      expect([person.login, place, isRefused ? '' : text]).toEqual([person.login, place, ''])
    }
  expect(await changedSince(before, server.dataDir)).toEqual([])
  for (const region of ['city', 'district a'] as const) {
    const [person] = people.filter(one => one.region === region)
    const done = await call(row, region === 'city' ? 'b1' : 'a1', person)
    expect([region, done.status < 300, done.status < 300 ? '' : done.text]).toEqual([region, true, ''])
  }
}

/** Nobody and those of other roles are refused; gives who is to be asked of the others. */
async function checkRoles({ who, more, ...row }: Row): Promise<readonly Somebody[]> {
  if (who === 'anyone') throw new Error(`${row.route}: a row for anyone is of the kind open`)
  const full = { who, more, ...row }
  expect((await call(full, 'a1')).status).toBe(401)
  // Who may ask at all is decided by the role alone, before anything of a place is looked at: one of each role is asked.
  for (const person of EVERYBODY.filter(({ region }) => region === 'street a1'))
    if (!who.includes(person.role)) {
      const { status } = await call(full, person.sees[0] ?? 'a1', person)
      expect([person.login, status]).toEqual([person.login, 403])
    }
  return EVERYBODY.filter(({ role }) => (more.oneRole === true ? role === who[0] : who.includes(role)))
}

const sees = (person: Somebody, place: ScopePlace) => person.sees.includes(place)

const foreignIn = ({ text }: ScopeAnswer, person: Somebody) => placesIn(text).filter(place => !sees(person, place))

test('a change that was refused is counted: whose role it is not for, and what is not theirs', async () => {
  const countOf = async (reason: string) => {
    const { body } = await server.request('GET', '/metrics')
    return Number(new RegExp(`refused_changes_total\\{reason="${reason}"\\} (\\d+)`).exec(String(body))?.[1])
  }
  const before = [await countOf('forbidden'), await countOf('not_found')]
  const by = (login: string) => EVERYBODY.find(one => one.login === login)?.cookie ?? ''
  const release = `/api/v1/alerts/${staffOnly('b1', 'alert')}/silence`
  await server.request('DELETE', release, { cookie: by('keeper-city') })
  await server.request('DELETE', release, { cookie: by('manager-street-a1') })
  await server.request('DELETE', release)
  expect([await countOf('forbidden'), await countOf('not_found')]).toEqual(before.map(count => count + 1))
})
