import type { StaffEvents, StaffRequests } from '@harbor/protocol'
import { CHANGED_THINGS, PUBLIC_NAMESPACE, STAFF_NAMESPACE } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RunningServer } from '../running-server.ts'
import { startScopes } from './running-scopes.ts'
import { DISTRICTS, EVERYBODY, PLACES, STREETS, type ScopePlace, type Somebody } from './scope-people.ts'
import { marked, placesIn, staffOnly } from './scope-records.ts'

/** `changed` says of what kind something changed, and nothing of where: it has a test of its own. */
type PlacedEvent = Exclude<keyof StaffEvents, 'changed'>
type StaffSocket = Socket<StaffEvents, StaffRequests>

/** How an event is brought about for everybody at a place. An event that is new does not compile without a line here. */
const CAUSES: Readonly<Record<PlacedEvent, (place: ScopePlace) => Promise<unknown> | void>> = {
  alert: place => post(`/api/v1/alerts/${staffOnly(place, 'alert')}/acknowledge`, {}),
  work_order: place => post('/api/v1/work-orders', { station: marked(place, 'st'), severity: 'P3', title: 'x' }),
  feedback: place => post(`/api/v1/feedback/${staffOnly(place, 'report')}/reply`, { text: 'x' }),
  notice: place => post(`/api/v1/notices/${staffOnly(place, 'notice')}/withdraw`, { reason: 'x' }),
  twin: place => put(`/api/v1/fleet/gateways/${marked(place, 'gw')}/tags`, { tags: [`t-${place}`] }),
  rollout: place =>
    post('/api/v1/fleet/rollouts', {
      name: staffOnly(place, 'news'),
      target: { kind: 'overrides', overrides: {} },
      selection: { gateways: [marked(place, 'gw')] },
    }),
  // These are told to who asks for them: everybody asks for each place, theirs or not.
  readings: place => askAll('watch', marked(place, 'st')),
  overview: place => askAll('look_over', STREETS[place]),
}

let server: RunningServer
const sockets: Socket[] = []
const staffSockets: StaffSocket[] = []
/** How many orders somebody was told of. */
const orders = new Map<string, number>()
/** By login and event: the places that somebody was told of. */
const told = new Map<string, Set<ScopePlace>>()
/** What `changed` said. */
const changes = new Set<unknown>()
/** What the namespace of everybody was told, as text. */
const publicly: string[] = []

const askAll = (request: keyof StaffRequests, about: string) => {
  for (const socket of staffSockets) socket.emit(request, about)
}
const cookieOf = (login: string) => (EVERYBODY.find(one => one.login === login) as Somebody).cookie
/** The fleet's work is the hardware team's, the rest a manager's. */
const send = (method: string) => (path: string, body: unknown) =>
  server.request(method, path, {
    body,
    cookie: cookieOf(path.includes('/fleet/') ? 'hardware-city' : 'manager-city'),
  })
const post = send('POST')
const put = send('PUT')

beforeAll(async () => {
  server = await startScopes()
  for (const person of EVERYBODY) {
    const socket: StaffSocket = connect(STAFF_NAMESPACE, { cookie: person.cookie })
    socket.onAny((event: string, payload: unknown) => {
      if (event === 'changed') return void changes.add(payload)
      const key = `${person.login} ${event}`
      told.set(key, new Set([...(told.get(key) ?? []), ...placesOf(event, JSON.stringify(payload))]))
      if (event === 'work_order') orders.set(person.login, (orders.get(person.login) ?? 0) + 1)
    })
    staffSockets.push(socket)
  }
  const visitor = connect(PUBLIC_NAMESPACE, {})
  visitor.onAny((event: string, payload: unknown) => publicly.push(`${event} ${JSON.stringify(payload)}`))
  await vi.waitUntil(() => sockets.every(({ connected }) => connected), { timeout: 10_000 })
  await visitor.timeout(10_000).emitWithAck('look', { box: [106.49, 29.49, 106.51, 29.54], stations: [] })
})

afterAll(async () => {
  for (const socket of sockets) socket.disconnect()
  await server?.[Symbol.asyncDispose]()
})

/** An overview names streets by their codes. */
const placesOf = (event: string, text: string) =>
  event === 'overview' ? PLACES.filter(place => text.includes(STREETS[place])) : placesIn(text)

function connect(namespace: string, extraHeaders: Record<string, string>): Socket {
  const socket = io(server.url + namespace, {
    extraHeaders,
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
  })
  sockets.push(socket)
  return socket
}

const toldOf = (event: string) =>
  EVERYBODY.map(({ login }) => [login, [...(told.get(`${login} ${event}`) ?? [])].sort().join(' ')])
const expected = EVERYBODY.map(({ login, sees }) => [login, sees.join(' ')])

test.each(Object.keys(CAUSES) as PlacedEvent[])(
  '%s reaches each role in each region exactly where it may see',
  async event => {
    for (const place of PLACES) {
      await CAUSES[event](place)
      // One after the other: who asks for two things at once is told of the last.
      const city = () => told.get(`manager-city ${event}`) ?? new Set()
      await vi.waitFor(() => expect([...city()]).toContain(place), { timeout: 15_000 })
    }
    await vi.waitFor(() => expect(toldOf(event)).toEqual(expected), { timeout: 10_000 })
  },
)

test('nobody was told of anything else meanwhile, and everybody of nothing that is for staff', async () => {
  const before = new Map(orders)
  for (const place of PLACES) await CAUSES.work_order(place)
  // What is sent to a socket comes in order: after these nothing earlier is on its way.
  await vi.waitFor(() => {
    for (const { login, sees } of EVERYBODY) expect(orders.get(login)).toBe((before.get(login) ?? 0) + sees.length)
  })
  for (const event of Object.keys(CAUSES)) expect(toldOf(event)).toEqual(expected)
  expect([...new Set([...told.keys()].map(key => key.split(' ')[1]))].sort()).toEqual(Object.keys(CAUSES).sort())
  expect(publicly.filter(text => !text.startsWith('stations'))).toEqual([])
  expect(publicly.join()).not.toContain('zz-')
})

test('what changed is told by its kind alone', async () => {
  const crew = { name: 'x', districts: [DISTRICTS.a], skills: [], members: [] }
  expect((await post('/api/v1/crews/told', crew)).status).toBeLessThan(300)
  await vi.waitFor(() => expect(changes).toContain('crews'))
  for (const what of changes) expect(CHANGED_THINGS).toContain(what)
})

test('nobody gets into the room of staff without a session', async () => {
  const refused = connect(STAFF_NAMESPACE, {})
  const reason = await new Promise<string>(resolve => refused.once('connect_error', error => resolve(error.message)))
  expect(reason).toBe('not_signed_in')
})
