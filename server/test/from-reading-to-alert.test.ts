import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AlertView, type Reading, type StaffEvents, cloudEventSchema } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'

/** One reading a second for the last `seconds`, as a thermometer in the fridge of model fast-fridge sends them. */
function lastSeconds(seconds: number, temperatureC: number): Reading[] {
  const now = Date.now()
  return Array.from({ length: seconds }, (_, index) => ({
    device: 'yuzhong-fridge-temp',
    metric: 'temperature' as const,
    timeMs: now - (seconds - index) * 1_000,
    value: temperatureC,
  }))
}

async function openAlerts(server: RunningServer, cookie: string): Promise<AlertView[]> {
  const { body } = await server.request('GET', '/api/v1/alerts', { cookie })
  return (body as { alerts: AlertView[] }).alerts
}

test('a fridge that was too warm for long enough becomes one alert: in the list, on the socket, on the bus, on the map', async () => {
  await using server = await startServer()
  const cookie = await server.signIn('yuzhong')
  const socket: Socket<StaffEvents> = io(`${server.url}/staff`, {
    extraHeaders: { cookie },
    transports: ['websocket'],
    forceNew: true,
  })
  onTestFinished(() => {
    socket.disconnect()
  })
  const pushed: AlertView[] = []
  socket.on('alert', alert => pushed.push(alert))
  await vi.waitFor(() => expect(socket.connected).toBe(true))

  // Above 12 Cel for 30 minutes is a fault; this model's durations are divided by 60, so 30 s: 110 s are ample.
  await server.receive(lastSeconds(110, 14))
  await vi.waitFor(() => expect(pushed).toHaveLength(1), { timeout: 5_000 })
  expect(await openAlerts(server, cookie)).toEqual(pushed)
  expect(pushed[0]).toMatchObject({
    rule: 'fridge_too_warm',
    state: 'raised',
    appliance: 'yuzhong-1-fridge',
    evidence: { device: 'yuzhong-fridge-temp', metric: 'temperature', unit: 'Cel', observed: 14 },
  })
  await vi.waitFor(() => {
    const events = server.bus.sent().filter(({ topic }) => topic.endsWith('/event/alert-raised'))
    expect(events.map(({ topic }) => topic)).toEqual(['harbor/v1/500103/event/alert-raised'])
    expect(cloudEventSchema.parse(events[0]?.payload).data).toEqual(pushed[0])
  })
  const { body } = await server.request('GET', '/api/v1/stations/yuzhong-1')
  expect(body).toMatchObject({ appliances: [{ id: 'yuzhong-1-fridge', state: 'faulty' }, {}] })

  // The server acknowledged the pack to its gateway.
  expect(server.bus.published.map(({ topic }) => topic)).toContain('harbor/v1/500103/gw-yuzhong-1/ack')
})

test('a hold that ran when the server was stopped goes on after the next start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-server-'))
  const before = await startServer({ dataDir })
  const readings = lastSeconds(80, 14)
  // Too short by itself: 20 s of the 30.
  await before.receive(readings.slice(0, 20))
  await vi.waitFor(() => expect(before.store.readings).toHaveLength(20))
  await before.stop()
  await using after = await startServer({ dataDir })
  const cookie = await after.signIn('yuzhong')
  // Of the rest, what alone would be too short as well: 25 s. Together they are 45.
  await after.receive(readings.slice(20, 45))
  // A reading is judged once a newer one shows that nothing older can come (half a second, scaled).
  await after.receive([{ ...(readings[45] as Reading), timeMs: Date.now(), value: 14 }])
  await vi.waitFor(async () => expect(await openAlerts(after, cookie)).toHaveLength(1), { timeout: 5_000 })
})

test('a backlog of hours ago is stored, and raises no alert', async () => {
  await using server = await startServer()
  const cookie = await server.signIn('yuzhong')
  const late = lastSeconds(110, 14).map(reading => ({ ...reading, timeMs: reading.timeMs - 3 * 3_600_000 }))
  await server.receive(late)
  await vi.waitFor(() => expect(server.store.readings).toHaveLength(110))
  // What raises comes after it, so that "no alert" is not just "not yet".
  await server.receive(lastSeconds(110, 14))
  await vi.waitFor(async () => expect(await openAlerts(server, cookie)).toHaveLength(1), { timeout: 5_000 })
  const [alert] = await openAlerts(server, cookie)
  expect(Date.parse(alert?.evidence.from as string)).toBeGreaterThan(Date.now() - 10 * 60_000)
})
