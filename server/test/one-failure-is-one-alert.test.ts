import { type AlertList, type AlertView, type Fleet, type Reading, encodeJson, topics } from '@harbor/protocol'
import { expect, test, vi } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'

const PLUGS = ['yuzhong-plug-1', 'yuzhong-plug-2', 'yuzhong-plug-3', 'yuzhong-plug-4', 'yuzhong-plug-5']
const GATEWAY = { district: '500103', gateway: 'gw-yuzhong-1' }
const SOON = { timeout: 30_000, interval: 100 }
vi.setConfig({ testTimeout: 60_000 })

function fleetWithPlugs(): Fleet {
  const fleet = twoDistrictFleet()
  const plugs = PLUGS.map(id => ({
    id,
    gateway: GATEWAY.gateway,
    vendor: 'tasmota' as const,
    address: id,
    ...(id === 'yuzhong-plug-1' && { appliance: 'yuzhong-1-fridge' }),
  }))
  return { ...fleet, devices: [...fleet.devices, ...plugs] }
}

const plugsSay = (voltageV: number, timeMs: number): Reading[] =>
  PLUGS.flatMap(device => [
    { device, timeMs, metric: 'voltage' as const, value: voltageV },
    { device, timeMs, metric: 'power' as const, value: voltageV === 0 ? 0 : 40 },
  ])
const fridgeSays = (value: number, timeMs: number): Reading => ({
  device: 'yuzhong-fridge-temp',
  metric: 'temperature',
  value,
  timeMs,
})

async function listOf(server: RunningServer, cookie: string, state: string): Promise<AlertView[]> {
  const { body } = await server.request('GET', `/api/v1/alerts?state=${state}`, { cookie })
  return (body as AlertList).alerts
}
const rulesOf = (alerts: readonly AlertView[]) => alerts.map(({ rule, state }) => `${rule} ${state}`).sort()

test('a power cut is one alert: the warm fridge that comes of it is kept with it, and told when it stands long after', async () => {
  let aheadMs = 0
  const now = () => Date.now() + aheadMs
  await using server = await startServer({ fleet: fleetWithPlugs(), nowMs: now, lookEveryMs: 200 })
  const cookie = await server.signIn('yuzhong')
  await server.receive(plugsSay(229, now() - 2_000))
  await server.receive(plugsSay(0, now() - 1_000))
  await vi.waitFor(
    async () => expect(rulesOf(await listOf(server, cookie, 'open'))).toEqual(['station_mains_failure raised']),
    SOON,
  )
  const [cut] = await listOf(server, cookie, 'open')
  expect(cut).toMatchObject({ scope: 'station', severity: 'P1', evidence: { quantity: 'silent_share', observed: 100 } })

  // Above 12 Cel for 30 s is a fault for this model, whose durations are divided by 60.
  const warm = Array.from({ length: 110 }, (_, index) => fridgeSays(14, now() - (110 - index) * 1_000))
  await server.receive(warm)
  await vi.waitFor(
    async () => expect(rulesOf(await listOf(server, cookie, 'suppressed'))).toContain('fridge_too_warm suppressed'),
    SOON,
  )
  expect(rulesOf(await listOf(server, cookie, 'open'))).toEqual(['station_mains_failure raised'])
  const fridge = (await listOf(server, cookie, 'suppressed')).find(({ rule }) => rule === 'fridge_too_warm')
  expect(fridge?.suppression).toMatchObject({ cause: 'mains_failure', alert: cut?.id })

  await server.receive(plugsSay(230, now()))
  await vi.waitFor(async () => expect(await listOf(server, cookie, 'open')).toEqual([]), SOON)
  // An hour is the grace of a fridge after a short cut. Everybody must be heard then, or the gateway is offline.
  aheadMs = 61 * 60_000
  await vi.waitFor(async () => {
    // Again and again, as plugs do: a look between the leap of the clock and the first word takes the gateway for gone.
    await server.receive([...plugsSay(230, now()), fridgeSays(14, now())])
    expect(rulesOf(await listOf(server, cookie, 'open'))).toContain('fridge_too_warm raised')
  }, SOON)
  // What others heard of it all, in order.
  const heard = server.bus.sent().filter(({ topic }) => topic.includes('/event/'))
  const told = heard.map(({ topic, payload }) => {
    const { rule } = (payload as { data: AlertView }).data
    return `${topic.replace(/.*alert-/, '')} ${rule}`
  })
  expect(told.filter(text => /mains|warm/.test(text))).toEqual([
    'raised station_mains_failure',
    'cleared station_mains_failure',
    'raised fridge_too_warm',
  ])
})

test('a gateway that is gone is one alert after a quarter of an hour, however many devices hang on it', async () => {
  let aheadMs = 0
  const now = () => Date.now() + aheadMs
  await using server = await startServer({ fleet: fleetWithPlugs(), nowMs: now, lookEveryMs: 200 })
  const cookie = await server.signIn('yuzhong')
  await server.receive(plugsSay(229, now()))
  await server.bus.receive(topics.status(GATEWAY), encodeJson({ online: false }))
  aheadMs = 16 * 60_000
  await vi.waitFor(
    async () => expect(rulesOf(await listOf(server, cookie, 'open'))).toEqual(['gateway_offline raised']),
    SOON,
  )
  // Open around the clock: after an hour it is graver, and the devices' silence is part of it.
  aheadMs = 61 * 60_000
  await vi.waitFor(async () => expect((await listOf(server, cookie, 'open'))[0]?.severity).toBe('P2'), SOON)
  expect(rulesOf(await listOf(server, cookie, 'standing'))).toEqual([
    'devices_offline suppressed',
    'gateway_offline raised',
  ])
  await server.bus.receive(topics.status(GATEWAY), encodeJson({ online: true }))
  await server.receive(plugsSay(229, now()))
  await vi.waitFor(async () => expect(await listOf(server, cookie, 'standing')).toEqual([]), SOON)
})
