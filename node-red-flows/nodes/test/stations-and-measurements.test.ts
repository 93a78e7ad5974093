import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Loaded, type Message, loadNode } from './bench.ts'
import { type ContractServer, startContractServer } from './contract-server.ts'
import { stationDetail, stationView } from './stations.ts'

const STATION = 'cq-500103-01'
const AT = '2026-07-30T04:00:00.000Z'

let server: ContractServer
let loaded: Loaded | undefined

beforeEach(async () => {
  server = await startContractServer()
  const reading = { appliance: `${STATION}-ac`, device: '500103-01-ac-plug', at: AT }
  const detail = {
    ...stationDetail(STATION, '500103'),
    appliances: [{ id: `${STATION}-ac`, kind: 'air_conditioner', state: 'working' }],
    readings: [
      { ...reading, metric: 'relay', value: 1 },
      { ...reading, metric: 'power', value: 950, unit: 'W' },
      { device: '500103-01-room', metric: 'temperature', value: 26.5, unit: 'Cel', at: AT },
      // A relay of no appliance is nothing that a flow should switch.
      { device: '500103-01-light-plug', metric: 'relay', value: 0, at: AT },
    ],
  }
  server.answers.set(`GET /api/v1/stations/${STATION}`, () => ({ body: detail }))
})
afterEach(async () => {
  await loaded?.unload()
  loaded = undefined
  await server.stop()
})

const load = async (type: string, config: object = {}) => {
  loaded = await loadNode({ type, config, server: { url: server.origin } })
  return loaded
}

test('a station comes with its newest values, and with what can be switched there', async () => {
  const { receive, outputs } = await load('harbor-station')
  receive({ station: STATION, keep: 'me' })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(outputs[0][0]).toMatchObject({
    keep: 'me',
    payload: { id: STATION, nameZh: '解放碑站' },
    relays: [{ device: '500103-01-ac-plug', appliance: `${STATION}-ac`, kind: 'air_conditioner', isOn: true, at: AT }],
  })
  expect(outputs[0][0]?.['relays']).toHaveLength(1)
})

test('the stations of a district are read page by page into one list', async () => {
  const asked: string[] = []
  server.answers.set('GET /api/v1/stations', (_asked, query) => {
    asked.push(query.toString())
    const isLast = query.get('after') === 'cq-500103-02'
    const stations = (isLast ? ['03'] : ['01', '02']).map(n => stationView(`cq-500103-${n}`, '500103'))
    return { body: { at: AT, stations, ...(!isLast && { next: 'cq-500103-02' }) } }
  })
  const { receive, outputs } = await load('harbor-station', { mode: 'list', district: '500103' })
  receive({})
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  const payload = outputs[0][0]?.['payload'] as { id: string }[]
  expect(payload.map(({ id }) => id)).toEqual(['cq-500103-01', 'cq-500103-02', 'cq-500103-03'])
  expect(asked).toEqual(['district=500103', 'district=500103&after=cq-500103-02'])
})

test('a station that is none is an error with the server’s own code', async () => {
  const { receive, caught } = await load('harbor-station')
  receive({ station: 'nowhere' })
  await vi.waitFor(() => expect(caught).toHaveLength(1))
  expect(caught[0]?.error).toMatchObject({ code: 'NODE_SERVER_REFUSED', message: expect.stringContaining('404') })
})

test('the newest values of one metric are picked out', async () => {
  const { receive, outputs } = await load('harbor-telemetry', { station: STATION, metric: 'temperature' })
  receive({})
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(outputs[0][0]?.['payload']).toEqual([
    { device: '500103-01-room', metric: 'temperature', value: 26.5, unit: 'Cel', at: AT },
  ])
})

test('a history is asked for as the message says, above the dialog', async () => {
  let asked = ''
  server.answers.set(`GET /api/v1/stations/${STATION}/telemetry`, (_asked, query) => {
    asked = query.toString()
    const span = { station: STATION, metric: 'power', from: AT, to: AT }
    return { body: { ...span, truncated: false, series: [{ device: 'p-1', points: [[0, 1, 1, 1, 1]] }] } }
  })
  const { receive, outputs } = await load('harbor-telemetry', {
    mode: 'series',
    station: STATION,
    from: '-24h',
    every: '1h',
  })
  receive({ metric: 'power', from: '-2h' })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1))
  expect(outputs[0][0]?.['payload']).toMatchObject({ series: [{ device: 'p-1' }] })
  expect(asked).toBe('metric=power&from=-2h&every=1h')
})

test.each<[string, { config?: object; message: Message }, RegExp]>([
  ['harbor-station', { message: {} }, /^station: /],
  ['harbor-station', { config: { mode: 'list' }, message: { district: 'Yuzhong' } }, /^district: expected a six-digit/],
  ['harbor-telemetry', { message: { metric: 'mood', station: STATION } }, /^metric: /],
  ['harbor-telemetry', { config: { mode: 'series' }, message: { station: STATION } }, /^metric: /],
])('%s names the property that is wrong: %o', async (type, { config, message }, named) => {
  const { receive, caught } = await load(type, config)
  receive(message)
  await vi.waitFor(() => expect(caught).toHaveLength(1))
  expect(caught[0]?.error).toMatchObject({ code: 'NODE_INPUT_INVALID', message: expect.stringMatching(named) })
  expect(server.asked).toEqual([])
})
