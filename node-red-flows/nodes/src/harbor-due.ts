import { dueDeliveriesSchema, errorText } from '@harbor/protocol'
import { z } from 'zod'
import { deliveryMessage } from './delivery-message.ts'
import type { RedApi } from './node-red-api.ts'
import { field, parseInput } from './parse-input.ts'
import { errorStatus, registerServerNode } from './server-node.ts'

/** Digests and second tries are not in a hurry (the contract's own advice). */
const DEFAULT_EVERY_S = 15

const configSchema = z.object({ everyS: field(z.coerce.number().min(1).max(300)) })

/** What waited: digests, the end of quiet hours, another try after a fault. One message for each text that is to be sent now. */
export function registerHarborDue(RED: RedApi): void {
  registerServerNode(RED, 'harbor-due', ({ node, config, connection, flow, show }) => {
    const everyMs = (parseInput(configSchema, config).everyS ?? DEFAULT_EVERY_S) * 1_000
    let timer: NodeJS.Timeout | undefined
    let isStopped = false
    let isFaulty = false
    let running: Promise<void> | undefined

    const round = async (): Promise<void> => {
      try {
        const { deliveries } = await connection.ask({
          method: 'POST',
          path: '/api/v1/notify/due',
          answer: dueDeliveriesSchema,
          flow,
        })
        for (const delivery of deliveries) node.send(deliveryMessage(delivery))
        isFaulty = false
        show(undefined)
      } catch (error) {
        // Tried again in the next round; nothing is lost, the server keeps them.
        if (!isStopped) show(errorStatus(errorText(error)))
        if (!isStopped && !isFaulty) node.warn(errorText(error))
        isFaulty = true
      }
      if (!isStopped) timer = setTimeout(run, everyMs)
    }
    const run = () => {
      running = round()
    }
    run()
    return {
      stop: async () => {
        isStopped = true
        clearTimeout(timer)
        await running
      },
    }
  })
}
