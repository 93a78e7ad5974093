import { setTimeout as wait } from 'node:timers/promises'
import { errorText, telemetrySchema } from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { STATION, oneStationFleet } from './fleet.ts'
import { type ProcessName, type System, startSystem } from './system.ts'

let system: System

beforeAll(async () => {
  system = await startSystem(oneStationFleet())
})

afterAll(async () => {
  await system?.[Symbol.asyncDispose]()
})

const READINGS = 1_000
/** After this many readings were taken by the gateway, this process is killed while the next ones pass. */
const KILLS: Record<number, ProcessName> = { 200: 'server', 400: 'broker', 600: 'gateway' }

/**
 * Publishes as a device does that keeps a message until it is confirmed. The client resends by itself what it had sent; what
 * it is given while it resends, it hands back unsent ("Connection closed"), and that is ours to give again.
 */
async function publishUntilTaken(device: MqttClient, payload: string): Promise<void> {
  for (;;) {
    try {
      await device.publishAsync('tele/fridge-plug/SENSOR', payload, { qos: 1 })
      return
    } catch (error) {
      if (!errorText(error).includes('Connection closed')) throw error
      await wait(50)
    }
  }
}

test('1,000 numbered readings are in the store once each although server, broker and gateway are killed in turn', async () => {
  const device = await connectAsync(system.lanUrl, { clientId: 'fridge-plug', clean: false, reconnectPeriod: 100 })
  // The gateway that is killed ends the connection; the client comes back by itself and sends again what was not acknowledged.
  device.on('error', () => undefined)
  const restarts: Promise<void>[] = []
  try {
    const inFlight = new Set<Promise<unknown>>()
    for (let n = 1; n <= READINGS; n += 1) {
      const sent = publishUntilTaken(device, JSON.stringify({ ENERGY: { Power: n } }))
      inFlight.add(sent)
      void sent.finally(() => inFlight.delete(sent))
      // At most 20 on their way, as a plug with a small buffer: the kill falls into the middle of them.
      if (inFlight.size >= 20) await Promise.race(inFlight)
      const victim = KILLS[n]
      if (victim !== undefined) restarts.push(system.killAndRestart(victim))
    }
    await Promise.all(inFlight)
    await Promise.all(restarts)
  } finally {
    await device.endAsync(true)
  }

  const stored = async () => {
    const answer = telemetrySchema.parse(
      await system.get(`/api/v1/stations/${STATION}/telemetry?metric=power&from=-1h`),
    )
    return answer.series
      .filter(series => series.device === '500103-01-fridge-plug')
      .flatMap(series => series.points.map(point => point[1] as number))
      .sort((a, b) => a - b)
  }
  const expected = Array.from({ length: READINGS }, (_, index) => index + 1)
  await vi.waitFor(async () => expect((await stored()).length).toBeGreaterThanOrEqual(READINGS), {
    timeout: 60_000,
    interval: 500,
  })
  expect(await stored()).toEqual(expected)
})
