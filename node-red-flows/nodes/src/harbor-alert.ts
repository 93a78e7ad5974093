import { alertCommentSchema, alertViewSchema } from '@harbor/protocol'
import { z } from 'zod'
import type { NodeMessage, RedApi } from './node-red-api.ts'
import { field, parseInput } from './parse-input.ts'
import { registerServerNode } from './server-node.ts'

const ALERT_ACTIONS = ['acknowledge', 'silence', 'comment'] as const
/** The server's own limit: 30 days. */
const MAX_SILENCE_MINUTES = 30 * 24 * 60

const minutesSchema = z.coerce.number().int().min(1).max(MAX_SILENCE_MINUTES)
const textSchema = alertCommentSchema.shape.text
const alertIdSchema = z.string().regex(/^[\w-]{1,100}$/, 'expected the id of an alert')

const configSchema = z.object({
  action: field(z.enum(ALERT_ACTIONS)),
  minutes: field(minutesSchema),
  text: field(textSchema),
})
const messageSchema = z.object({
  action: z.enum(ALERT_ACTIONS).optional(),
  minutes: minutesSchema.optional(),
  text: textSchema.optional(),
})
const actSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('acknowledge'), alert: alertIdSchema }),
  z.object({ action: z.literal('silence'), alert: alertIdSchema, minutes: minutesSchema, text: textSchema }),
  z.object({ action: z.literal('comment'), alert: alertIdSchema, text: textSchema }),
])

/** Acknowledges, silences or comments an alert; passes on the alert as it then is. */
export function registerHarborAlert(RED: RedApi): void {
  registerServerNode(RED, 'harbor-alert', ({ config, connection, flow }) => {
    const set = parseInput(configSchema, config)
    return {
      async onInput(message, send) {
        const act = parseInput(actSchema, { ...set, ...parseInput(messageSchema, message), alert: alertOf(message) })
        const base = `/api/v1/alerts/${act.alert}`
        const payload = await connection.ask({
          method: 'POST',
          path: `${base}/${act.action}`,
          ...bodyOf(act),
          answer: alertViewSchema,
          flow,
        })
        send({ ...message, payload })
      },
    }
  })
}

function bodyOf(act: z.output<typeof actSchema>): { body?: unknown } {
  switch (act.action) {
    case 'acknowledge':
      return {}
    case 'silence':
      return { body: { until: new Date(Date.now() + act.minutes * 60_000).toISOString(), reason: act.text } }
    case 'comment':
      return { body: { text: act.text } }
  }
}

/** Named by the flow, or the one that the event is about. */
function alertOf(message: NodeMessage): unknown {
  const fromEvent = z
    .object({ event: z.object({ kind: z.string().startsWith('alert-'), subject: z.string() }) })
    .safeParse(message)
  return message['alert'] ?? (fromEvent.success ? fromEvent.data.event.subject : undefined)
}
