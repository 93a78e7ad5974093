import type { RotaGapList, StationRota, StockList } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { PASSWORD, startServer } from '../../test/running-server.ts'

test('the demo has a rota, a gap and stock from its first start, once, and nothing that counts as measured', async () => {
  const fleet = twoDistrictFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new TypeError('the fleet of the tests has stations')
  const more = ['cq-500103-01', 'cq-500103-02'].map(id => ({ ...first, id, hours: 'Mo-Su 08:00-22:00' }))
  const login = { login: 'keeper', name: '站长', role: 'keeper', districts: ['500103'], password: PASSWORD }
  const options = { fleet: { ...fleet, stations: [...fleet.stations, ...more] }, logins: [login] }
  const before = await startServer(options)
  await before.stop()
  await using server = await startServer({ ...options, dataDir: before.dataDir })
  const cookie = await server.signIn('keeper')
  const get = async (path: string) => (await server.request('GET', `/api/v1/${path}`, { cookie })).body
  const rota = (await get('stations/cq-500103-01/rota')) as StationRota
  expect(rota.patterns.length).toBe(2)
  const { gaps } = (await get('rota/gaps')) as RotaGapList
  expect(new Set(gaps.map(({ station }) => station))).toEqual(new Set(['cq-500103-01', 'cq-500103-02']))
  const { items } = (await get('stock')) as StockList
  expect(items.map(({ isLow, used30 }) => [isLow, used30])).toEqual(expect.arrayContaining([[true, 0]]))
  expect(items.length).toBe(3)
  expect((await get('rota/hours?from=2020-01-01&to=2040-01-01')) as object).toEqual({ lines: [] })
})
