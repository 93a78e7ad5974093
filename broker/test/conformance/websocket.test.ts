import { expect, it, onTestFinished, vi } from 'vitest'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { WebSocket } from 'ws'
import type { TestBroker } from '../support.ts'
import { SOON, openBroker, rawConnect, stillServes } from './support.ts'

function open(broker: TestBroker, protocols: string[]) {
  const socket = new WebSocket(broker.wsUrl, protocols)
  onTestFinished(() => socket.terminate())
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  const packets: Packet[] = []
  const kinds: boolean[] = []
  parser.on('packet', packet => packets.push(packet))
  socket.on('message', (bytes: Buffer, isBinary) => {
    kinds.push(isBinary)
    parser.parse(bytes)
  })
  socket.on('error', () => undefined) // seen as its state
  return {
    socket,
    packets,
    kinds,
    opened: () => vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.OPEN), SOON),
  }
}

it('MQTT-6.0.0-3, -4: the subprotocol mqtt is chosen', async () => {
  const { socket, opened } = open(await openBroker(), ['other', 'mqtt'])
  await opened()
  expect(socket.protocol).toBe('mqtt')
})

it('MQTT-6.0.0-2: a packet may be spread over messages, and several may be in one; answers are binary', async () => {
  const broker = await openBroker()
  const { socket, packets, kinds, opened } = open(broker, ['mqtt'])
  await opened()
  const bytes = Buffer.concat([rawConnect(), Buffer.from([0xc0, 0, 0xc0, 0])])
  for (const byte of bytes.subarray(0, 9)) socket.send(Buffer.from([byte]))
  socket.send(bytes.subarray(9))
  await vi.waitFor(() => expect(packets.map(({ cmd }) => cmd)).toEqual(['connack', 'pingresp', 'pingresp']), SOON)
  expect(kinds).not.toContain(false)
})

it('MQTT-6.0.0-1: a text message ends the connection', async () => {
  const broker = await openBroker()
  const { socket, packets, opened } = open(broker, ['mqtt'])
  await opened()
  socket.send(rawConnect().toString('latin1'))
  await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.CLOSED), SOON)
  expect(packets).toEqual([])
  await stillServes(broker)
})
