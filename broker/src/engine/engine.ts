import type { Duplex } from 'node:stream'
import { Aedes, type Client, type PublishPacket } from 'aedes'
import mqemitter from 'mqemitter'
import { BrokerError } from '../errors.ts'
import type { Serve } from '../listeners/listener.ts'
import { markIllegalFilters } from './client-internals.ts'
import { type GatekeeperDeps, TOO_LARGE, createGatekeeper } from './gatekeeper.ts'
import { guardStream } from './guarded-stream.ts'
import type { Limits } from './limits.ts'
import { createPacketGuard } from './packet-guard.ts'
import { createPublishOrder } from './publish-order.ts'
import { type SessionStore, openSessionStore } from './session-store.ts'

export interface EngineConfig {
  /** Where sessions and retained messages are kept. */
  directory: string
  limits: Limits
}

export interface EngineDeps extends GatekeeperDeps {
  /** The store failed and messages can no longer be carried. The process should end. */
  onFatal: (error: Error) => void
}

/** The MQTT broker proper: carries messages between the connections it is given. */
export interface Engine {
  start: () => Promise<void>
  /** Ends all connections, as if their networks had failed. */
  stop: () => Promise<void>
  /** Serves MQTT 3.1.1 on a connection. `source` names it in the log until it has an account. */
  accept: Serve
  /** Publishes in the broker's own name. */
  publish: (topic: string, payload: Uint8Array) => Promise<void>
  /** The same, and keeps it. */
  publishRetained: (topic: string, payload: Uint8Array) => Promise<void>
  /** Ends an account's connections and deletes its sessions. */
  expel: (account: string) => Promise<void>
  connections: () => number
  /** Sessions that outlive their connections. */
  sessions: () => number
  messagesWaiting: () => number
}

/** Beside the payload a PUBLISH has its topic, packet id and header; a topic of ours is shorter than 200 bytes. */
const PUBLISH_OVERHEAD_BYTES = 1_024
/** Chosen: the largest that anybody needs is a SUBSCRIBE, of 100 filters below 300 bytes. */
const CONTROL_BYTES = 64 * 1024
/** Chosen: nothing of ours is sent at QoS 2; a peer that does may have so many exchanges open. */
const OPEN_QOS_2_EXCHANGES = 20
/** Chosen: what clients left in flight at `stop` is given so long to reach the store. */
const STOP_DRAIN_MS = 1_000

export function createEngine(config: EngineConfig, deps: EngineDeps): Engine {
  const { limits } = config
  let aedes: Aedes | undefined
  let store: SessionStore | undefined
  const streams = new Set<Duplex>()
  const order = createPublishOrder()

  const gatekeeper = createGatekeeper(limits, deps)

  const boot = async (): Promise<void> => {
    // No limit on messages being handed out: at its own of 100 the emitter queues, and was seen to end the process in a flood of
    // 50,000 a second (call stack). What bounds them is that a connection is read on only when its messages are handed out.
    const mq = mqemitter({ concurrency: 0, matchEmptyLevels: true })
    const emit = mq.emit.bind(mq)
    mq.emit = (message, done) => order.ready(Number(message['brokerCounter']), () => emit(message, done))
    store = await openSessionStore(config.directory, limits, {
      isGranted: gatekeeper.isGranted,
      isConnected: clientId => gatekeeper.clientsOf(clientId.split('/', 1)[0] ?? '').some(({ id }) => id === clientId),
      onFailed,
      onQueueFull: (clientId, topic) =>
        deps.onRefused({ reason: 'queue_full', source: clientId.split('/', 1)[0] ?? '', detail: topic }),
    })
    aedes = await Aedes.createBroker({
      // Rises with each start: queued messages are sorted by it before their number, so they keep their order across restarts.
      id: `run-${String(store.startNumber).padStart(10, '0')}`,
      mq,
      persistence: store.persistence,
      heartbeatInterval: limits.heartbeatMs,
      connectTimeout: limits.connectTimeoutMs,
      drainTimeout: limits.slowReaderMs,
      maxInflightInbound: OPEN_QOS_2_EXCHANGES,
      ...gatekeeper.hooks,
    })
    keepOrder(aedes)
    aedes.on('connectionError', onStreamError).on('clientError', onStreamError)
    ;(aedes as NodeJS.EventEmitter).on('error', onFailed)
  }
  /** What fails while we stop fails because we stop. */
  const onFailed = (error: Error) => {
    if (aedes !== undefined) deps.onFatal(error)
  }
  const onStreamError = (client: Client, error: Error) => {
    const code = error instanceof BrokerError ? error.code : undefined
    if (code === 'BROKER_BAD_STREAM') gatekeeper.refuse(client, 'bad_stream', error.message)
    if (code === 'BROKER_OTHER_PROTOCOL') gatekeeper.refuse(client, 'bad_protocol', error.message)
  }
  const keepOrder = (broker: Aedes) => {
    const publish = broker.publish.bind(broker) as Publish
    const ordered: Publish = (packet, client, done) => {
      if (typeof client === 'function') return ordered(packet, null, client)
      const number = (broker as unknown as { counter: number }).counter + 1
      order.begin(number)
      publish(packet, client, error => {
        order.end(number)
        done?.(error)
      })
    }
    broker.publish = ordered as Aedes['publish']
  }

  const speak = ({ topic, payload, retain }: { topic: string; payload: Uint8Array; retain: boolean }): Promise<void> =>
    new Promise((resolve, reject) => {
      if (aedes === undefined) return resolve()
      const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false } as const
      aedes.publish(packet, error => (error ? reject(error) : resolve()))
    })

  return {
    start: boot,
    stop: async () => {
      const [broker, sessions] = [aedes, store]
      aedes = undefined
      store = undefined
      if (broker !== undefined) await new Promise<void>(resolve => broker.close(resolve))
      for (const stream of streams) stream.destroy()
      await drained(order.size)
      await sessions?.close()
    },
    accept: (stream, source, proof) => {
      if (aedes === undefined || streams.size >= limits.connections) {
        deps.onRefused({ reason: 'too_many_connections', source })
        stream.on('error', () => stream.destroy()).destroy()
        return
      }
      streams.add(stream)
      stream.once('close', () => streams.delete(stream))
      guardStream(
        stream,
        createPacketGuard({
          connectBytes: limits.connectBytes,
          packetBytes: limits.payloadBytes + PUBLISH_OVERHEAD_BYTES,
          controlBytes: CONTROL_BYTES,
          standInTopic: TOO_LARGE,
        }),
      )
      const client = aedes.handle(stream)
      gatekeeper.introduce(client, source, proof)
      markIllegalFilters(client, limits.filtersPerClient)
    },
    publish: (topic, payload) => speak({ topic, payload, retain: false }),
    publishRetained: (topic, payload) => speak({ topic, payload, retain: true }),
    expel: async account => {
      const clients = gatekeeper.clientsOf(account)
      await Promise.all(clients.map(client => new Promise<void>(resolve => client.close(resolve))))
      await store?.forgetAccount(account)
    },
    connections: () => streams.size,
    sessions: () => store?.sessions() ?? 0,
    messagesWaiting: () => store?.messagesWaiting() ?? 0,
  }
}

type PublishDone = (error?: Error) => void
/** Aedes' publish as it is called from within: with the client, or with the callback in its place. */
type Publish = (packet: PublishPacket, client: Client | null | PublishDone, done?: PublishDone) => void

/** Waits until nothing is on its way to the store, for a second at most. */
async function drained(waiting: () => number): Promise<void> {
  const until = performance.now() + STOP_DRAIN_MS
  while (waiting() > 0 && performance.now() < until) await new Promise(resolve => setTimeout(resolve, 5))
}
