import { type GatewayAddress, encodeJson, errorText, topics } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'

/** Publishes acknowledgements, at most one under way for each run of a gateway; a newer one replaces what waits behind it. */
export interface AckSender {
  send(address: GatewayAddress, boot: string, seq: number): void
}

export interface AckSenderDeps {
  bus: Pick<MessageBus, 'publish'>
  /** Now, in ms since 1970: each acknowledgement says it, for gateways whose clock is not right yet. */
  clock: () => number
  log: Logger
  /** Called once for each acknowledgement that the broker took. */
  onSent: () => void
}

export function createAckSender({ bus, clock, log, onSent }: AckSenderDeps): AckSender {
  /** Runs with a publish under way, and the number to publish after it. Cleared by its answer, so as large as what the bus holds. */
  const underWay = new Map<string, { next: number | undefined }>()

  async function publish(address: GatewayAddress, boot: string, seq: number): Promise<void> {
    try {
      await bus.publish(topics.ack(address), encodeJson({ boot, seq, atMs: clock() }))
      onSent()
    } catch (error) {
      // Not sent is safe: the gateway sends its packs again and is answered then.
      log.debug({ gateway: address.gateway, error: errorText(error) }, 'acknowledgement not sent')
    }
    const key = `${address.gateway}/${boot}`
    const next = underWay.get(key)?.next
    underWay.delete(key)
    if (next !== undefined) sender.send(address, boot, next)
  }

  const sender: AckSender = {
    send(address, boot, seq) {
      const key = `${address.gateway}/${boot}`
      const ahead = underWay.get(key)
      if (ahead !== undefined) {
        ahead.next = Math.max(seq, ahead.next ?? 0)
        return
      }
      underWay.set(key, { next: undefined })
      void publish(address, boot, seq)
    },
  }
  return sender
}
