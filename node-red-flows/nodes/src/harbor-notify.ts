import {
  ROLES,
  SEVERITIES,
  idSchema,
  notifyAnswerSchema,
  notifyRequestSchema,
  regionCodeSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { deliveryMessage } from './delivery-message.ts'
import type { RedApi } from './node-red-api.ts'
import { field, listField, parseInput } from './parse-input.ts'
import { registerServerNode } from './server-node.ts'

const configSchema = z.object({
  roles: listField(z.enum(ROLES)),
  region: field(regionCodeSchema),
  severity: field(z.enum(SEVERITIES)),
  kind: field(idSchema),
  url: field(notifyRequestSchema.shape.url),
})
const payloadSchema = z.object({ payload: z.record(z.string(), z.unknown()) })
const requestSchema = z.object({ payload: notifyRequestSchema })

/**
 * Has people told, by role and region. First output: what became of it; second output: one message for each text that Node-RED is to send itself now, to a
 * group's robot or a phone.
 */
export function registerHarborNotify(RED: RedApi): void {
  registerServerNode(RED, 'harbor-notify', ({ config, connection, flow }) => {
    const { roles, region, ...set } = parseInput(configSchema, config)
    const presets = { ...set, ...(roles.length > 0 && { to: { roles, ...(region !== undefined && { region }) } }) }
    return {
      async onInput(message, send) {
        const { payload: said } = parseInput(payloadSchema, message)
        const { payload: body } = parseInput(requestSchema, { payload: { ...presets, ...said } })
        const answer = await connection.ask({
          method: 'POST',
          path: '/api/v1/notify',
          body,
          answer: notifyAnswerSchema,
          flow,
        })
        const { deliveries, ...told } = answer
        send([
          { ...message, payload: told },
          deliveries.map(delivery => ({ ...message, ...deliveryMessage(delivery) })),
        ])
      },
    }
  })
}
