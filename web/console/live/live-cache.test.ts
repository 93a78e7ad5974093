import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { queryKeys } from '../api/query-keys.ts'
import { STATION, alert, station, telemetry } from '../test/fixture-data.ts'
import { applyAlert, applyReadings, createChangeRefresh, withReadings } from './live-cache.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const reading = (value: number, atMs: number) => ({
  device: '500103-01-fridge-temp',
  appliance: `${STATION}-fridge`,
  metric: 'temperature',
  unit: 'Cel',
  value,
  at: new Date(atMs).toISOString(),
})
const valueOf = (detail: ReturnType<typeof station>) =>
  detail.readings.find(one => one.device === '500103-01-fridge-temp')?.value

describe('withReadings', () => {
  const detail = station(STATION, NOW)

  it('takes a newer value over and hears of the station then', () => {
    const fresh = withReadings(detail, [reading(9.9, NOW)])
    expect(valueOf(fresh)).toBe(9.9)
    expect(fresh.heardAt).toBe(new Date(NOW).toISOString())
    expect(fresh.readings).toHaveLength(detail.readings.length)
  })

  it('keeps what it has when a late reading arrives', () => {
    const fresh = withReadings(detail, [reading(9.9, NOW - 3_600_000)])
    expect(valueOf(fresh)).toBe(valueOf(detail))
    expect(fresh.heardAt).toBe(detail.heardAt)
  })
})

describe('the cache', () => {
  it('writes an alert into the lists that are held and invents none', () => {
    const client = new QueryClient()
    client.setQueryData(queryKeys.alerts('open'), { at: new Date(NOW).toISOString(), alerts: [] })
    applyAlert(client, alert('a', NOW))
    expect(client.getQueryData(queryKeys.alerts('open'))).toMatchObject({ alerts: [{ id: 'a' }] })
    expect(client.getQueryData(queryKeys.alerts('all'))).toBeUndefined()
    client.clear()
  })

  it('grows only the series of the station and metric that were read', () => {
    const client = new QueryClient()
    const span = { from: new Date(NOW - 3_600_000).toISOString(), to: new Date(NOW).toISOString() }
    const keys = {
      temperature: queryKeys.telemetry(STATION, 'temperature', '1h'),
      power: queryKeys.telemetry(STATION, 'power', '1h'),
    }
    for (const metric of ['temperature', 'power'] as const)
      client.setQueryData(keys[metric], telemetry({ station: STATION, metric, ...span }))
    const power = client.getQueryData(keys.power)
    applyReadings(client, { station: STATION, readings: [reading(9.9, NOW + 1_000)] }, NOW + 1_000)
    const grown = client.getQueryData<ReturnType<typeof telemetry>>(keys.temperature)
    expect(grown?.series[0]?.points.at(-1)).toEqual([NOW + 1_000, 9.9])
    expect(client.getQueryData(keys.power)).toBe(power)
    client.clear()
  })
})

describe('what others changed', () => {
  const isStale = (client: QueryClient, key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated
  const KEYS = [queryKeys.plans, queryKeys.crews, queryKeys.assets('q'), queryKeys.asset('A-1'), ['checklists']]

  it.each([
    ['plans', [0]],
    ['crews', [1]],
    ['assets', [2, 3]],
    ['checklists', [4]],
  ] as const)('has %s asked for again, and nothing else', (what, expected) => {
    const client = new QueryClient()
    for (const key of KEYS) client.setQueryData(key, {})
    const refresh = createChangeRefresh(client)
    refresh.changed(what)
    refresh.stop()
    expect(KEYS.flatMap((key, index) => (isStale(client, key) === true ? [index] : []))).toEqual(expected)
    client.clear()
  })

  it('is an order’s appliance, and the plan that made the order', () => {
    const client = new QueryClient()
    for (const key of KEYS) client.setQueryData(key, {})
    const refresh = createChangeRefresh(client)
    refresh.orderChanged({ source: 'alert', appliance: 'yuzhong-1-fridge' })
    expect([isStale(client, queryKeys.asset('A-1')), isStale(client, queryKeys.plans)]).toEqual([true, false])
    refresh.orderChanged({ source: 'plan' })
    expect(isStale(client, queryKeys.plans)).toBe(true)
    refresh.stop()
    client.clear()
  })
})
