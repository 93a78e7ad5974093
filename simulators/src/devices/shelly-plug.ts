import type { PlugState } from '../physics/electricity.ts'
import { type Dialect, type Message, tryParseObject } from './dialect.ts'
import { rounded } from './device-reading.ts'

/** A Shelly Plus Plug S (Gen2) with RPC notifications over MQTT: `NotifyFullStatus` once connected, then deltas. */
export function shellyPlug({ id, address }: { id: string; address: string }, startedAtMs: number): Dialect {
  const online = `${address}/online`
  const notify = (method: string, params: object): Message => ({
    topic: `${address}/events/rpc`,
    payload: JSON.stringify({ src: address, dst: `${address}/events`, method, params }),
  })
  return {
    clientId: address,
    will: { topic: online, payload: 'false', retain: true },
    hello: (sensed, nowMs) => [
      { topic: online, payload: 'true', retain: true },
      ...sensed.flatMap(({ reading }) =>
        reading.kind === 'plug'
          ? [
              notify('NotifyFullStatus', {
                ts: rounded(nowMs / 1_000, 2),
                ble: {},
                cloud: { connected: false },
                mqtt: { connected: true },
                plugs_ui: {},
                'switch:0': { ...switchStatus(reading, nowMs), source: 'init' },
                sys: {
                  mac: address.slice(-12).toUpperCase(),
                  restart_required: false,
                  unixtime: Math.floor(nowMs / 1_000),
                  uptime: uptimeS(nowMs, startedAtMs),
                },
                wifi: { rssi: -58, ssid: 'harbor-demo', sta_ip: '192.168.8.20', status: 'got ip' },
                ws: { connected: false },
              }),
            ]
          : [],
      ),
    ],
    report: ({ reading }, told, nowMs) => {
      if (reading.kind !== 'plug') return []
      const status = told?.kind === 'plug' ? changed(told, reading, nowMs) : switchStatus(reading, nowMs)
      return [notify('NotifyStatus', { ts: rounded(nowMs / 1_000, 2), 'switch:0': status })]
    },
    orders: [`${address}/rpc`],
    understand: (_topic, payload) => {
      const request = tryParseObject(payload)
      const params = request?.['params'] as { id?: unknown; on?: unknown } | undefined
      if (request?.['method'] !== 'Switch.Set' || params?.id !== 0 || typeof params.on !== 'boolean') return undefined
      const { src } = request
      if (typeof src !== 'string' || src === '' || /[#+]/.test(src)) return { device: id, on: params.on, answer: [] }
      const response = { id: request['id'], src: address, dst: src, result: { was_on: !params.on } }
      return { device: id, on: params.on, answer: [{ topic: `${src}/rpc`, payload: JSON.stringify(response) }] }
    },
  }
}

function uptimeS(nowMs: number, startedAtMs: number): number {
  return Math.max(0, Math.floor((nowMs - startedAtMs) / 1_000))
}

function switchStatus(plug: PlugState, nowMs: number) {
  return {
    id: 0,
    output: plug.on,
    apower: rounded(plug.powerW, 1),
    voltage: rounded(plug.voltageV, 1),
    current: rounded(plug.currentA, 3),
    aenergy: energyStatus(plug, nowMs),
    temperature: deviceTemperature(plug.powerW),
  }
}

/** A delta names only what is new: with the power its companions, once a minute the energy. */
function changed(told: PlugState, plug: PlugState, nowMs: number) {
  const status = switchStatus(plug, nowMs)
  const switched = told.on !== plug.on ? { output: plug.on, source: 'button' } : {}
  const { id, apower, voltage, current, aenergy } = status
  return { id, ...switched, apower, voltage, current, aenergy }
}

function energyStatus({ energyWh, powerW }: PlugState, nowMs: number) {
  // The last three whole minutes in milliwatt-hours; at a steady load each is the same.
  const minuteMwh = rounded((powerW / 60) * 1_000, 3)
  return {
    total: rounded(energyWh, 3),
    by_minute: [minuteMwh, minuteMwh, minuteMwh],
    minute_ts: Math.floor(nowMs / 60_000) * 60,
  }
}

/** The plug's own warmth: it grows with what flows through it (chosen). */
function deviceTemperature(powerW: number) {
  const tC = rounded(31 + powerW / 120, 1)
  return { tC, tF: rounded(tC * 1.8 + 32, 1) }
}
