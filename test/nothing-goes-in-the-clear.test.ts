import { connect as connectTcp } from 'node:net'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gatewayViewSchema, stationDetailSchema } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { expect, onTestFinished, test, vi } from 'vitest'
import { GATEWAY, STATION, oneStationFleet } from './fleet.ts'
import { startSystem } from './system.ts'

const SOON = { timeout: 90_000, interval: 250 }

test('with TLS alone a reading comes from the plug to the API, by a gateway without a secret', async () => {
  const system = await startSystem(oneStationFleet(), { withTls: true })
  onTestFinished(() => system[Symbol.asyncDispose]())
  expect(system.mqttUrl).toMatch(/^mqtts:/)
  const plug = await connectAsync(system.lanUrl, { clientId: 'plug' })
  onTestFinished(() => plug.endAsync(true))
  await plug.publishAsync('zigbee2mqtt/fridge', JSON.stringify({ temperature: 4.5 }), { qos: 1 })
  await vi.waitFor(async () => {
    const station = stationDetailSchema.parse(await system.get(`/api/v1/stations/${STATION}`))
    expect(JSON.stringify(station)).toContain('4.5')
  }, SOON)

  // Whoever speaks in the clear is not answered: an MQTT 3.1.1 CONNECT with an empty client id.
  const socket = connectTcp(Number(new URL(system.mqttUrl).port), '127.0.0.1')
  let heard = ''
  socket.on('data', bytes => (heard += String(bytes))).on('error', () => undefined)
  socket.write(Buffer.from('100c00044d515454040200000000', 'hex'))
  await vi.waitFor(() => expect(socket.closed).toBe(true), SOON)
  expect(heard).not.toContain('\x20\x02') // CONNACK

  const ca = await readFile(join(system.dataDir, 'ca', 'ca.pem'))
  await expect(connectAsync(system.mqttUrl, { ca, username: 'server', password: 'x' }, false)).rejects.toMatchObject({
    code: 4,
  })
  const gatewayView = async () => gatewayViewSchema.parse(await system.get(`/api/v1/gateways/${GATEWAY}`))
  expect((await gatewayView()).online).toBe(true)

  // The gateway's trust is another's from now on; a broker that was started again is no longer believed, until it is again.
  const trust = join(system.dataDir, 'gateways', 'ca.pem')
  await copyFile(join(system.dataDir, 'gateways', GATEWAY, 'client.pem'), trust)
  await system.killAndRestart('broker')
  await vi.waitFor(() => expect(system.logOf('gateway')).toMatch(/unable to|self-signed|certificate/i), SOON)
  await copyFile(join(system.dataDir, 'ca', 'ca.pem'), trust)
  await plug.publishAsync('zigbee2mqtt/fridge', JSON.stringify({ temperature: 6.5 }), { qos: 1 })
  await vi.waitFor(async () => {
    const station = stationDetailSchema.parse(await system.get(`/api/v1/stations/${STATION}`))
    expect(JSON.stringify(station)).toContain('6.5')
  }, SOON)
})
