import { once } from 'node:events'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { type CloudEvent, topics } from '@harbor/protocol'
import { Aedes } from 'aedes'

export const MQTT_SECRET = 'cd'.repeat(32)

/** A real broker that knows the one account of Node-RED. */
export interface EventBroker {
  url: string
  /** Clients that have subscribed since the start. */
  subscriptions: string[]
  ring: (event: CloudEvent) => Promise<void>
  /** Cuts every connection, and takes new ones at once. */
  cut: () => void
  stop: () => Promise<void>
}

export async function startEventBroker(): Promise<EventBroker> {
  const aedes = await Aedes.createBroker({
    authenticate: (...[, username, password, done]) =>
      done(null, username === 'node-red' && String(password) === MQTT_SECRET),
  })
  const subscriptions: string[] = []
  aedes.on('subscribe', wanted => subscriptions.push(...wanted.map(({ topic }) => topic)))
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    subscriptions,
    ring: event =>
      new Promise((resolve, reject) => {
        const topic = topics.event('500103', event.type.slice('harbor.'.length))
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(event)), qos: 1, retain: false, dup: false },
          error => (error ? reject(error) : resolve()),
        )
      }),
    cut,
    stop: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      cut()
      await closed
      await new Promise<void>(resolve => aedes.close(resolve))
    },
  }
}
