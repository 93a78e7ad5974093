import { z } from 'zod'
import { districtSchema, gatewayIdSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/**
 * What was done to the fleet, by whom and when: rows are added and never changed. Routes, for hardware and administrator:
 *
 * GET /api/v1/fleet/audit?gateway=&station=&act=&by=&before=&limit= gives FleetAuditPage, newest first. It has only what lies within
 * the asker's districts; what belongs to no place (a token that nobody made) is for those who see the whole city.
 * GET /api/v1/fleet/gateways/{gateway}/audit?before=&limit= gives FleetAuditPage of one gateway.
 */
export const FLEET_ACTS = [
  'profile-saved',
  'token-made',
  'batch-made',
  'batch-revoked',
  'claimed',
  'claim-refused',
  'config-issued',
  'config-applied',
  'config-refused',
  'device-adopted',
  'gateway-tagged',
  'bundle-made',
  'firmware-added',
  'firmware-removed',
  'rollout-made',
  'rollout-started',
  'rollout-paused',
  'rollout-resumed',
  'rollout-aborted',
  'rollout-stage',
  'rollout-gateway',
  'rollout-stopped',
  'rollout-rolled-back',
  'rollout-done',
  'reach-refused',
  'relay-tested',
  'gateway-accepted',
] as const
export type FleetAct = (typeof FLEET_ACTS)[number]

/** Facts of an act, by name: ids, versions, counts, reasons. Never a secret; of a claim token its first letters alone. */
export const fleetActDetailSchema = z.record(
  z.string().max(40),
  z.union([z.string().max(500), z.number(), z.boolean()]),
)
export type FleetActDetail = z.infer<typeof fleetActDetailSchema>

/** One act. */
export const fleetAuditRowSchema = z
  .object({
    /** Its place in the record; grows. */
    seq: z.int().positive(),
    at: instantSchema,
    act: z.enum(FLEET_ACTS),
    /** A login; `server`: this system by itself; `box`: a box with a claim token, or a gateway. */
    by: z.string(),
    gateway: gatewayIdSchema.optional(),
    station: idSchema.optional(),
    district: districtSchema.optional(),
    detail: fleetActDetailSchema,
  })
  .meta({ id: 'FleetAuditRow' })
export type FleetAuditRow = z.infer<typeof fleetAuditRowSchema>

/** Rows of one page at most. */
export const MAX_AUDIT_ROWS = 500

const page = {
  /** Only rows whose `seq` is below: that of the last row of the page before. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_AUDIT_ROWS).default(100),
}

/** GET /api/v1/fleet/gateways/{gateway}/audit */
export const gatewayAuditQuerySchema = z.object(page)

/** GET /api/v1/fleet/audit */
export const fleetAuditQuerySchema = z.object({
  gateway: gatewayIdSchema.optional(),
  station: idSchema.optional(),
  act: z.enum(FLEET_ACTS).optional(),
  by: z.string().max(80).optional(),
  ...page,
})
export type FleetAuditQuery = z.infer<typeof fleetAuditQuerySchema>

export const fleetAuditPageSchema = z
  .object({
    rows: z.array(fleetAuditRowSchema),
    /** Give it as `before` for the next page; absent: this was the last. */
    next: z.int().positive().optional(),
  })
  .meta({ id: 'FleetAuditPage' })
export type FleetAuditPage = z.infer<typeof fleetAuditPageSchema>
