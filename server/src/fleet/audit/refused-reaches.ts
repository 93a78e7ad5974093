import { ProtocolError, brokerRefusalSchema, decodeJson, topics } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../../bus/message-bus.ts'
import { createLogLimiter } from '../../metrics/log-limiter.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from './record-fleet-act.ts'

/** The same gateway refused for the same reason is written down once in this time: one that runs wild may not fill the record. */
const EVERY_MS = 60 * 60_000
const MAX_GATEWAYS = 5_000

export interface RefusedReachesDeps {
  db: RegistryDb
  bus: Pick<MessageBus, 'subscribe'>
  nowMs: () => number
  log: Logger
}

/** Keeps in the fleet's record what the broker refused a gateway: to hear or to speak in another's name. */
export function recordRefusedReaches({ db, bus, nowMs, log }: RefusedReachesDeps): void {
  const limiter = createLogLimiter({ everyMs: EVERY_MS, maxKeys: MAX_GATEWAYS }, nowMs)
  bus.subscribe(topics.brokerRefusals, async ({ payload }) => {
    try {
      const { gateway, reason, detail } = decodeJson(brokerRefusalSchema, payload)
      const before = limiter.admit(`${gateway} ${reason}`)
      if (before === undefined) return
      await db.transaction().execute(tx =>
        recordFleetAct(tx, {
          act: 'reach-refused',
          atMs: nowMs(),
          by: 'box',
          gateway,
          detail: { reason, topic: detail, ...(before > 0 && { timesBefore: before }) },
        }),
      )
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      log.warn({ problem: error.message }, 'the broker told of a refusal that cannot be read')
    }
  })
}
