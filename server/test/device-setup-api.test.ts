import type { GatewaySetup } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'

const GATEWAY = 'gw-yuzhong-1'
const PATH = `/api/v1/fleet/gateways/${GATEWAY}/device-setup`

let server: RunningServer
let admin: string

beforeAll(async () => {
  server = await startServer({ fleet: twoDistrictFleet() })
  admin = await server.signIn('admin')
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const setup = async (query = '') => {
  const { status, body } = await server.request('GET', PATH + query, { cookie: admin })
  expect(status).toBe(200)
  return body as GatewaySetup
}

test('a gateway that was never given a config has the texts of its registered devices', async () => {
  const registered = twoDistrictFleet().devices.filter(({ gateway }) => gateway === GATEWAY)
  const { version, setups, host } = await setup()
  expect([version, host]).toEqual([0, 'GATEWAY-ADDRESS'])
  expect(setups.flatMap(({ devices }) => devices).sort()).toEqual(registered.map(({ id }) => id).sort())
})

test('the texts are those of the newest config, with the address that was asked for', async () => {
  const devices = [{ id: 'new-plug', vendor: 'tasmota', address: 'new-plug' }]
  const path = `/api/v1/fleet/gateways/${GATEWAY}/config`
  const body = { devices, lanPort: 1884 }
  // It has none of the devices that are registered: that is asked twice.
  const asked = await server.request('POST', path, { cookie: admin, body })
  const { confirm } = (asked.body as { error: { details: { confirm: string } } }).error.details
  const given = await server.request('POST', `${path}?confirm=${confirm}`, { cookie: admin, body })
  expect(given.status).toBe(201)
  const { version, port, setups } = await setup('?host=192.168.8.2')
  expect([version, port]).toEqual([1, 1884])
  expect(setups.map(({ devices: ids }) => ids)).toEqual([['new-plug']])
  expect(setups[0]?.ways[0]?.texts[0]?.text).toContain('MqttHost 192.168.8.2; MqttPort 1884;')
  expect((await setup('?host=gateway.lan&port=11883')).port).toBe(11_883)
})

test.each(['host=a;b', 'host=a%20b', 'host=%0aReset', 'host=http://x', 'port=0', 'port=x', 'wifi=secret'])(
  'an address that would end a word in some format is refused: %s',
  async query => {
    const { status } = await server.request('GET', `${PATH}?${query}`, { cookie: admin })
    expect(status).toBe(400)
  },
)
