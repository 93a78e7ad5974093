import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, type Server, createServer } from 'node:net'
import { join } from 'node:path'
import { Aedes } from 'aedes'

/** A stand-in for a gateway's LAN listener that takes any device and keeps what they said. */
export interface LanBroker {
  /** Newest payload by topic. */
  heard: Map<string, string>
  connected: () => number
  publish: (topic: string, payload: string) => Promise<void>
  stop: () => Promise<void>
}

/** Listens on a free port and writes the gateway's `lan.json`, as a gateway does. */
export async function startLanBroker(gatewayDir: string, gateway: string): Promise<LanBroker> {
  const broker = await Aedes.createBroker()
  const server: Server = createServer(broker.handle)
  const heard = new Map<string, string>()
  broker.on('publish', ({ topic, payload }) => {
    if (!topic.startsWith('$SYS')) heard.set(topic, payload.toString())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await mkdir(join(gatewayDir, gateway), { recursive: true })
  await writeFile(join(gatewayDir, gateway, 'lan.json'), JSON.stringify({ url: `mqtt://127.0.0.1:${port}` }))
  return {
    heard,
    connected: () => broker.connectedClients,
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        broker.publish(
          { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
          error => (error ? reject(error) : resolve()),
        )
      }),
    stop: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      await new Promise<void>(resolve => broker.close(resolve))
      await closed
    },
  }
}
