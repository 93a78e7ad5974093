import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { Aedes } from 'aedes'

/** A real broker on a free port, whose listener can be taken away and put back while its sessions stay. */
export interface TestBroker {
  url: string
  aedes: Aedes
  /** Client ids and their packets' commands, as they came. */
  packets: string[]
  /** Cuts all connections and takes no new ones. */
  cut(): Promise<void>
  /** Listens again on the same port. */
  restore(): Promise<void>
  stop(): Promise<void>
}

export async function startTestBroker(): Promise<TestBroker> {
  const aedes = await Aedes.createBroker()
  const packets: string[] = []
  aedes.on('ping', (_packet, client) => packets.push(`${client.id} ping`))
  aedes.on('clientReady', client => packets.push(`${client.id} connect`))
  aedes.on('ack', (_packet, client) => packets.push(`${client.id} puback`))
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo

  async function cut(): Promise<void> {
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    url: `mqtt://127.0.0.1:${port}`,
    aedes,
    packets,
    cut,
    restore: () => listen(port),
    async stop() {
      if (server.listening) await cut()
      await new Promise<void>(resolve => aedes.close(resolve))
    },
  }
}
