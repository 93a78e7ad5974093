import {
  ProtocolError,
  configReportedSchema,
  decodeJson,
  errorText,
  filters,
  parseTopic,
  topics,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import type { BusMessage, MessageBus } from '../bus/message-bus.ts'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { ConfigBook } from './config-book.ts'

/** Gateways looked up in one go. */
const PAGE = 100
/** One line a minute about one gateway. */
const LOG_LIMITS = { everyMs: 60_000, maxKeys: 10_000 }

export interface ConfigSyncDeps {
  bus: Pick<MessageBus, 'publish' | 'subscribe' | 'onConnect'>
  book: Pick<ConfigBook, 'latest' | 'reported' | 'pending'>
  /** Districts this process serves; empty: all. */
  districts: readonly string[]
  /** Devices of a gateway were given up. */
  onDevicesChanged: (gateway: string) => Promise<void>
  nowMs: () => number
  log: Logger
}

/** Keeps what gateways run in step with what they are to run: says it until they have answered, and hears the answers. */
export interface ConfigSync {
  /** Subscribes; call it before the bus is started. */
  start: () => void
  stop: () => void
  /** A gateway was given a config. */
  changed: (gateway: string) => void
}

export function createConfigSync({ bus, book, districts, onDevicesChanged, nowMs, log }: ConfigSyncDeps): ConfigSync {
  const limiter = createLogLimiter(LOG_LIMITS, nowMs)
  let isStopped = false
  let isSweeping = false

  const publish = async (gateway: string): Promise<void> => {
    const config = await book.latest(gateway)
    if (config === undefined || isStopped) return
    const { district } = config.document
    const jws = new TextEncoder().encode(config.jws)
    // Retained: a gateway that is away finds it when it comes.
    await bus.publish(topics.configDesired({ district, gateway }), jws, { retain: true })
  }

  const publishSoon = (gateway: string): void => {
    publish(gateway).catch((error: unknown) => {
      // The next connection says it again.
      log.warn({ gateway, error: errorText(error) }, 'a config could not be published')
    })
  }

  /** Each connection may be to a broker that has lost what it kept. */
  const sweep = async (): Promise<void> => {
    if (isSweeping) return
    isSweeping = true
    try {
      let after = ''
      for (;;) {
        const pending = await book.pending(after, PAGE)
        for (const gateway of pending) await publish(gateway)
        const last = pending.at(-1)
        if (last === undefined || isStopped) return
        after = last
      }
    } catch (error) {
      log.warn({ error: errorText(error) }, 'publishing configs failed, the next connection tries again')
    } finally {
      isSweeping = false
    }
  }

  const takeReport = async ({ topic, payload }: BusMessage): Promise<void> => {
    const parsed = parseTopic(topic)
    if (parsed?.kind !== 'config-reported') return
    const { gateway, district } = parsed.address
    try {
      const report = decodeJson(configReportedSchema, payload)
      const latest = await book.latest(gateway)
      // Of a place that the gateway has left, or never had.
      if (latest !== undefined && latest.document.district !== district) return
      if (report.state === 'refused' && limiter.admit(gateway) !== undefined) {
        log.warn({ audit: 'config-refused', gateway, version: report.version, reason: report.reason }, 'config refused')
      }
      if (await book.reported(gateway, report)) await onDevicesChanged(gateway)
      // It runs, or was offered, something else: what it is to run is said again. A refusal of just that stands.
      if (latest !== undefined && latest.document.version !== report.version) publishSoon(gateway)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (limiter.admit(gateway) === undefined) return
      log.warn({ gateway, reason: error.code, detail: error.message }, "a gateway's report cannot be read")
    }
  }

  return {
    start: () => {
      for (const district of districts.length === 0 ? [undefined] : districts) {
        bus.subscribe(filters.configReported(district), takeReport)
      }
      bus.onConnect(() => void sweep())
    },
    stop: () => {
      isStopped = true
    },
    changed: publishSoon,
  }
}
