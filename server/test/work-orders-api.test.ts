import type {
  ApiError,
  Crew,
  CrewPeople,
  WorkOrder,
  WorkOrderCandidates,
  WorkOrderDetail,
  WorkOrderList,
} from '@harbor/protocol'
import { type StaffEvents, cloudEventSchema } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'

const EXTRA = [
  { login: 'keeper', name: '站长', role: 'keeper', districts: ['500103'] },
  { login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'] },
].map(person => ({ ...person, password: PASSWORD }))
/** A photo of 16 by 16 pixels (PNG). */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGM44KBAEmIY1TCqYfhqAAC85yAQb7u4kAAAAABJRU5ErkJggg==',
  'base64',
)

let server: RunningServer
const cookies: Record<string, string> = {}

beforeAll(async () => {
  server = await startServer({ logins: EXTRA })
  for (const login of ['admin', 'yuzhong', 'yubei', 'yubei-hardware', 'keeper', 'boss'])
    cookies[login] = await server.signIn(login)
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
const seen = (change = {}) => ({ station: 'yuzhong-1', severity: 'P3', title: '灯管闪', ...change })
const make = async (change = {}) => (await ask('boss', 'POST work-orders', seen(change))).body as WorkOrderDetail
const message = ({ body }: Answer) => (body as ApiError).error.message

describe('who may', () => {
  test('the hardware team has no work orders, and nobody without a session has', async () => {
    expect((await ask('yubei-hardware', 'GET work-orders')).status).toBe(403)
    expect((await server.request('GET', '/api/v1/work-orders')).status).toBe(401)
  })

  test.each(['GET work-orders/ID', 'GET work-orders/ID/candidates', 'POST work-orders/ID/acts'])(
    '%s of another district is answered like one that does not exist',
    async call => {
      const { id } = await make()
      const body = call.startsWith('POST') ? { act: 'accept', revision: 1 } : undefined
      const foreign = await ask('yubei', call.replace('ID', id), body)
      const missing = await ask('yubei', call.replace('ID', 'none'), body)
      expect([foreign.status, missing.status]).toEqual([404, 404])
      expect(message(foreign).replace(id, 'none')).toBe(message(missing))
    },
  )

  test('orders of another district are neither made nor listed', async () => {
    const { id } = await make()
    expect((await ask('yubei', 'POST work-orders', seen())).status).toBe(404)
    const { orders } = (await ask('yubei', 'GET work-orders?choice=all')).body as WorkOrderList
    expect(orders.map(order => order.id)).not.toContain(id)
  })

  test.each([
    ['keeper', { act: 'accept' }, 403],
    ['yuzhong', { act: 'cancel', note: 'x' }, 403],
    ['boss', { act: 'verify' }, 409],
    ['boss', { act: 'pause' }, 400],
    ['boss', { act: 'promise', promisedAt: '2020-01-01T00:00:00.000Z' }, 400],
    ['boss', { act: 'assign', assignee: 'yubei' }, 400],
    ['boss', { act: 'escalate' }, 400],
  ] as const)('%s: %j is answered with %i', async (...[login, act, status]) => {
    const { id, revision } = await make()
    expect((await ask(login, `POST work-orders/${id}/acts`, { ...act, revision })).status).toBe(status)
  })
})

test('a press that came too late is answered with who did what and when, and changes nothing', async () => {
  const { id } = await make()
  const { revision } = (await ask('boss', `GET work-orders/${id}`)).body as WorkOrderDetail
  const first = await ask('boss', `POST work-orders/${id}/acts`, { act: 'cancel', revision, note: '重复' })
  expect(first.status).toBe(200)
  const second = await ask('boss', `POST work-orders/${id}/acts`, { act: 'assign', assignee: 'yuzhong', revision })
  expect(second.status).toBe(409)
  expect(message(second)).toMatch(/^Boss was faster: cancel at \d{4}-/)
  expect(((await ask('boss', `GET work-orders/${id}`)).body as WorkOrder).state).toBe('cancelled')
})

test('lists come in pages that hold each order once, and by what was asked for', async () => {
  for (let made = 0; made < 3; made += 1) await make({ severity: 'P2' })
  const ids: string[] = []
  for (let after = '', pages = 0; pages < 50; pages += 1) {
    const { orders, next } = (await ask('admin', `GET work-orders?choice=all&sort=newest&limit=2${after}`))
      .body as WorkOrderList
    ids.push(...orders.map(({ id }) => id))
    if (next === undefined) break
    after = `&after=${encodeURIComponent(next)}`
  }
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThanOrEqual(3)
  const { orders } = (await ask('admin', 'GET work-orders?severity=P2&state=open,assigned')).body as WorkOrderList
  expect(orders.length).toBeGreaterThanOrEqual(3)
  for (const order of orders) expect(order).toMatchObject({ severity: 'P2' })
})

test.each(['limit=0', 'choice=mine', 'severity=P9', 'state=lost', 'after=nonsense', 'overdue=false'])(
  'a list with %s is refused',
  async query => {
    expect((await ask('admin', `GET work-orders?${query}`)).status).toBe(400)
  },
)

/** The live events of a person. */
function listen(login: string): Socket<StaffEvents> {
  const socket: Socket<StaffEvents> = io(`${server.url}/staff`, {
    extraHeaders: { cookie: cookies[login] ?? '' },
    transports: ['websocket'],
    forceNew: true,
  })
  onTestFinished(() => void socket.disconnect())
  return socket
}

test('every change reaches staff of the district at once, and others as an event', async () => {
  const [own, foreign] = [listen('yuzhong'), listen('yubei')]
  const told: WorkOrder[] = []
  const wrong: WorkOrder[] = []
  own.on('work_order', order => told.push(order))
  foreign.on('work_order', order => wrong.push(order))
  await vi.waitFor(() => expect([own.connected, foreign.connected]).toEqual([true, true]))
  const { id } = await make()
  await vi.waitFor(() => expect(told.map(order => order.id)).toContain(id))
  await vi.waitFor(() => {
    const events = server.bus.sent().filter(({ topic }) => topic === 'harbor/v1/500103/event/work-order-changed')
    expect(events.map(({ payload }) => cloudEventSchema.parse(payload).subject)).toContain(id)
  })
  expect(wrong).toEqual([])
})

test('a photo is kept without anything but its pixels, once, for those who may see the order', async () => {
  const { id } = await make()
  const send = (key: string) =>
    fetch(`${server.url}/api/v1/work-orders/${id}/photos?key=${key}`, {
      method: 'POST',
      headers: { cookie: cookies['yuzhong'] ?? '', 'content-type': 'image/png' },
      body: PHOTO,
    })
  for (const key of ['ab'.repeat(16), 'ab'.repeat(16)]) expect((await send(key)).status).toBe(200)
  const { photos } = (await ask('keeper', `GET work-orders/${id}`)).body as WorkOrderDetail
  expect(photos).toHaveLength(1)
  const path = photos[0] ?? ''
  const picture = await server.request('GET', path, { cookie: cookies['keeper'] ?? '' })
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  expect((await server.request('GET', path, { cookie: cookies['yubei'] ?? '' })).status).toBe(404)
  expect((await server.request('GET', path)).status).toBe(401)
})

describe('an order by hand', () => {
  const KEY = '0123456789abcdef'.repeat(2)

  test('that is asked for again by its key is one, of a station as of an appliance', async () => {
    for (const change of [{ key: KEY }, { key: KEY, appliance: 'yuzhong-1-microwave' }]) {
      const first = await ask('boss', 'POST work-orders', seen(change))
      const again = await ask('boss', 'POST work-orders', seen(change))
      expect([first.status, again.status]).toEqual([201, 200])
      expect((again.body as WorkOrder).id).toBe((first.body as WorkOrder).id)
    }
    const other = await ask('boss', 'POST work-orders', seen({ key: 'f'.repeat(32), appliance: 'yuzhong-1-microwave' }))
    expect(other.status).toBe(409)
  })

  test('shows before it is made who would come and why, and goes to whom its maker chose', async () => {
    const { people } = (await ask('boss', 'GET work-order-candidates?station=yuzhong-1')).body as WorkOrderCandidates
    expect(people.map(({ login }) => login)).toContain('yuzhong')
    expect((await make()).assignee).toBe(people.find(({ excluded }) => excluded === undefined)?.login)
    const chosen = await make({ assignee: 'boss' })
    expect(chosen).toMatchObject({ assignee: 'boss', state: 'assigned' })
    expect(chosen.assignedBecause).toBeUndefined()
    expect((await ask('boss', 'POST work-orders', seen({ assignee: 'yubei' }))).status).toBe(400)
    expect((await ask('keeper', 'POST work-orders', seen({ assignee: 'yuzhong' }))).status).toBe(403)
    expect((await ask('yubei', 'GET work-order-candidates?station=yuzhong-1')).status).toBe(404)
  })

  test('names the appliance as its label does, and the district for map services', async () => {
    const appliance = 'yuzhong-1-microwave'
    const { orders } = (await ask('boss', `GET work-orders?appliance=${appliance}`)).body as WorkOrderList
    const order = (await ask('boss', `GET work-orders/${orders[0]?.id}`)).body as WorkOrderDetail
    expect(order).toMatchObject({ assetTag: expect.stringMatching(/./), districtNameZh: '渝中区' })
    await ask('boss', `POST work-orders/${order.id}/acts`, { act: 'cancel', revision: order.revision, note: '误报' })
    // The order of this morning is opened again: what it is called now stands in its history.
    const again = await make({ appliance, title: '门把手松' })
    expect(again.id).toBe(order.id)
    expect(again.history.map(({ note }) => note)).toContain('门把手松')
  })
})

describe('crews', () => {
  const crew = (change = {}) => ({
    name: '制冷组',
    districts: ['500103'],
    skills: ['fridge'],
    members: ['yuzhong'],
    lead: 'boss',
    ...change,
  })

  test('that change are told to staff of their districts, before and after, and to nobody else', async () => {
    const heard: Record<string, string[]> = { yuzhong: [], yubei: [], admin: [] }
    const sockets = Object.entries(heard).map(([login, told]) => listen(login).on('changed', what => told.push(what)))
    await vi.waitFor(() => expect(sockets.every(({ connected }) => connected)).toBe(true))
    await ask('admin', 'POST crews/wanderers', crew({ members: [] }))
    await vi.waitFor(() => expect(heard).toEqual({ yuzhong: ['crews'], yubei: [], admin: ['crews'] }))
    // It leaves one district for another: both have another list.
    await ask('admin', 'POST crews/wanderers', crew({ members: [], districts: ['500112'] }))
    await vi.waitFor(() => expect(heard).toMatchObject({ yuzhong: ['crews', 'crews'], yubei: ['crews'] }))
    await ask('admin', 'DELETE crews/wanderers')
    await vi.waitFor(() => expect(heard['yubei']).toEqual(['crews', 'crews']))
    expect(heard['yuzhong']).toHaveLength(2)
  })

  test('are made of people who repair in the districts of whoever sets them up', async () => {
    const people = async (login: string) =>
      ((await ask(login, 'GET crew-people')).body as CrewPeople).people.map(one => one.login).sort()
    expect(await people('boss')).toEqual(['admin', 'boss', 'yuzhong'])
    expect(await people('admin')).toEqual(['admin', 'boss', 'yubei', 'yuzhong'])
    expect((await ask('yuzhong', 'GET crew-people')).status).toBe(403)
  })

  test('are set up by managers of their districts alone, and decide who is sent', async () => {
    expect((await ask('yuzhong', 'POST crews/cold', crew())).status).toBe(403)
    expect((await ask('boss', 'POST crews/cold', crew({ districts: ['500103', '500112'] }))).status).toBe(403)
    expect((await ask('boss', 'POST crews/cold', crew({ members: ['nobody'] }))).status).toBe(400)
    const made = (await ask('boss', 'POST crews/cold', crew())).body as Crew
    expect(made).toMatchObject({ id: 'cold', members: [{ login: 'yuzhong', name: '渝中维修' }] })
    const crews = async (login: string) => ((await ask(login, 'GET crews')).body as { crews: Crew[] }).crews.length
    expect([await crews('keeper'), await crews('yubei')]).toEqual([1, 0])
    const { id } = await make({ appliance: 'yuzhong-1-fridge' })
    const { body } = await ask('boss', `GET work-orders/${id}/candidates`)
    expect(body).toMatchObject({ people: [{ login: 'yuzhong', because: { crew: 'cold', skill: 'fridge' } }] })
    expect((await ask('boss', 'POST work-orders', seen({ appliance: 'yuzhong-1-fridge' }))).status).toBe(409)
    await ask('admin', 'POST crews/cold', crew({ districts: ['500103', '500112'] }))
    expect((await ask('boss', 'DELETE crews/cold')).status).toBe(404)
    expect((await ask('admin', 'DELETE crews/cold')).status).toBe(204)
  })
})
