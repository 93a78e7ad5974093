import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { loadNode } from '../node-red-flows/nodes/test/bench.ts'
import { oneStationFleet, STATION } from './fleet.ts'
import { startSystem } from './system.ts'

const SOON = { timeout: 20_000, interval: 50 }

test('our nodes work with a real server and broker: events once through kill -9, stations, measurements, commands, people', async () => {
  await using system = await startSystem(oneStationFleet(), { hasGateway: false })
  const secret = async (name: string) => (await readFile(join(system.dataDir, 'secrets', name), 'utf8')).trim()
  const credentials = { token: await secret('node-red-api'), mqttSecret: await secret('mqtt-node-red') }
  const load = (type: string, config: object = {}) =>
    loadNode({ type, config, server: { url: system.webUrl, mqttUrl: system.mqttUrl }, credentials })
  const orders: string[] = []
  const happen = async (title: string) => {
    const order = { station: STATION, severity: 'P3', title }
    orders.push(((await system.post('/api/v1/work-orders', order)) as { id: string }).id)
  }

  const event = await load('harbor-event', { consumer: 'test', kinds: 'work-order-changed', districts: '500103' })
  await vi.waitFor(() => expect(event.statuses.at(-1)).toBe('connected'), SOON)
  const heard = () => event.outputs[0].map(message => message['event'] as { id: string; seq: number; subject: string })
  await happen('first')
  await vi.waitFor(() => expect(heard().map(({ subject }) => subject)).toContain(orders[0]), SOON)
  await system.killAndRestart('broker')
  await happen('second')
  await system.killAndRestart('server')
  await happen('third')
  await vi.waitFor(() => expect(new Set(heard().map(({ subject }) => subject))).toEqual(new Set(orders)), {
    timeout: 60_000,
    interval: 50,
  })
  const ids = heard().map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const places = heard().map(({ seq }) => seq)
  expect(places).toEqual(places.toSorted((one, other) => one - other))
  await event.unload()

  await happen('while it was down')
  const again = await load('harbor-event', { consumer: 'test', kinds: 'work-order-changed' })
  const missed = () => again.outputs[0].map(message => (message['event'] as { subject: string }).subject)
  await vi.waitFor(() => expect(missed()).toContain(orders[3]), SOON)
  expect(again.outputs[0].every(message => !ids.includes((message['event'] as { id: string }).id))).toBe(true)
  await again.unload()

  const station = await load('harbor-station')
  station.receive({ station: STATION })
  await vi.waitFor(() => expect(station.outputs[0]).toMatchObject([{ payload: { id: STATION }, relays: [] }]), SOON)
  await station.unload()

  const telemetry = await load('harbor-telemetry', { mode: 'series', station: STATION, metric: 'power', from: '-1h' })
  telemetry.receive({})
  await vi.waitFor(
    () => expect(telemetry.outputs[0]).toMatchObject([{ payload: { station: STATION, series: [] } }]),
    SOON,
  )
  await telemetry.unload()

  const command = await load('harbor-command', { action: 'relay-off' })
  command.receive({ device: '500103-01-fridge-plug' })
  await vi.waitFor(() => expect(command.outputs[1]).toHaveLength(1), SOON)
  expect(command.outputs[1][0]).toMatchObject({
    payload: { state: 'refused', reason: expect.stringContaining('this is fridge') },
  })
  await command.unload()

  const alert = await load('harbor-alert', { action: 'comment', text: 'nobody inside' })
  alert.receive({ alert: 'no-such-alert' })
  await vi.waitFor(() => expect(alert.caught[0]?.error).toMatchObject({ code: 'NODE_SERVER_REFUSED' }), SOON)
  await alert.unload()

  const notify = await load('harbor-notify', { roles: 'manager', severity: 'P2', kind: 'test', url: '/console/' })
  const words = { title: { zh: '试', en: 'Test' }, body: { zh: '一', en: 'One' }, dedupeKey: 'test-1' }
  notify.receive({ payload: words })
  await vi.waitFor(() => expect([...notify.outputs[0], ...notify.caught]).toHaveLength(1), SOON)
  expect(notify.outputs[0]).toMatchObject([{ payload: { people: { repeated: 0 }, channels: { told: 0 } } }])
  await notify.unload()

  const due = await load('harbor-due', { everyS: '1' })
  await vi.waitFor(() => expect(due.statuses.at(-1)).toBe('connected'), SOON)
  await due.unload()
}, 120_000)
