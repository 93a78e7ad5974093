import { deliveryResultSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import type { RedApi } from './node-red-api.ts'
import { parseInput } from './parse-input.ts'
import { registerServerNode } from './server-node.ts'

const MAX_REASON_CHARS = 300

const messageSchema = z.object({
  delivery: z.object({ id: idSchema }),
  state: deliveryResultSchema.shape.state.optional(),
  reason: z.string().optional(),
  /** As a Catch node adds it. */
  error: z.object({ message: z.string() }).optional(),
})

/** Tells the server what became of a delivery: `state` of the message; without one `failed` if a Catch node sent it, else `delivered`. */
export function registerHarborDelivered(RED: RedApi): void {
  registerServerNode(RED, 'harbor-delivered', ({ connection, flow }) => ({
    async onInput(message, send) {
      const { delivery, state: said, reason: given, error } = parseInput(messageSchema, message)
      const state = said ?? (error === undefined ? 'delivered' : 'failed')
      const reason = (given ?? error?.message)?.slice(0, MAX_REASON_CHARS)
      await connection.tell({
        method: 'PUT',
        path: `/api/v1/notify/deliveries/${delivery.id}`,
        body: { state, ...(reason !== undefined && { reason }) },
        flow,
      })
      send({ ...message, payload: { id: delivery.id, state, ...(reason !== undefined && { reason }) } })
    },
  }))
}
