import { METRIC_NAMES, idSchema, stationDetailSchema, telemetrySchema } from '@harbor/protocol'
import { z } from 'zod'
import type { RedApi } from './node-red-api.ts'
import { field, parseInput } from './parse-input.ts'
import { registerServerNode } from './server-node.ts'

const metricSchema = z.enum(METRIC_NAMES as [string, ...string[]])
const timeSchema = z.string().min(1).max(40)

const configSchema = z.object({
  mode: z.enum(['newest', 'series']).default('newest'),
  station: field(idSchema),
  metric: field(metricSchema),
  from: field(timeSchema),
  to: field(timeSchema),
  every: field(timeSchema),
})
const messageSchema = z.object({
  station: idSchema.optional(),
  metric: metricSchema.optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  every: timeSchema.optional(),
})
const newestSchema = z.object({ station: idSchema, metric: metricSchema.optional() })
const seriesSchema = messageSchema.required({ station: true, metric: true })

/** The newest values of a station, or the history of one metric there. What the message says stands above the dialog. */
export function registerHarborTelemetry(RED: RedApi): void {
  registerServerNode(RED, 'harbor-telemetry', ({ config, connection }) => {
    const { mode, ...set } = parseInput(configSchema, config)
    return {
      async onInput(message, send) {
        const asked = { ...set, ...parseInput(messageSchema, message) }
        if (mode === 'newest') {
          const { station, metric } = parseInput(newestSchema, asked)
          const path = `/api/v1/stations/${station}`
          const { readings } = await connection.ask({ method: 'GET', path, answer: stationDetailSchema })
          send({ ...message, payload: readings.filter(reading => metric === undefined || reading.metric === metric) })
          return
        }
        const { station, ...query } = parseInput(seriesSchema, asked)
        const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
        const path = `/api/v1/stations/${station}/telemetry?${new URLSearchParams(given)}`
        send({ ...message, payload: await connection.ask({ method: 'GET', path, answer: telemetrySchema }) })
      },
    }
  })
}
