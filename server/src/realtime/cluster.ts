import { ProtocolError, type Reading, decodePack, encodePack, errorText } from '@harbor/protocol'
import { createClient } from '@redis/client'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import type { Logger } from 'pino'
import type { ServerOptions } from 'socket.io'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** What was heard is told to the others at most so often: as often as pages are told. */
const TELL_EVERY_MS = 250
/** Newest values that wait to be told; what is beyond is told with the device's next word. */
const MAX_WAITING = 100_000
/** As many records as one pack may have. */
const TELL_AT_ONCE = 1_000
/** Commands that wait while Redis is away; more are refused, and what they carried is lost to the other servers' pages. */
const MAX_QUEUED = 10_000
/** Messages that Redis keeps, so that a server that lost it for a moment hears all of them. */
const STREAM_MESSAGES = 10_000
/** A reader asks so long for the next message; a stop waits for it. */
const BLOCK_MS = 1_000
/** Everything of ours in a Redis that others may use too begins with it. */
const PREFIX = 'harbor:v1'
const READINGS = `${PREFIX}:readings`

/**
 * Servers of one installation, each with its own districts, together: what one of them tells pages reaches the pages of all,
 * and each knows the newest readings of all districts.
 */
export interface Cluster {
  /** For socket.io: events to rooms reach the sockets of all servers. */
  adapter: NonNullable<ServerOptions['adapter']>
  /** Readings that this server stored. */
  tell: (readings: readonly Reading[]) => void
  /** Begins to connect and keeps trying; `onHeard` is given readings that other servers stored. */
  start: (onHeard: (readings: readonly Reading[]) => void) => void
  isConnected: () => boolean
  /** After the sockets were closed; may be called twice. */
  stop: () => Promise<void>
}

/** What is asked of a connection at its end. */
interface Connection {
  isOpen: boolean
  destroy: () => void
}

export interface ClusterDeps {
  /** Names this server among the others. */
  newId: () => string
  metrics: Metrics
  log: Logger
}

/** @param url such as redis://127.0.0.1:6379; a name and a password may stand in it */
export function createCluster(url: string, { newId, metrics, log }: ClusterDeps): Cluster {
  const own = newId()
  const limiter = createLogLimiter({ everyMs: 60_000, maxKeys: 20 }, () => performance.now())
  const complain = (error: unknown, what: string) => {
    const heldBack = limiter.admit(errorText(error))
    if (heldBack !== undefined) log.warn({ error: errorText(error), heldBack }, what)
  }
  // RESP 2: what the adapter reads of a stream has another shape in RESP 3.
  const client = createClient({ url, RESP: 2, commandsQueueMaxLength: MAX_QUEUED })
  const heard = client.duplicate()
  for (const connection of [client, heard])
    connection.on('error', error =>
      complain(error, 'no connection to Redis, trying on; pages of other servers hear late'),
    )
  const lost = metrics.counter({
    name: 'harbor_cluster_lost_total',
    help: 'Messages for other servers that were given up, because Redis was away for too long.',
  })
  const told = metrics.counter({
    name: 'harbor_cluster_readings_told_total',
    help: 'Newest readings told to other servers.',
  })
  metrics.observedGauge({
    name: 'harbor_cluster_connected',
    help: '1 while this server is connected to Redis.',
    read: () => (isConnected() ? 1 : 0),
  })
  const giveUp = (error: unknown) => {
    lost.inc({})
    complain(error, 'a message for other servers was given up')
    return 0
  }
  // The adapter lets some of its promises go: what fails would end the process.
  const publish = client.publish.bind(client)
  const xAdd = client.xAdd.bind(client)
  const duplicate = client.duplicate.bind(client)
  /** The connections that the adapter makes for itself, one to read and one to be told. */
  const ofAdapter: Connection[] = []
  const guarded = Object.assign(client, {
    publish: (...args: Parameters<typeof publish>) => publish(...args).catch(giveUp),
    xAdd: (...args: Parameters<typeof xAdd>) => xAdd(...args).catch(giveUp),
    duplicate: () => {
      const connection = duplicate()
      ofAdapter.push(connection)
      // It ends its reader when its sockets are closed, which may be after us; ending twice is an error.
      return Object.assign(connection, { disconnect: async () => end(connection) })
    },
  })
  const end = (connection: Connection) => {
    if (connection.isOpen) connection.destroy()
  }

  const waiting = new Map<string, Reading>()
  let telling: NodeJS.Timeout | undefined
  let createOne: ReturnType<typeof createAdapter> | undefined
  let isStarted = false
  let isStopped = false

  function isConnected(): boolean {
    return client.isReady && heard.isReady
  }
  /** A function of the old kind: socket.io calls it with `new`, and takes what it returns. */
  function adapter(namespace: unknown): ReturnType<ReturnType<typeof createAdapter>> {
    // Made when socket.io asks for the first, not before: it connects at once.
    createOne ??= createAdapter(guarded, {
      streamName: `${PREFIX}:sockets`,
      channelPrefix: PREFIX,
      maxLen: STREAM_MESSAGES,
      blockTimeInMs: BLOCK_MS,
    })
    return createOne(namespace)
  }
  const tellWaiting = () => {
    telling = undefined
    const readings = [...waiting.values()]
    waiting.clear()
    for (let from = 0; from < readings.length; from += TELL_AT_ONCE) {
      const pack = encodePack(readings.slice(from, from + TELL_AT_ONCE))
      told.inc({}, Math.min(TELL_AT_ONCE, readings.length - from))
      // While Redis is away newest values age in a queue for nobody: the next ones are better.
      if (client.isReady) void client.publish(READINGS, JSON.stringify({ from: own, pack }))
    }
  }
  const take = (text: string, onHeard: (readings: readonly Reading[]) => void) => {
    try {
      const { from, pack } = JSON.parse(text) as { from?: unknown; pack?: unknown }
      if (from === own) return
      const { readings } = decodePack(pack)
      if (readings.length > 0) onHeard(readings)
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof ProtocolError)) throw error
      complain(error, 'what another server said cannot be read')
    }
  }

  return {
    adapter,
    isConnected,
    tell: readings => {
      if (isStopped) return
      for (const reading of readings) {
        const key = `${reading.device}/${reading.metric}`
        const known = waiting.get(key)
        if (known === undefined ? waiting.size < MAX_WAITING : known.timeMs <= reading.timeMs) waiting.set(key, reading)
      }
      telling ??= setTimeout(tellWaiting, TELL_EVERY_MS)
    },
    start: onHeard => {
      isStarted = true
      client.connect().catch(giveUp)
      heard
        .connect()
        .then(() => heard.subscribe(READINGS, text => take(text, onHeard)))
        .catch((error: unknown) => complain(error, 'other servers are not heard'))
    },
    stop: async () => {
      if (isStopped || !isStarted) return
      isStopped = true
      clearTimeout(telling)
      for (const connection of [client, heard, ...ofAdapter]) end(connection)
    },
  }
}
