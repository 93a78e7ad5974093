import { ProtocolError, cardCheckInSchema, decodeJson, filters, parseTopic } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'
import type { CheckIns } from './check-ins.ts'

/** A fault of one gateway's messages is said once in this time. */
const LOG_EVERY_MS = 60_000

export interface CardListenerDeps {
  bus: Pick<MessageBus, 'subscribe'>
  /** Districts this process serves; empty: all. */
  districts: readonly string[]
  checkIns: Pick<CheckIns, 'byCard'>
  nowMs: () => number
  log: Logger
}

/** Hears of cards at gateways' readers. Subscribe before the bus is started. */
export function listenForCards({ bus, districts, checkIns, nowMs, log }: CardListenerDeps): void {
  let loggedAtMs = Number.NEGATIVE_INFINITY
  const warn = (gateway: string, reason: string) => {
    if (nowMs() - loggedAtMs < LOG_EVERY_MS) return
    loggedAtMs = nowMs()
    log.warn({ gateway, reason }, 'a check-in was refused')
  }
  for (const filter of districts.length === 0 ? [filters.checkIns()] : districts.map(filters.checkIns)) {
    bus.subscribe(filter, async ({ topic, payload }) => {
      const parsed = parseTopic(topic)
      if (parsed?.kind !== 'check-in') return
      try {
        await checkIns.byCard(parsed.address, decodeJson(cardCheckInSchema, payload))
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        warn(parsed.address.gateway, error.code)
      }
    })
  }
}
