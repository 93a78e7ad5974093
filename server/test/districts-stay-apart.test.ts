import type { AlertView, PublicEvents, PublicRequests, StaffEvents, StaffRequests } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'
import { dataDirWithAlerts } from './seeded-alerts.ts'

let server: RunningServer
let yuzhong: AlertView
let yubei: AlertView
const sockets: { disconnect: () => unknown }[] = []

beforeAll(async () => {
  const seeded = await dataDirWithAlerts()
  yuzhong = seeded.yuzhong
  yubei = seeded.yubei
  server = await startServer({ dataDir: seeded.dataDir })
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect()
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

type StaffSocket = Socket<StaffEvents, StaffRequests>

function staffSocket(headers: Record<string, string>): StaffSocket {
  const socket: StaffSocket = io(`${server.url}/staff`, {
    extraHeaders: headers,
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
  })
  sockets.push(socket)
  return socket
}

async function connected(socket: { connected: boolean }): Promise<void> {
  await vi.waitFor(() => expect(socket.connected).toBe(true))
}

async function refusal(socket: StaffSocket): Promise<string> {
  return new Promise(resolve => socket.on('connect_error', error => resolve(error.message)))
}

async function alertIds(login: string, state = 'open'): Promise<string[]> {
  const { body } = await server.request('GET', `/api/v1/alerts?state=${state}`, { cookie: await server.signIn(login) })
  return (body as { alerts: AlertView[] }).alerts.map(alert => alert.id).sort()
}

describe('over HTTP', () => {
  test('a maintainer sees the alerts of their districts alone, an administrator without districts all', async () => {
    expect(await alertIds('yuzhong')).toEqual([yuzhong.id])
    expect(await alertIds('yubei', 'all')).toEqual([yubei.id])
    expect(await alertIds('admin')).toEqual([yuzhong.id, yubei.id].sort())
  })

  test('nobody sees any without signing in', async () => {
    expect((await server.request('GET', '/api/v1/alerts')).status).toBe(401)
    expect((await server.request('POST', `/api/v1/alerts/${yubei.id}/acknowledge`)).status).toBe(401)
  })

  test("another district's alert cannot be acknowledged, and its answer is that of one that does not exist", async () => {
    const cookie = await server.signIn('yuzhong')
    const foreign = await server.request('POST', `/api/v1/alerts/${yubei.id}/acknowledge`, { cookie, body: {} })
    const missing = await server.request('POST', '/api/v1/alerts/no-such-alert/acknowledge', { cookie, body: {} })
    expect(foreign.status).toBe(404)
    expect(JSON.stringify(foreign.body).replace(yubei.id, '')).toBe(
      JSON.stringify(missing.body).replace('no-such-alert', ''),
    )
    expect(await alertIds('yubei')).toEqual([yubei.id])
  })

  test('the public list shows that the appliance is faulty, not why', async () => {
    const { body } = await server.request('GET', '/api/v1/stations/yubei-1')
    expect(body).toMatchObject({ appliances: [{ id: 'yubei-1-fridge', state: 'faulty' }] })
  })
})

describe('over sockets', () => {
  test('the staff namespace is closed to who has no session, a made-up one, or comes from another site', async () => {
    expect(await refusal(staffSocket({}))).toBe('not_signed_in')
    expect(await refusal(staffSocket({ cookie: `harbor_session=${'A'.repeat(43)}` }))).toBe('not_signed_in')
    const cookie = await server.signIn('admin')
    expect(await refusal(staffSocket({ cookie, origin: 'https://evil.example' }))).not.toBe('')
  })

  test('a change of an alert reaches its district and those who see all, and nobody else', async () => {
    const seen: Record<string, string[]> = { yuzhong: [], yubei: [], admin: [] }
    for (const login of Object.keys(seen)) {
      const socket = staffSocket({ cookie: await server.signIn(login) })
      socket.on('alert', alert => seen[login]?.push(`${alert.id} ${alert.state}`))
      await connected(socket)
    }
    const acknowledge = async (login: string, id: string) =>
      server.request('POST', `/api/v1/alerts/${id}/acknowledge`, { cookie: await server.signIn(login), body: {} })
    const answer = await acknowledge('yuzhong', yuzhong.id)
    expect(answer.body).toMatchObject({ state: 'acknowledged', acknowledgedBy: '渝中维修' })
    await acknowledge('admin', yubei.id)
    // The second change comes after the first: who has it would also have the first.
    await vi.waitFor(() => expect(seen['yubei']).toEqual([`${yubei.id} acknowledged`]))
    await vi.waitFor(() => expect(seen['admin']).toEqual([`${yuzhong.id} acknowledged`, `${yubei.id} acknowledged`]))
    expect(seen['yuzhong']).toEqual([`${yuzhong.id} acknowledged`])
  })

  test("a station's readings are sent to who watches it, and to nobody of another district", async () => {
    const seen: Record<string, number[]> = { yuzhong: [], yubei: [] }
    for (const login of Object.keys(seen)) {
      const socket = staffSocket({ cookie: await server.signIn(login) })
      socket.on('readings', ({ readings }) => seen[login]?.push(...readings.map(reading => reading.value)))
      await connected(socket)
      socket.emit('watch', 'yuzhong-1')
      // What is no station's id is ignored, and disturbs neither the watch nor the server.
      socket.emit('watch', { station: 'yuzhong-1' } as unknown as string)
      socket.emit('watch', 'yuzhong-1')
    }
    await server.receive([{ device: 'yuzhong-room', metric: 'temperature', timeMs: Date.now(), value: 26.25 }])
    await vi.waitFor(() => expect(seen['yuzhong']).toContain(26.25), { timeout: 5_000 })
    expect(seen['yubei']).toEqual([])
  })

  test('signing out ends the sockets of that session, and of no other', async () => {
    const cookie = await server.signIn('yuzhong')
    const ending = staffSocket({ cookie })
    const staying = staffSocket({ cookie: await server.signIn('yuzhong') })
    await connected(ending)
    await connected(staying)
    await server.request('DELETE', '/api/v1/session', { cookie })
    await vi.waitFor(() => expect(ending.connected).toBe(false))
    expect(staying.connected).toBe(true)
  })

  test('a new count of people reaches who looks at the station within a second, whole and without a sign-in', async () => {
    const socket: Socket<PublicEvents, PublicRequests> = io(`${server.url}/public`, {
      forceNew: true,
      transports: ['websocket'],
    })
    sockets.push(socket)
    const spaces: unknown[] = []
    socket.on('stations', ({ stations }) => spaces.push(...stations.map(station => station.space.people)))
    await connected(socket)
    await socket.emitWithAck('look', { box: null, stations: ['yuzhong-1'] })
    const startedMs = performance.now()
    await server.receive([{ device: 'yuzhong-people', metric: 'people', timeMs: Date.now(), value: 7 }])
    await vi.waitFor(() => expect(spaces).toContain(7), { interval: 20 })
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })
})
