import type { PlugState } from '../physics/electricity.ts'
import { localIsoText } from '../physics/local-time.ts'
import type { Dialect, Message, Sensed } from './dialect.ts'
import { rounded } from './device-reading.ts'

/** A plug with Tasmota: default full topic `%prefix%/%topic%/`, `WattRes 1`, local time without a zone. */
export function tasmotaPlug({ id, address }: { id: string; address: string }, startedAtMs: number): Dialect {
  const lwt = `tele/${address}/LWT`
  const stateMessage = (on: boolean, nowMs: number): Message => ({
    topic: `tele/${address}/STATE`,
    payload: JSON.stringify({
      Time: localIsoText(nowMs),
      Uptime: uptimeText(nowMs - startedAtMs),
      UptimeSec: Math.max(0, Math.floor((nowMs - startedAtMs) / 1_000)),
      Heap: 25,
      SleepMode: 'Dynamic',
      Sleep: 50,
      LoadAvg: 19,
      MqttCount: 1,
      POWER: on ? 'ON' : 'OFF',
      Wifi: {
        AP: 1,
        SSId: 'harbor-demo',
        BSSId: '02:00:00:00:00:01',
        Channel: 6,
        Mode: '11n',
        RSSI: 78,
        Signal: -61,
        LinkCount: 1,
        Downtime: '0T00:00:04',
      },
    }),
  })
  const sensorMessage = (plug: PlugState, nowMs: number): Message => ({
    topic: `tele/${address}/SENSOR`,
    payload: JSON.stringify({ Time: localIsoText(nowMs), ENERGY: energyBlock(plug) }),
  })
  const powerMessages = (on: boolean): Message[] => [
    { topic: `stat/${address}/RESULT`, payload: JSON.stringify({ POWER: on ? 'ON' : 'OFF' }) },
    { topic: `stat/${address}/POWER`, payload: on ? 'ON' : 'OFF' },
  ]
  return {
    clientId: `DVES_${address.slice(-6)}`,
    will: { topic: lwt, payload: 'Offline', retain: true },
    hello: (sensed, nowMs) => [
      { topic: lwt, payload: 'Online', retain: true },
      ...sensed.flatMap(({ reading }) =>
        reading.kind === 'plug' ? [...powerMessages(reading.on), stateMessage(reading.on, nowMs)] : [],
      ),
    ],
    report: ({ reading }: Sensed, told, nowMs) => {
      if (reading.kind !== 'plug') return []
      const switched = told?.kind === 'plug' && told.on !== reading.on
      return [
        ...(switched ? powerMessages(reading.on) : []),
        stateMessage(reading.on, nowMs),
        sensorMessage(reading, nowMs),
      ]
    },
    orders: [`cmnd/${address}/#`],
    understand: (topic, payload) => {
      if (!/\/POWER1?$/i.test(topic)) return undefined
      const word = payload.trim().toUpperCase()
      if (word === 'ON' || word === '1') return { device: id, on: true, answer: [] }
      return word === 'OFF' || word === '0' ? { device: id, on: false, answer: [] } : undefined
    },
  }
}

function energyBlock({ powerW, voltageV, powerFactor, currentA, energyWh }: PlugState): Record<string, unknown> {
  const apparentVa = powerW / powerFactor
  const totalKwh = energyWh / 1_000
  return {
    TotalStartTime: '2026-01-05T09:00:00',
    Total: rounded(totalKwh, 3),
    Power: rounded(powerW, 1),
    ApparentPower: rounded(apparentVa, 1),
    ReactivePower: rounded(Math.sqrt(Math.max(0, apparentVa ** 2 - powerW ** 2)), 1),
    Factor: rounded(powerFactor, 2),
    Voltage: Math.round(voltageV),
    Current: rounded(currentA, 3),
  }
}

/** `1T02:03:04`: days, hours, minutes, seconds. */
function uptimeText(uptimeMs: number): string {
  const seconds = Math.max(0, Math.floor(uptimeMs / 1_000))
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${Math.floor(seconds / 86_400)}T${two((seconds / 3_600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}
