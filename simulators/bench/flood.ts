import { performance } from 'node:perf_hooks'
import { encodeTelemetry, topics } from '@harbor/protocol'
import { type LoadConnection, openLoadConnection } from '../src/load/load-connection.ts'
import { loadAddress } from '../src/load/load-fleet.ts'
import { loadReadings } from '../src/load/load-readings.ts'

/** Messages of one connection that the broker has not taken yet, at most. */
const WINDOW = 16

export interface FloodOptions {
  mqtt: { host: string; port: number }
  connections: number
  /** Readings in a pack, a multiple of 20. */
  pack: number
  seconds: number
}

/**
 * Sends packs at QoS 1 as fast as a broker takes them that asks for no name, and waits for nobody's word but the broker's: for
 * peers that acknowledge nothing. Gives how many packs it took.
 */
export async function flood({ mqtt, connections, pack, seconds }: FloodOptions): Promise<number> {
  let taken = 0
  const endMs = performance.now() + seconds * 1_000
  const open: LoadConnection[] = []
  const moments = pack / 20
  await Promise.all(
    Array.from({ length: connections }, (_, n) => {
      const address = loadAddress(n, 4)
      const topic = topics.telemetry(address)
      let seq = 0
      let underWay = 0
      // No two readings of a device have one time, as in life: a second apart, from some hours ago on.
      const firstMs = Date.now() - 6 * 3_600_000
      return new Promise<void>((resolve, reject) => {
        const send = () => {
          while (underWay < WINDOW && performance.now() < endMs) {
            seq += 1
            underWay += 1
            const readings = Array.from({ length: moments }, (_, at) =>
              loadReadings(n, firstMs + (seq * moments + at) * 100),
            ).flat()
            connection.publish(topic, encodeTelemetry({ seq, boot: 'flood', base: seq, readings }), false)
          }
          if (underWay === 0) resolve()
        }
        const connection = openLoadConnection(
          { ...mqtt, localAddress: undefined },
          { address, secret: undefined, keepaliveS: 600 },
          {
            onUp: send,
            onAck: () => undefined,
            onTaken: () => {
              taken += 1
              underWay -= 1
              send()
            },
            onDown: reason => (performance.now() < endMs ? reject(new Error(`flood: ${reason}`)) : resolve()),
          },
        )
        open.push(connection)
      })
    }),
  )
  for (const connection of open) connection.cut()
  return taken
}
