import { expect, onTestFinished, vi } from 'vitest'
import type { Packet } from 'mqtt-packet'
import { connectPacket, connectRaw, makeDataDir, type RawClient, startBroker, type TestBroker } from '../support.ts'

export const SOON = { timeout: 10_000, interval: 10 }

/** A broker that lets anybody in. */
export async function openBroker(): Promise<TestBroker> {
  return startBroker({ directory: await makeDataDir(), isOpenToAnybody: true })
}

type Connect = Extract<Packet, { cmd: 'connect' }>
type Publish = Extract<Packet, { cmd: 'publish' }>

/** A bare client that is connected; `sessionPresent` is what the CONNACK said. */
export async function join(
  broker: TestBroker,
  fields: Partial<Connect> = {},
): Promise<RawClient & { sessionPresent: boolean }> {
  const client = await connectRaw(broker.mqttUrl)
  client.send(connectPacket(fields))
  const connack = await client.packet('connack')
  expect(connack.returnCode).toBe(0)
  // mqtt-packet names it so.
  return Object.assign(client, { sessionPresent: (connack as { sessionPresent?: boolean }).sessionPresent === true })
}

/** Subscribes and gives the codes that the SUBACK has. */
export async function subscribe(client: RawClient, filters: [filter: string, qos: 0 | 1 | 2][], messageId = 77) {
  client.send({ cmd: 'subscribe', messageId, subscriptions: filters.map(([topic, qos]) => ({ topic, qos })) })
  const suback = await vi.waitFor(() => {
    const found = client.packets.find(packet => packet.cmd === 'suback' && packet.messageId === messageId)
    if (found === undefined) throw new Error('no SUBACK yet')
    return found as Extract<Packet, { cmd: 'suback' }>
  }, SOON)
  return suback.granted
}

export function publish(client: RawClient, message: Pick<Publish, 'topic' | 'payload'> & Partial<Publish>): void {
  client.send({ cmd: 'publish', qos: 0, dup: false, retain: false, ...message } as Publish)
}

/** What the client was given so far. */
export function given(client: RawClient): Publish[] {
  return client.packets.filter((packet): packet is Publish => packet.cmd === 'publish')
}

export const texts = (client: RawClient) => given(client).map(({ topic, payload }) => `${topic}: ${String(payload)}`)

/** Everything that was sent to the broker before has been dealt with: it answers a ping. */
export async function settled(client: RawClient): Promise<void> {
  const count = () => client.packets.filter(({ cmd }) => cmd === 'pingresp').length
  const before = count()
  client.send({ cmd: 'pingreq' })
  await vi.waitFor(() => expect(count()).toBe(before + 1), SOON)
}

/** Ends the connection without DISCONNECT, and waits until the broker has seen it. */
export async function breakOff(broker: TestBroker, client: RawClient): Promise<void> {
  const connections = await open(broker)
  client.socket.destroy()
  await vi.waitFor(async () => expect(await open(broker)).toBeLessThan(connections), SOON)
}

async function open(broker: TestBroker): Promise<number> {
  const line = (await broker.metrics()).split('\n').find(text => text.startsWith('harbor_broker_connections '))
  return Number(line?.split(' ')[1])
}

/** A message through another connection proves that the broker lives. */
export async function stillServes(broker: TestBroker): Promise<void> {
  const client = await join(broker, { clientId: 'witness' })
  onTestFinished(() => void client.socket.destroy())
  await subscribe(client, [['witness', 0]])
  publish(client, { topic: 'witness', payload: 'here' })
  await vi.waitFor(() => expect(texts(client)).toEqual(['witness: here']), SOON)
}

/** Bytes as MQTT writes a text: its length in two bytes before it. */
export function utf8(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

/** A packet from its first byte and its body. */
export function packet(first: number, ...body: Buffer[]): Buffer {
  const rest = Buffer.concat(body)
  const length: number[] = []
  for (let left = rest.length; ;) {
    length.push((left & 127) | (left > 127 ? 128 : 0))
    left >>= 7
    if (left === 0) break
  }
  return Buffer.concat([Buffer.from([first, ...length]), rest])
}

/** A CONNECT byte by byte. */
export function rawConnect({
  name = 'MQTT',
  level = 4,
  flags = 2,
  keepalive = 0,
  payload = [utf8('raw')],
} = {}): Buffer {
  return packet(0x10, utf8(name), Buffer.from([level, flags, keepalive >> 8, keepalive & 255]), ...payload)
}

/** What the broker does with these bytes of a new connection: the CONNACKs, and whether it ended the connection. */
export async function fate(broker: TestBroker, bytes: Buffer): Promise<{ codes: (number | undefined)[] }> {
  const client = await connectRaw(broker.mqttUrl)
  client.socket.write(bytes)
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), SOON)
  return { codes: client.packets.map(one => (one.cmd === 'connack' ? one.returnCode : undefined)) }
}
