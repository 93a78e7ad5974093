import {
  type DecodedTelemetry,
  type GatewayAddress,
  type GatewayStatus,
  ProtocolError,
  type Reading,
  decodeJson,
  decodeTelemetry,
  errorText,
  filters,
  gatewayStatusSchema,
  implausibleTime,
  parseTopic,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import type { BusMessage, MessageBus } from '../bus/message-bus.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { type Backoff, backoffMs, pause } from '../telemetry/backoff.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { createAckSender } from './ack-sender.ts'
import { createAckTracker } from './ack-tracker.ts'
import { type BatcherSettings, createBatcher } from './batcher.ts'
import { type GatewayStatuses, createGatewayStatuses } from './gateway-statuses.ts'
import { createIngestMetrics } from './ingest-metrics.ts'
import { createRejections } from './rejections.ts'

export interface IngestSettings {
  /** District codes whose gateways this process serves; empty: all. */
  districts: readonly string[]
  batch: BatcherSettings
  /** When a batch that the store refused is tried again. */
  retry: Backoff
  /** How long `stop` waits for the store with what is still queued, in ms; the gateways keep what it does not store. */
  stopMs: number
  /** Gateways whose acknowledgements and statuses are remembered. */
  maxGateways: number
}

export const INGEST_DEFAULTS: Omit<IngestSettings, 'districts'> = {
  // 5,000 and 100 ms: a batch costs the store about 2 ms, so both latency and its share of the time stay small.
  batch: { flushReadings: 5_000, flushMs: 100, queueReadings: 20_000 },
  retry: { firstMs: 200, maxMs: 30_000 },
  stopMs: 1_500,
  // More than the 200,000 stations of a country.
  maxGateways: 250_000,
}

export interface IngestDeps {
  bus: Pick<MessageBus, 'publish' | 'subscribe'>
  store: Pick<TelemetryStore, 'write'>
  /** The gateway that a device belongs to; undefined for a device that is not registered. */
  ownerOf: (device: string) => string | undefined
  /** Now, in ms since 1970. */
  clock: () => number
  /** In [0, 1). */
  random: () => number
  log: Logger
  metrics: Metrics
  /**
   * Readings of one pack that are durable, before the gateway is told so. Packs may come again and late: the consumer goes
   * by the readings' own times.
   */
  onStored: (readings: readonly Reading[], receivedAtMs: number) => void
  /** What a gateway said of itself. */
  onStatus: (gateway: string, status: GatewayStatus) => void
}

/** The way of readings from the broker into the store, and of the acknowledgement back. */
export interface Ingest {
  /** Subscribes; call it before the bus is started, so that no message kept by the broker finds nobody. */
  start(): void
  /** Stores and acknowledges what was taken, for at most `stopMs`. Before the bus and the store are stopped; may be called twice. */
  stop(): Promise<void>
  /** What gateways said of themselves last. */
  statuses: Pick<GatewayStatuses, 'newest' | 'lastOnline'>
}

/** A checked pack on its way to the store. */
interface Pack {
  address: GatewayAddress
  boot: string
  seq: number
  base: number | undefined
  readings: readonly Reading[]
  receivedAtMs: number
}

export function createIngest(settings: IngestSettings, deps: IngestDeps): Ingest {
  const { bus, store, ownerOf, clock, random, log } = deps
  const givingUp = new AbortController()
  const batcher = createBatcher<Pack>(settings.batch, { write: storeBatch, sizeOf: pack => pack.readings.length })
  const metrics = createIngestMetrics(deps.metrics, batcher.depth)
  const rejections = createRejections({ clock, log, metrics })
  const acks = createAckTracker(settings.maxGateways)
  const ackSender = createAckSender({ bus, clock, log, onSent: () => metrics.acks.inc({}) })
  const statuses = createGatewayStatuses(clock(), settings.maxGateways)
  /** Packs that wait for the store or are with it: as many as the queue holds. */
  const waiting = new Set<string>()

  function takeTelemetry({ topic, payload }: BusMessage): Promise<void> | undefined {
    metrics.messages.inc({ kind: 'telemetry' })
    const parsed = parseTopic(topic)
    if (parsed?.kind !== 'telemetry') {
      rejections.reject({ reason: 'wrong_topic', detail: 'not a telemetry topic', topic })
      return undefined
    }
    const { address } = parsed
    const decoded = decoding(topic, address, () => decodeTelemetry(payload))
    if (decoded === undefined) return undefined
    const { seq, boot, base } = decoded
    // A slow store makes gateways send again what waits here: taken twice it would make the store slower still. The
    // acknowledgement of the first is the second's too.
    const key = packKey(address, boot, seq)
    if (waiting.has(key)) {
      metrics.repeated.inc({})
      return undefined
    }
    waiting.add(key)
    const receivedAtMs = clock()
    // A pack whose records are all bad still goes its way and is acknowledged: sent again it would not be better.
    return batcher.add({
      address,
      boot,
      seq,
      base,
      readings: believable(topic, address, decoded, receivedAtMs),
      receivedAtMs,
    })
  }

  function takeStatus({ topic, payload }: BusMessage): void {
    metrics.messages.inc({ kind: 'status' })
    const parsed = parseTopic(topic)
    if (parsed?.kind !== 'status') {
      rejections.reject({ reason: 'wrong_topic', detail: 'not a status topic', topic })
      return
    }
    const { address } = parsed
    const status = decoding(topic, address, () => decodeJson(gatewayStatusSchema, payload))
    if (status === undefined) return
    const receivedAtMs = clock()
    for (const [reason, added] of statuses.take(address.gateway, { status, receivedAtMs }))
      metrics.gatewayRejected.inc({ reason }, added)
    notify('statuses', () => deps.onStatus(address.gateway, status))
  }

  /** What `decode` gives, or undefined after its error was counted. */
  function decoding<Decoded>(
    ...[topic, { gateway }, decode]: [string, GatewayAddress, () => Decoded]
  ): Decoded | undefined {
    try {
      return decode()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      rejections.reject({ reason: error.code, detail: error.message, topic, gateway })
      return undefined
    }
  }

  /** The readings of a pack that are the gateway's own and of a time that can be believed; the others are counted. */
  function believable(
    ...[topic, { gateway }, decoded, nowMs]: [string, GatewayAddress, DecodedTelemetry, number]
  ): Reading[] {
    const isOwn = (device: string) => ownerOf(device) === gateway
    for (const { reason, detail, device } of decoded.rejected) {
      const known = device !== undefined && isOwn(device) ? device : undefined
      rejections.reject({ reason, detail, topic, gateway, device: known })
    }
    return decoded.readings.filter(({ device, timeMs }) => {
      if (!isOwn(device)) {
        rejections.reject({
          reason: 'unknown_device',
          detail: `${device} is not a device of ${gateway}`,
          topic,
          gateway,
        })
        return false
      }
      const reason = implausibleTime(timeMs, nowMs)
      if (reason === undefined) return true
      rejections.reject({ reason, detail: `time ${timeMs} ms, now ${nowMs} ms`, topic, gateway, device })
      return false
    })
  }

  async function storeBatch(packs: Pack[]): Promise<void> {
    const readings = packs.flatMap(pack => pack.readings)
    const isDurable = await writeUntilDurable(readings)
    for (const { address, boot, seq } of packs) waiting.delete(packKey(address, boot, seq))
    if (!isDurable) return
    metrics.stored.inc({}, readings.length)
    for (const { address, boot, seq, base, readings, receivedAtMs } of packs) {
      if (readings.length > 0) notify('stored readings', () => deps.onStored(readings, receivedAtMs))
      const acked = acks.stored(address.gateway, boot, { seq, base })
      if (acked !== undefined) ackSender.send(address, boot, acked)
    }
  }

  /** True when the readings are durable, false when a stop ended the tries. */
  async function writeUntilDurable(readings: readonly Reading[]): Promise<boolean> {
    const startedAtMs = performance.now()
    for (let attempt = 1; !givingUp.signal.aborted; attempt += 1) {
      try {
        await store.write(readings)
        metrics.batchReadings.observe(readings.length)
        metrics.writeSeconds.observe((performance.now() - startedAtMs) / 1000)
        return true
      } catch (error) {
        metrics.writeFailures.inc({})
        const retryInMs = backoffMs(settings.retry, attempt, random)
        log.error(
          { error: errorText(error), readings: readings.length, attempt, retryInMs },
          'the store refused a batch',
        )
        await pause(retryInMs, givingUp.signal)
      }
    }
    return false
  }

  /** Tells a consumer. What it throws is its own fault and holds nothing up: the readings are stored. */
  function notify(what: string, tell: () => void): void {
    try {
      tell()
    } catch (error) {
      log.error({ error: errorText(error) }, `a consumer of ${what} failed`)
    }
  }

  return {
    statuses,

    start() {
      const districts = settings.districts.length === 0 ? [undefined] : settings.districts
      for (const district of districts) {
        bus.subscribe(filters.telemetry(district), takeTelemetry, { isStream: true })
        bus.subscribe(filters.status(district), takeStatus)
      }
    },

    async stop() {
      await Promise.race([batcher.stop(), pause(settings.stopMs, givingUp.signal)])
      givingUp.abort()
    },
  }
}

function packKey({ district, gateway }: GatewayAddress, boot: string, seq: number): string {
  return `${district}/${gateway}/${boot}/${seq}`
}
