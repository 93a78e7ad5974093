import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type Socket, connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrokerAccounts, type GatewayAddress, encodeJson, topics } from '@harbor/protocol'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { onTestFinished, vi } from 'vitest'
import { createBroker } from '../src/broker.ts'
import { DEFAULT_LIMITS, type Limits } from '../src/engine/limits.ts'
import type { TlsFiles } from '../src/listeners/tls-material.ts'

export const SERVER_SECRET = 'a'.repeat(64)
export const NODE_RED_SECRET = 'b'.repeat(64)
export const GATEWAY: GatewayAddress = { district: '500103', gateway: 'gw-1' }
export const OTHER_GATEWAY: GatewayAddress = { district: '500103', gateway: 'gw-2' }

/** A gateway's secret in these tests. */
export function secretOf(gateway: string): string {
  return createHash('sha256').update(`secret of ${gateway}`).digest('hex')
}

export function accountRecord(address: GatewayAddress, revision: number): BrokerAccounts['accounts'][number] {
  const secretSha256 = createHash('sha256').update(secretOf(address.gateway)).digest('hex')
  return { revision, ...address, secretSha256 }
}

/** A data folder with the system accounts' secrets; deleted when the test ends. */
export async function makeDataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'harbor-broker-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const secretsDir = join(directory, 'secrets')
  await mkdir(secretsDir)
  await writeFile(join(secretsDir, 'mqtt-server'), `${SERVER_SECRET}\n`, { mode: 0o600 })
  await writeFile(join(secretsDir, 'mqtt-node-red'), `${NODE_RED_SECRET}\n`, { mode: 0o600 })
  return directory
}

export interface TestBroker {
  mqttUrl: string
  wsUrl: string
  /** Empty without TLS. */
  mqttsUrl: string
  wssUrl: string
  /** The metrics as text. */
  metrics: () => Promise<string>
  logs: { message: string; fields: Record<string, unknown> }[]
  stop: () => Promise<void>
}

export interface TestBrokerOptions {
  directory?: string
  limits?: Partial<Limits>
  /** With TLS beside the plain listeners. */
  tls?: TlsFiles
  /** Without accounts: for tests of MQTT itself. */
  isOpenToAnybody?: boolean
}

export async function startBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const directory = options.directory ?? (await makeDataDir())
  const logs: TestBroker['logs'] = []
  const write = (fields: unknown, message?: string) =>
    void logs.push({ message: message ?? '', fields: fields as Record<string, unknown> })
  let ids = 0
  const broker = createBroker(
    {
      host: '127.0.0.1',
      mqttPort: 0,
      webPort: 0,
      directory: join(directory, 'broker'),
      secretsDir: join(directory, 'secrets'),
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      isOpenToAnybody: options.isOpenToAnybody ?? false,
      ...(options.tls !== undefined && { tls: { files: options.tls, mqttsPort: 0, wssPort: 0 } }),
    },
    {
      log: { info: write, warn: write, error: write },
      nowMs: Date.now,
      stopwatch: () => performance.now(),
      newId: () => `id-${(ids += 1)}`,
      onFatal: error => {
        throw error
      },
    },
  )
  const [tcp, ws, mqtts, wss] = await broker.start()
  onTestFinished(broker.stop)
  const wsUrl = ws?.url ?? ''
  return {
    mqttUrl: tcp?.url ?? '',
    wsUrl,
    mqttsUrl: mqtts?.url ?? '',
    wssUrl: wss?.url ?? '',
    metrics: async () => (await fetch(new URL('/metrics', wsUrl.replace('ws:', 'http:')))).text(),
    logs,
    stop: broker.stop,
  }
}

/** The value of a metric's line, such as `harbor_broker_refused_total{reason="too_large"}`; 0 when there is none yet. */
export async function metric(broker: TestBroker, name: string): Promise<number> {
  const line = (await broker.metrics()).split('\n').find(text => text.startsWith(`${name} `))
  return line === undefined ? 0 : Number(line.slice(name.length + 1))
}

/** A connected mqtt.js client with what it received; ended when the test ends. Rejects when it is refused. */
export async function connectClient(url: string, options: IClientOptions): Promise<TestClient> {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 5_000, ...options })
  onTestFinished(async () => {
    await client.endAsync(true)
  })
  const received: TestClient['received'] = []
  client.on('message', (topic, payload, packet) =>
    received.push({ topic, text: payload.toString(), retain: packet.retain }),
  )
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed before it was connected')))
  })
  client.on('error', () => undefined) // seen as 'close' by whom it concerns
  return Object.assign(client, { received })
}

export type TestClient = MqttClient & { received: { topic: string; text: string; retain: boolean }[] }

export const asServer = (options: IClientOptions = {}): IClientOptions => ({
  username: 'server',
  password: SERVER_SECRET,
  ...options,
})
export const asNodeRed = (options: IClientOptions = {}): IClientOptions => ({
  username: 'node-red',
  password: NODE_RED_SECRET,
  ...options,
})
export const asGateway = ({ gateway }: GatewayAddress, options: IClientOptions = {}): IClientOptions => ({
  username: gateway,
  password: secretOf(gateway),
  ...options,
})

/** A client `server` that has given the broker the accounts of both gateways. */
export async function connectServer(broker: TestBroker, options: IClientOptions = {}): Promise<TestClient> {
  const server = await connectClient(broker.mqttUrl, asServer(options))
  await server.subscribeAsync(topics.brokerStatus, { qos: 1 })
  await giveAccounts(server, [accountRecord(GATEWAY, 1), accountRecord(OTHER_GATEWAY, 2)])
  return server
}

/** Publishes account records and waits until the broker says that it has them. */
export async function giveAccounts(server: TestClient, accounts: BrokerAccounts['accounts']): Promise<void> {
  const highest = Math.max(...accounts.map(({ revision }) => revision))
  await server.publishAsync(topics.brokerAccounts, Buffer.from(encodeJson({ accounts })), { qos: 1 })
  await vi.waitFor(
    () => {
      const revisions = server.received
        .filter(({ topic }) => topic === topics.brokerStatus)
        .map(({ text }) => (JSON.parse(text) as { accountsRevision: number }).accountsRevision)
      if (Math.max(0, ...revisions) < highest) throw new Error(`broker has only ${revisions.join()}`)
    },
    { timeout: 5_000, interval: 10 },
  )
}

/** A bare MQTT connection: what is sent and what comes back, packet by packet. */
export interface RawClient {
  socket: Socket
  send: (packet: Packet) => void
  packets: Packet[]
  isClosed: () => boolean
  /** The first packet of this kind, once it is there. */
  packet: <Cmd extends Packet['cmd']>(cmd: Cmd) => Promise<Extract<Packet, { cmd: Cmd }>>
}

export async function connectRaw(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url)
  const socket = connectTcp(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  const packets: Packet[] = []
  let isClosed = false
  parser.on('packet', packet => packets.push(packet))
  socket.on('data', bytes => parser.parse(Buffer.from(bytes)))
  socket.on('error', () => undefined) // a reset is a close here
  socket.once('close', () => {
    isClosed = true
  })
  return {
    socket,
    send: packet => void socket.write(generate(packet)),
    packets,
    isClosed: () => isClosed,
    packet: cmd =>
      vi.waitFor(
        () => {
          const found = packets.find(packet => packet.cmd === cmd)
          if (found === undefined) throw new Error(`no ${cmd} yet, got ${packets.map(packet => packet.cmd).join()}`)
          return found as Extract<Packet, { cmd: typeof cmd }>
        },
        { timeout: 3_000, interval: 10 },
      ),
  }
}

/** Where the flags of a CONNECT are that is shorter than 128 bytes: fixed header 2, protocol name 6, level 1 (3.1.2). */
const CONNECT_FLAGS_AT = 9
const CLEAN_SESSION = 0b10

function generate(packet: Packet): Buffer {
  // mqtt-packet makes no CONNECT without an id that is to keep a session.
  const isRefused = packet.cmd === 'connect' && packet.clientId === '' && packet.clean === false
  if (!isRefused) return mqttPacket.generate(packet)
  const bytes = mqttPacket.generate({ ...packet, clean: true })
  bytes[CONNECT_FLAGS_AT] = (bytes[CONNECT_FLAGS_AT] ?? 0) & ~CLEAN_SESSION
  return bytes
}

/** A CONNECT of MQTT 3.1.1. */
export function connectPacket(fields: Partial<Extract<Packet, { cmd: 'connect' }>>): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'raw',
    keepalive: 0,
    ...fields,
  }
}
