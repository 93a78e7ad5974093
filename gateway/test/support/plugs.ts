import type { MqttClient } from 'mqtt'
import { connectDevice } from './devices.ts'

/** A plug as it comes from the shop: it says what its relay is, and does what it is told in its vendor's dialect. */
export interface Plug {
  client: MqttClient
  /** Topics and payloads that it was told, with the time (performance.now()). */
  told: { topic: string; payload: string; atMs: number }[]
  isOn: () => boolean
  /** Whether it does what it is told. */
  obeys: boolean
  /** Somebody presses its button. */
  press: (isOn: boolean) => Promise<void>
  say: (topic: string, payload: unknown) => Promise<void>
  stop: () => Promise<void>
}

export interface Dialect {
  orders: string[]
  /** What an order makes of the relay; undefined: it is none. */
  understand: (topic: string, payload: string) => boolean | undefined
  report: (isOn: boolean) => [topic: string, payload: unknown]
}

export const tasmotaDialect = (topic: string): Dialect => ({
  orders: [`cmnd/${topic}/#`],
  understand: (_topic, payload) => (payload === 'ON' ? true : payload === 'OFF' ? false : undefined),
  report: isOn => [`stat/${topic}/POWER`, isOn ? 'ON' : 'OFF'],
})

/** `rpc` false: RPC over MQTT is switched off in the device, MQTT control is not. */
export const shellyDialect = (prefix: string, { rpc = true } = {}): Dialect => ({
  orders: rpc ? [`${prefix}/rpc`] : [`${prefix}/command/switch:0`],
  understand: (_topic, payload) => {
    if (payload === 'on' || payload === 'off') return payload === 'on'
    if (!payload.startsWith('{')) return undefined
    const request = JSON.parse(payload) as { method?: string; params?: { on?: boolean } }
    return request.method === 'Switch.Set' ? request.params?.on : undefined
  },
  report: isOn => [
    `${prefix}/events/rpc`,
    { src: prefix, method: 'NotifyStatus', params: { 'switch:0': { output: isOn } } },
  ],
})

export const zigbeeDialect = (name: string, key = 'state'): Dialect => ({
  orders: [`zigbee2mqtt/${name}/set`],
  understand: (_topic, payload) => {
    const state = (JSON.parse(payload) as Record<string, unknown>)[key]
    return state === 'ON' ? true : state === 'OFF' ? false : undefined
  },
  report: isOn => [`zigbee2mqtt/${name}`, { [key]: isOn ? 'ON' : 'OFF' }],
})

export const esphomeDialect = (prefix: string): Dialect => ({
  orders: [`${prefix}/switch/relay/command`],
  understand: (_topic, payload) => (payload === 'ON' ? true : payload === 'OFF' ? false : undefined),
  report: isOn => [`${prefix}/switch/relay/state`, isOn ? 'ON' : 'OFF'],
})

/** Connects a plug that is on, and lets it say so. */
export async function startPlug(url: string, clientId: string, dialect: Dialect): Promise<Plug> {
  const client = await connectDevice(url, clientId)
  let isOn = true
  const say = async (topic: string, payload: unknown) => {
    await client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1 })
  }
  const plug: Plug = {
    client,
    told: [],
    obeys: true,
    isOn: () => isOn,
    press: async on => {
      isOn = on
      await say(...dialect.report(isOn))
    },
    say,
    stop: async () => {
      await client.endAsync(true)
    },
  }
  client.on('message', (topic, bytes) => {
    const payload = bytes.toString()
    plug.told.push({ topic, payload, atMs: performance.now() })
    const wanted = dialect.understand(topic, payload)
    if (wanted === undefined || !plug.obeys) return
    isOn = wanted
    void say(...dialect.report(isOn)).catch(() => undefined) // the connection ended: so does the test
  })
  await client.subscribeAsync(dialect.orders, { qos: 1 })
  await say(...dialect.report(isOn))
  return plug
}
