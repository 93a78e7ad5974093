import type { Delivery } from '@harbor/protocol'

/** A delivery as a message: `topic` is the kind of channel, for a switch node; `delivery` stays when `payload` becomes a service's own form. */
export function deliveryMessage(delivery: Delivery): { topic: string; payload: Delivery; delivery: Delivery } {
  return { topic: delivery.channel.kind, payload: delivery, delivery }
}
