import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Loaded, loadNode } from './bench.ts'
import { type ContractServer, startContractServer } from './contract-server.ts'
import { stationDetail } from './stations.ts'
import { type EventBroker, startEventBroker } from './event-broker.ts'

let server: ContractServer
let broker: EventBroker
let loaded: Loaded | undefined

beforeEach(async () => {
  server = await startContractServer()
  broker = await startEventBroker()
})
afterEach(async () => {
  await loaded?.unload()
  loaded = undefined
  await server.stop()
  await broker.stop()
})

const alert = (severity: string, district = '500103') => ({ district, station: 'cq-500103-01', severity })
const load = async (config: object = {}, mqttUrl = broker.url) => {
  loaded = await loadNode({
    type: 'harbor-event',
    config: { consumer: 'night', perSecond: 1000, ...config },
    server: { url: server.origin, mqttUrl },
  })
  return loaded
}
const ids = ({ outputs }: Loaded) => outputs[0].map(({ event }) => (event as { id: string }).id)
const isReading = () => vi.waitFor(() => expect(server.cursors.has('night')).toBe(true))

test('an event that rings is handed on with what it is about, and the place of the reader moves', async () => {
  const { outputs, statuses } = await load()
  await vi.waitFor(() => expect(statuses).toContain('connected'))
  await isReading()
  await broker.ring(server.append('alert-raised', alert('P1')))
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(outputs[0][0]).toMatchObject({
    topic: 'alert-raised',
    payload: alert('P1'),
    event: {
      id: 'change-1',
      seq: 1,
      subject: 'subject-1',
      district: '500103',
      stations: ['cq-500103-01'],
      severity: 'P1',
    },
  })
  await vi.waitFor(() => expect(server.cursors.get('night')).toBe(1))
})

test('a new reader begins with what comes from now on', async () => {
  server.append('alert-raised', alert('P0'))
  const here = await load()
  await isReading()
  await vi.waitFor(() => expect(broker.subscriptions).toHaveLength(1))
  await broker.ring(server.append('alert-raised', alert('P1')))
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-2']))
})

test('what happened while Node-RED was down comes once, in order, when it is back', async () => {
  const before = await load()
  await isReading()
  await broker.ring(server.append('alert-raised', alert('P1')))
  await vi.waitFor(() => expect(ids(before)).toEqual(['change-1']))
  await before.unload()
  for (let n = 0; n < 45; n += 1) server.append('alert-raised', alert('P2'))
  const after = await load()
  const missed = Array.from({ length: 45 }, (_, index) => `change-${index + 2}`)
  await vi.waitFor(() => expect(ids(after)).toEqual(missed), 5_000)
})

test('bells that are doubled, late or cut off hand nothing on twice and lose nothing', async () => {
  const here = await load()
  await isReading()
  await vi.waitFor(() => expect(broker.subscriptions).toHaveLength(1))
  const first = server.append('alert-raised', alert('P1'))
  const second = server.append('alert-cleared', alert('P1'))
  await broker.ring(second)
  await broker.ring(first)
  await broker.ring(first)
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-1', 'change-2']))
  await vi.waitFor(() => expect(server.cursors.get('night')).toBe(2))
  broker.cut()
  // Its bell rings while nobody listens.
  await broker.ring(server.append('alert-raised', alert('P0')))
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-1', 'change-2', 'change-3']), 10_000)
})

test('kinds, severities, districts and stations limit what is handed on', async () => {
  const here = await load({
    kinds: 'alert-raised,work-order-changed',
    severities: 'P0,P1',
    districts: '500103',
    stations: 'cq-500103-01,cq-500103-02',
  })
  await isReading()
  server.append('alert-cleared', alert('P0'))
  server.append('alert-raised', alert('P2'))
  server.append('alert-raised', alert('P0', '500106'))
  server.append('alert-raised', { ...alert('P0'), station: 'cq-500103-09' })
  server.append('work-order-changed', { act: 'open', order: alert('P1') })
  await broker.ring(server.append('alert-raised', alert('P0')))
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-5', 'change-6']))
})

test('an event that does not say its district is placed by its station, which is looked up once', async () => {
  server.answers.set('GET /api/v1/stations/cq-500106-01', () => ({ body: stationDetail('cq-500106-01', '500106') }))
  const here = await load({ districts: '500106' })
  await isReading()
  server.append('stock-expiring', { station: 'cq-500106-01' })
  await broker.ring(server.append('stock-expiring', { station: 'cq-500106-01' }))
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-1', 'change-2']))
  expect(server.asked.filter(({ path }) => path.startsWith('/api/v1/stations/'))).toHaveLength(1)
})

test('an event of a station that is gone does not hold up those after it', async () => {
  const here = await load({ districts: '500103' })
  await isReading()
  server.append('stock-expiring', { station: 'cq-500103-99' })
  await broker.ring(server.append('alert-raised', alert('P1')))
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-2']))
})

test('a kind of event that only a newer server knows is handed on like any other', async () => {
  const { outputs } = await load()
  await isReading()
  const event = server.append('alert-raised', alert('P1'))
  ;(event as { type: string }).type = 'harbor.lamp-lit'
  await broker.ring(event)
  await vi.waitFor(() => expect(outputs[0]).toMatchObject([{ topic: 'lamp-lit', event: { kind: 'lamp-lit' } }]))
})

test('without a broker the events come nevertheless, and the node says that it reads every half minute', async () => {
  server.cursors.set('night', 0)
  server.append('alert-raised', alert('P1'))
  const here = await load({}, '')
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-1']))
  await vi.waitFor(() => expect(here.statuses).toContain('reading every 30 s'))
})

test('events that are kept no more are an error for Catch nodes, and the rest is handed on', async () => {
  server.cursors.set('night', 1)
  server.append('alert-raised', alert('P1'))
  server.append('alert-raised', alert('P1'))
  server.answers.set('GET /api/v1/events', (_asked, query) => ({
    body: {
      events: query.get('after') === '1' ? server.feed.slice(1) : [],
      next: 2,
      hasMore: false,
      isGap: query.get('after') === '1',
    },
  }))
  const here = await load()
  await vi.waitFor(() => expect(ids(here)).toEqual(['change-2']))
  await vi.waitFor(() => expect(here.caught[0]?.error.message).toContain('events after 1 are kept no more'))
})

test('a filter that is none is named, and the node does not start', async () => {
  const here = await load({ districts: 'Yuzhong' })
  await vi.waitFor(() => expect(here.statuses.at(-1)).toMatch(/^error: districts\.0: expected a six-digit/))
  expect(server.asked).toEqual([])
})
