import { z } from 'zod'
import { COMMAND_STATES } from './command-api.ts'
import { districtSchema, gatewayIdSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { METRIC_NAMES } from './metrics.ts'
import { APPLIANCE_KINDS, VENDORS } from './registry.ts'

/**
 * A gateway just flashed, watched on the bench until all of it is green, and accepted. For hardware and administrator:
 *
 * GET /api/v1/fleet/gateways/{gateway}/bench gives BenchView. Ask every 2 s; the socket event `twin` says sooner that something changed.
 * POST /api/v1/fleet/gateways/{gateway}/bench/relay-test takes relayTestSchema, answers 201 Command: the relay is switched; the view's
 * `relay` says what came of it. 409 `conflict` where the device has no relay that may be switched.
 * POST /api/v1/fleet/gateways/{gateway}/bench/accept takes acceptSchema, answers 201 BenchView. 409 `conflict` where a line is not green and
 * `exceptions` does not say why it is accepted all the same.
 * GET /api/v1/fleet/gateways/{gateway}/bench/sheet.pdf?lang=zh|en gives the sheet: of the last acceptance, or of now where there is none.
 */

export const BENCH_MARKS = ['green', 'red', 'waiting'] as const
export type BenchMark = (typeof BENCH_MARKS)[number]

/** `claimed`: a box has its identity; `online`: it is connected; `config`: it runs its newest config; `clock`; `outbox`: nothing waits. */
export const BENCH_CHECKS = ['claimed', 'online', 'config', 'clock', 'outbox'] as const
export type BenchCheck = (typeof BENCH_CHECKS)[number]

/** A metric as it was decoded last. */
const benchMetricSchema = z.object({
  metric: z.enum(METRIC_NAMES as [string, ...string[]]),
  unit: z.string().optional(),
  value: z.number(),
  at: instantSchema,
  ageMs: z.int().nonnegative(),
})

/** One device of the config. */
export const benchDeviceSchema = z.object({
  device: idSchema,
  vendor: z.enum(VENDORS),
  address: z.string(),
  appliance: idSchema.optional(),
  applianceKind: z.enum(APPLIANCE_KINDS).optional(),
  /** Green: heard within 10 minutes, decoded, and its relay tested where it has one that may be switched. Red: it was heard, and is no more; or its relay test failed. */
  mark: z.enum(BENCH_MARKS),
  heardAt: instantSchema.optional(),
  metrics: z.array(benchMetricSchema),
  /** Absent: it has no relay that may be switched. */
  relay: z
    .object({
      mark: z.enum(BENCH_MARKS),
      /** The newest command since the box was claimed. */
      command: idSchema.optional(),
      state: z.enum(COMMAND_STATES).optional(),
      reason: z.string().optional(),
      at: instantSchema.optional(),
      by: z.string().optional(),
    })
    .optional(),
})
export type BenchDevice = z.infer<typeof benchDeviceSchema>

/** The acceptance of a gateway. */
export const acceptanceSchema = z.object({
  at: instantSchema,
  by: z.string(),
  byName: z.string(),
  note: z.string(),
  /** Why it was accepted though not all was green. */
  exceptions: z.string().optional(),
})
export type Acceptance = z.infer<typeof acceptanceSchema>

export const benchViewSchema = z
  .object({
    gateway: gatewayIdSchema,
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    at: instantSchema,
    /** Green: all of it is. Red: something is. */
    mark: z.enum(BENCH_MARKS),
    checks: z.array(
      z.object({
        check: z.enum(BENCH_CHECKS),
        mark: z.enum(BENCH_MARKS),
        at: instantSchema.optional(),
        /** For people, in English: a version, an offset, the gateway's reason. */
        detail: z.string().optional(),
      }),
    ),
    devices: z.array(benchDeviceSchema),
    configVersion: z.int().positive().optional(),
    software: z.string().optional(),
    hardware: z.object({ model: z.string().optional(), serial: z.string().optional() }).optional(),
    /** The last since the box was claimed. */
    acceptance: acceptanceSchema.optional(),
  })
  .meta({ id: 'Bench' })
export type BenchView = z.infer<typeof benchViewSchema>

/** POST …/bench/relay-test */
export const relayTestSchema = z.strictObject({ device: idSchema, action: z.enum(['relay-on', 'relay-off']) })

/** POST …/bench/accept */
export const acceptSchema = z.strictObject({
  note: z.string().trim().max(500).default(''),
  exceptions: z.string().trim().min(1).max(500).optional(),
})
export type AcceptRequest = z.infer<typeof acceptSchema>
