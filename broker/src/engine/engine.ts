import type { Duplex } from 'node:stream'
import { Aedes, type Client, type PublishPacket } from 'aedes'
import mqemitter from 'mqemitter'
import { type Account, accountName } from '../authority/account.ts'
import { mayPublish, mayRead, mayRetain, maySubscribe } from '../authority/authority.ts'
import { BrokerError } from '../errors.ts'
import type { Refusal } from '../refusals.ts'
import type { Verdict } from '../accounts/accounts.ts'
import { type Admission, admit } from './admission.ts'
import { ILLEGAL_FILTER, filterCount, markIllegalFilters } from './client-internals.ts'
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

export interface EngineDeps {
  verify: (username: string | undefined, password: Uint8Array | undefined) => Verdict
  newId: () => string
  onConnected: (account: Account) => void
  onReceived: (account: Account, payloadBytes: number) => void
  onRefused: (refusal: Refusal) => void
  /**
   * Takes a message that is for the broker itself, before it is acknowledged; false when it is for others. A message taken
   * is spread no further. Throwing ends the connection, so that the message stays unacknowledged and is sent again.
   */
  take: (topic: string, payload: Uint8Array) => boolean
  /** The store failed and messages can no longer be carried. The process should end. */
  onFatal: (error: Error) => void
}

/** The MQTT broker proper: carries messages between the connections it is given. */
export interface Engine {
  start: () => Promise<void>
  /** Ends all connections, as if their networks had failed. */
  stop: () => Promise<void>
  /** Serves MQTT 3.1.1 on a connection. `source` names it in the log until it has an account. */
  accept: (stream: Duplex, source: string) => void
  /** Publishes, retained, in the broker's own name. */
  publishRetained: (topic: string, payload: Uint8Array) => Promise<void>
  /** Ends an account's connections and deletes its sessions. */
  expel: (account: string) => Promise<void>
  connections: () => number
  sessionsWaiting: () => number
  messagesWaiting: () => number
}

/** Where messages go that are acknowledged and given to nobody: nobody may subscribe here. */
const NOWHERE = '$SYS/nowhere'
/** What stands in for a PUBLISH that was too large. */
const TOO_LARGE = '$SYS/too-large'

/** Chosen: the wills of clients that were connected when the broker was killed are published four of these after the start. */
const HEARTBEAT_MS = 15_000
/** Beside the payload a PUBLISH has its topic, packet id and header; a topic of ours is shorter than 200 bytes. */
const PUBLISH_OVERHEAD_BYTES = 1_024
/** Chosen: nothing of ours is sent at QoS 2; a peer that does may have so many exchanges open. */
const OPEN_QOS_2_EXCHANGES = 20
/** Chosen: what clients left in flight at `stop` is given so long to reach the store. */
const STOP_DRAIN_MS = 1_000

export function createEngine(config: EngineConfig, deps: EngineDeps): Engine {
  const { limits } = config
  let aedes: Aedes | undefined
  let store: SessionStore | undefined
  const streams = new Set<Duplex>()
  const sources = new WeakMap<Client, string>()
  const admissions = new WeakMap<Client, Admission>()
  /** Admitted clients by account; from the CONNECT on, so that an account removed meanwhile is found too. */
  const admitted = new Map<string, Set<Client>>()
  const order = createPublishOrder()

  const accountOf = (client: Client): Account | undefined => {
    const admission = admissions.get(client)
    return admission !== undefined && 'account' in admission ? admission.account : undefined
  }
  const refuse = (client: Client, reason: Refusal['reason'], detail?: string) => {
    const account = accountOf(client)
    const source = account === undefined ? (sources.get(client) ?? 'unknown') : accountName(account)
    deps.onRefused(detail === undefined ? { reason, source } : { reason, source, detail })
  }
  const isGranted = (clientId: string, filter: string): boolean => {
    const account = [...(admitted.get(clientId.split('/', 1)[0] ?? '') ?? [])].find(({ id }) => id === clientId)
    return account !== undefined && isAllowed(accountOf(account), filter)
  }

  const preConnect: Aedes['preConnect'] = (client, packet, done) => {
    const admission = admit(packet, { ...limits, verify: deps.verify, newId: deps.newId })
    admissions.set(client, admission)
    if ('account' in admission) remember(client, accountName(admission.account))
    else refuse(client, admission.refused, admission.detail)
    done(null, true)
  }
  const remember = (client: Client, name: string) => {
    const clients = admitted.get(name) ?? new Set()
    admitted.set(name, clients.add(client))
    client.conn.once('close', () => {
      clients.delete(client)
      if (clients.size === 0 && admitted.get(name) === clients) admitted.delete(name)
    })
  }

  const authenticate: Aedes['authenticate'] = (...[client, , , done]) => {
    const admission = admissions.get(client)
    if (admission !== undefined && 'account' in admission) {
      deps.onConnected(admission.account)
      done(null, true)
      return
    }
    const { refused, returnCode } = admission ?? { refused: 'anonymous', returnCode: 5 }
    done(Object.assign(new BrokerError('BROKER_CONNECT_REFUSED', refused), { returnCode }), null)
  }

  /**
   * A forbidden or too large message is acknowledged and given to nobody. The other answer that MQTT 3.1.1 leaves
   * ([MQTT-3.3.5-2]) is to end the connection: then a client that repeats what was not acknowledged would come back with the
   * same message for ever, and a single bad one would silence a whole station.
   */
  const authorizePublish: Aedes['authorizePublish'] = (client, packet, done) => {
    // A last will from the store, of a client that an earlier run of the broker had: it was checked then.
    if (client === null) return done()
    const account = accountOf(client)
    const { topic, payload } = packet
    if (topic === TOO_LARGE || payload.length > limits.payloadBytes) {
      refuse(client, 'too_large', `${topic}: more than ${limits.payloadBytes} bytes`)
      return swallow(packet, done)
    }
    if (account === undefined || !mayPublish(account, topic)) {
      refuse(client, 'wrong_topic', topic)
      return swallow(packet, done)
    }
    deps.onReceived(account, payload.length)
    try {
      if (deps.take(topic, Buffer.from(payload))) return swallow(packet, done)
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)))
    }
    // Cleared, not refused: the reading is good, only the wish to keep it is not.
    if (packet.retain && !mayRetain(topic)) packet.retain = false
    return done()
  }

  const authorizeSubscribe: Aedes['authorizeSubscribe'] = (client, subscription, done) => {
    const { topic } = subscription
    const count = filterCount(client)
    const reason = topic.startsWith(ILLEGAL_FILTER)
      ? 'illegal_filter'
      : !isAllowed(accountOf(client), topic)
        ? 'forbidden_filter'
        : count >= limits.filtersPerClient
          ? 'too_many_filters'
          : undefined
    if (reason === undefined) return done(null, subscription)
    refuse(client, reason, topic)
    done(null, null) // SUBACK 0x80
  }

  const boot = async (): Promise<void> => {
    const mq = mqemitter({ concurrency: 0, matchEmptyLevels: true })
    const emit = mq.emit.bind(mq)
    mq.emit = (message, done) => order.ready(Number(message['brokerCounter']), () => emit(message, done))
    store = await openSessionStore(config.directory, limits, {
      isGranted,
      onQueueFull: (clientId, topic) =>
        deps.onRefused({ reason: 'queue_full', source: clientId.split('/', 1)[0] ?? '', detail: topic }),
    })
    aedes = await Aedes.createBroker({
      // Rises with each start: queued messages are sorted by it before their number, so they keep their order across restarts.
      id: `run-${String(store.startNumber).padStart(10, '0')}`,
      mq,
      persistence: store.persistence,
      heartbeatInterval: HEARTBEAT_MS,
      connectTimeout: limits.connectTimeoutMs,
      drainTimeout: limits.slowReaderMs,
      maxInflightInbound: OPEN_QOS_2_EXCHANGES,
      preConnect,
      authenticate,
      authorizePublish,
      authorizeSubscribe,
      authorizeForward: (client, packet) => {
        const account = accountOf(client)
        return account !== undefined && mayRead(account, packet.topic) ? packet : null
      },
    })
    keepOrder(aedes)
    aedes.on('connectionError', onStreamError).on('clientError', onStreamError)
    ;(aedes as NodeJS.EventEmitter).on('error', deps.onFatal)
  }
  const onStreamError = (client: Client, error: Error) => {
    if (error instanceof BrokerError && error.code === 'BROKER_BAD_STREAM') refuse(client, 'bad_stream', error.message)
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
    accept: (stream, source) => {
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
          standInTopic: TOO_LARGE,
        }),
      )
      const client = aedes.handle(stream)
      sources.set(client, source)
      markIllegalFilters(client, limits.filtersPerClient)
    },
    publishRetained: (topic, payload) =>
      new Promise((resolve, reject) => {
        if (aedes === undefined) return resolve()
        const packet = {
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload),
          qos: 1,
          retain: true,
          dup: false,
        } as const
        aedes.publish(packet, error => (error ? reject(error) : resolve()))
      }),
    expel: async account => {
      const clients = [...(admitted.get(account) ?? [])]
      await Promise.all(clients.map(client => new Promise<void>(resolve => client.close(resolve))))
      await store?.forget(`${account}/`)
    },
    connections: () => streams.size,
    sessionsWaiting: () => store?.sessionsWaiting() ?? 0,
    messagesWaiting: () => store?.messagesWaiting() ?? 0,
  }
}

type PublishDone = (error?: Error) => void
/** Aedes' publish as it is called from within: with the client, or with the callback in its place. */
type Publish = (packet: PublishPacket, client: Client | null | PublishDone, done?: PublishDone) => void

function isAllowed(account: Account | undefined, filter: string): boolean {
  return account !== undefined && maySubscribe(account, filter)
}

function swallow(packet: PublishPacket, done: () => void): void {
  packet.topic = NOWHERE
  packet.payload = Buffer.alloc(0)
  packet.retain = false
  done()
}

/** Waits until nothing is on its way to the store, for a second at most. */
async function drained(waiting: () => number): Promise<void> {
  const until = performance.now() + STOP_DRAIN_MS
  while (waiting() > 0 && performance.now() < until) await new Promise(resolve => setTimeout(resolve, 5))
}
