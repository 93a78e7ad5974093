import { z } from 'zod'
import { instantSchema } from './instant.ts'
import { districtSchema, idSchema } from './ids.ts'
import { COMMAND_ACTIONS, gatewayStatusSchema } from './messages.ts'

/** What a member of staff asks of a device. */
export const commandRequestSchema = z.strictObject({ action: z.enum(COMMAND_ACTIONS) })

/**
 * `sent`: the gateway has not answered yet; `done`, `refused`, `failed`: its answer; `expired`: it did not answer in time and
 * will refuse it if it still hears of it.
 */
export const COMMAND_STATES = ['sent', 'done', 'refused', 'failed', 'expired'] as const

/** A command and what became of it. */
export const commandViewSchema = z
  .object({
    id: idSchema,
    device: idSchema,
    station: idSchema,
    district: districtSchema,
    action: z.enum(COMMAND_ACTIONS),
    state: z.enum(COMMAND_STATES),
    /** Why it was refused or failed. */
    reason: z.string().optional(),
    requestedBy: z.string(),
    requestedAt: instantSchema,
    /** Until then the gateway runs it. */
    expiresAt: instantSchema,
    finishedAt: instantSchema.optional(),
  })
  .meta({ id: 'Command' })
export type CommandView = z.infer<typeof commandViewSchema>

export const commandListSchema = z.object({ commands: z.array(commandViewSchema) }).meta({ id: 'CommandList' })

/** A gateway as staff see it. */
export const gatewayViewSchema = z
  .object({
    id: idSchema,
    station: idSchema,
    district: districtSchema,
    online: z.boolean(),
    /** When it was heard last; absent: not since the server's start. */
    heardAt: instantSchema.optional(),
    /** What it said of itself last while it was online. */
    status: gatewayStatusSchema.optional(),
  })
  .meta({ id: 'Gateway' })
export type GatewayView = z.infer<typeof gatewayViewSchema>
