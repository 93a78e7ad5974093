import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { topics } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { expect, test, vi } from 'vitest'
import { oneStationFleet } from './fleet.ts'
import { startSystem } from './system.ts'

const SOON = { timeout: 20_000, interval: 200 }

test('weather that a service publishes to the broker reaches the proposal for longer hours, and survives the server', async () => {
  await using system = await startSystem(oneStationFleet())
  const password = (await readFile(join(system.dataDir, 'secrets/mqtt-weather'), 'utf8')).trim()
  const client = await connectAsync(system.mqttUrl, { username: 'weather', password, protocolVersion: 4 })
  try {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    const warning = { signal: 'red', kind: 'heat', from: at(0), to: at(3_600_000), source: '重庆市气象台' }
    const weather = { at: at(0), outdoorC: 39.4, maxTodayC: 41, warning }
    await client.publishAsync(topics.weather('500103'), JSON.stringify(weather), { qos: 1, retain: true })
    const proposal = () => system.get('/api/v1/heat/proposal?district=500103')
    await vi.waitFor(async () => expect(await proposal()).toMatchObject({ signal: 'red', outdoorC: 39.4 }), SOON)
    await system.killAndRestart('server')
    await vi.waitFor(async () => expect(await proposal()).toMatchObject({ signal: 'red', maxTodayC: 41 }), SOON)
  } finally {
    await client.endAsync(true)
  }
}, 60_000)
