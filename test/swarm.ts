import {
  type ConfigReported,
  type GatewayConfig,
  type GatewayRecord,
  type GatewayStatus,
  encodeJson,
  encodeTelemetry,
  topics,
} from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'

/** How a box takes a config that is new to it. */
export type Nature = 'well' | 'refuses' | 'stays-silent' | 'reads-nothing'

/** A gateway that is nothing but its connection: it says what a gateway says, and keeps what it was given last. */
export interface SwarmGateway {
  id: string
  nature: Nature
  /** The newest config that it was given, and the one that it runs; undefined: it runs what it brought. */
  given: GatewayConfig | undefined
  runs: GatewayConfig | undefined
  /** How often it was given another config. */
  changes: number
}

export interface Swarm extends AsyncDisposable {
  gateways: readonly SwarmGateway[]
}

export interface SwarmOptions {
  mqttUrl: string
  secretOf: (gateway: string) => string
  gateways: readonly GatewayRecord[]
  natureOf: (index: number) => Nature
  /** Whether a config is the new one. */
  isNew: (config: GatewayConfig) => boolean
}

/** Connected at once; more would only wait for each other. */
const AT_ONCE = 50
/** After a config is taken readings come at these times; each look of the server finds some. */
const READINGS_AT_MS = [500, 1_500, 3_000, 5_000, 8_000, 12_000, 18_000, 26_000, 40_000]

/** Connects a gateway each, all from this process. */
export async function startSwarm({ gateways, natureOf, ...options }: SwarmOptions): Promise<Swarm> {
  const clients: MqttClient[] = []
  const timers = new Set<NodeJS.Timeout>()
  const boxes: SwarmGateway[] = gateways.map(({ id }, index) => ({
    id,
    nature: natureOf(index),
    given: undefined,
    runs: undefined,
    changes: 0,
  }))
  const connect = async (record: GatewayRecord, box: SwarmGateway): Promise<void> => {
    clients.push(await connectOne({ record, box, timers, ...options }))
  }
  for (let from = 0; from < gateways.length; from += AT_ONCE)
    await Promise.all(
      gateways.slice(from, from + AT_ONCE).map((record, index) => connect(record, boxes[from + index] as SwarmGateway)),
    )
  return {
    gateways: boxes,
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(clients.map(client => client.endAsync(true)))
    },
  }
}

interface One extends Pick<SwarmOptions, 'mqttUrl' | 'secretOf' | 'isNew'> {
  record: GatewayRecord
  box: SwarmGateway
  timers: Set<NodeJS.Timeout>
}

async function connectOne({ mqttUrl, secretOf, isNew, record, box, timers }: One): Promise<MqttClient> {
  const { id: gateway, district, station } = record
  const address = { district, gateway }
  const will = encodeJson({ online: false } satisfies GatewayStatus)
  const client = await connectAsync(mqttUrl, {
    clientId: gateway,
    username: gateway,
    password: secretOf(gateway),
    clean: false,
    will: { topic: topics.status(address), payload: Buffer.from(will), qos: 1, retain: true },
  })
  let seq = 0
  const send = (topic: string, payload: Uint8Array, retain = false) =>
    client.publish(topic, Buffer.from(payload), { qos: 1, retain })
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
  }
  const say = () => {
    const status: GatewayStatus = { online: true, atMs: Date.now(), version: '1.0.0', boot: 'swarm', missing: [] }
    send(topics.status(address), encodeJson(status), true)
  }
  const read = () => {
    seq += 1
    const readings = [{ device: `${station}-room`, metric: 'temperature', value: 25, timeMs: Date.now() } as const]
    send(topics.telemetry(address), encodeTelemetry({ seq, boot: `swarm-${gateway}`.slice(0, 40), base: 1, readings }))
  }
  const report = (version: number, state: ConfigReported['state']) => {
    const reason = state === 'refused' ? { reason: 'made to refuse' } : {}
    send(topics.configReported(address), encodeJson({ version, state, atMs: Date.now(), ...reason }), true)
  }
  client.on('message', (_topic, payload) => {
    const [, body = ''] = payload.toString().split('.')
    const config = JSON.parse(Buffer.from(body, 'base64url').toString()) as GatewayConfig
    if (box.given !== undefined && config.version <= box.given.version) return
    box.given = config
    box.changes += 1
    if (isNew(config) && box.nature === 'refuses') return report(config.version, 'refused')
    if (isNew(config) && box.nature === 'stays-silent') return
    box.runs = config
    report(config.version, 'applied')
    if (!isNew(config) || box.nature !== 'reads-nothing') for (const ms of READINGS_AT_MS) later(ms, read)
  })
  await client.subscribeAsync(topics.configDesired(address), { qos: 1 })
  // After each connection, as gateways do.
  client.on('connect', say)
  say()
  return client
}
