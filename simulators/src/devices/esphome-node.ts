import type { Dialect, Message, Sensed } from './dialect.ts'
import { rounded } from './device-reading.ts'

/** A sensor on ESPHome's MQTT client: one bare value a topic, its last value retained. */
export function esphomeNode({ address }: { address: string }): Dialect {
  const status = `${address}/status`
  return {
    clientId: `${address}-esp`,
    will: { topic: status, payload: 'offline', retain: true },
    hello: () => [{ topic: status, payload: 'online', retain: true }],
    report: sensed => statesOf(sensed),
    orders: [],
    understand: () => undefined,
  }
}

function statesOf({ address, reading }: Sensed): Message[] {
  const sensor = (name: string, value: number, digits: number): Message => ({
    topic: `${address}/sensor/${name}/state`,
    payload: rounded(value, digits).toFixed(digits),
    retain: true,
  })
  switch (reading.kind) {
    case 'climate':
      return [
        sensor('temperature', reading.temperatureC, 1),
        ...(reading.humidityPercent === undefined ? [] : [sensor('humidity', reading.humidityPercent, 1)]),
      ]
    case 'people':
      return [sensor('people', reading.count, 0)]
    case 'contact':
      return [{ topic: `${address}/binary_sensor/door/state`, payload: reading.open ? 'ON' : 'OFF', retain: true }]
    case 'plug':
      return []
  }
}
