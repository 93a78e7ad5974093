import { hashText } from '../random.ts'
import { type Dialect, type Message, type Sensed, tryParseObject } from './dialect.ts'
import { rounded } from './device-reading.ts'

const BASE = 'zigbee2mqtt'

/** Zigbee2MQTT 2.x with its availability feature on: one client for all Zigbee devices of a station. */
export function zigbeeCoordinator(gateway: string, devices: readonly { id: string; address: string }[]): Dialect {
  const state = (word: string): Message => ({
    topic: `${BASE}/bridge/state`,
    payload: JSON.stringify({ state: word }),
    retain: true,
  })
  return {
    clientId: `mqttjs_${hashText(gateway).toString(16).padStart(8, '0')}`,
    will: state('offline'),
    hello: sensed => [
      state('online'),
      ...sensed.map(({ address }) => ({
        topic: `${BASE}/${address}/availability`,
        payload: JSON.stringify({ state: 'online' }),
        retain: true,
      })),
    ],
    report: sensed => [{ topic: `${BASE}/${sensed.address}`, payload: JSON.stringify(payloadOf(sensed)) }],
    orders: devices.map(({ address }) => `${BASE}/${address}/set`),
    understand: (topic, payload) => {
      const device = devices.find(({ address }) => topic === `${BASE}/${address}/set`)
      const word = tryParseObject(payload)?.['state'] ?? payload
      if (device === undefined || typeof word !== 'string') return undefined
      const order = word.toUpperCase()
      return order === 'ON' || order === 'OFF' ? { device: device.id, on: order === 'ON', answer: [] } : undefined
    },
  }
}

/** A device's whole state, as Zigbee2MQTT sends it with `cache_state`. */
function payloadOf({ id, reading }: Sensed): Record<string, unknown> {
  const serial = hashText(id)
  const linkquality = 80 + (serial % 100)
  // Coin cells: full to half, the voltage in millivolts.
  const battery = 55 + (serial % 46)
  const cell = { battery, voltage: 2_800 + battery * 3, linkquality }
  switch (reading.kind) {
    case 'plug':
      return {
        child_lock: 'UNLOCK',
        current: rounded(reading.currentA, 2),
        energy: rounded(reading.energyWh / 1_000, 2),
        indicator_mode: 'off/on',
        linkquality,
        power: Math.round(reading.powerW),
        power_outage_memory: 'restore',
        state: reading.on ? 'ON' : 'OFF',
        voltage: Math.round(reading.voltageV),
      }
    case 'climate': {
      const temperature = rounded(reading.temperatureC, 2)
      return reading.humidityPercent === undefined
        ? { ...cell, temperature }
        : { ...cell, humidity: rounded(reading.humidityPercent, 2), temperature }
    }
    case 'contact':
      return { ...cell, contact: !reading.open, tamper: false, battery_low: false }
    case 'people':
      return { ...cell, occupancy: reading.count > 0 }
  }
}
