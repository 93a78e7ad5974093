import { z } from 'zod'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'

/** The gravest first. */
export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const

/** `suppressed`: explained by a cause above it (`suppression` says which), so nobody is asked to act on it. */
export const ALERT_STATES = ['raised', 'acknowledged', 'suppressed', 'resolved'] as const

/** What is at fault: an appliance, a plug or sensor, or the station itself (its power, its gateway, its room). */
export const ALERT_SCOPES = ['appliance', 'device', 'station'] as const

/**
 * What explains other faults, the one that explains most first. `station_closed`: closed for rebuilding; `maintenance`: a window
 * that somebody opened; `plug_off`: switched off by a command or its button.
 */
export const CAUSE_KINDS = ['station_closed', 'maintenance', 'mains_failure', 'gateway_offline', 'plug_off'] as const
export type CauseKind = (typeof CAUSE_KINDS)[number]

/** What the rule saw when it raised the alert: enough to draw the trace, the threshold and the moment, and to say what is usual. */
export const evidenceSchema = z.object({
  /** Whose readings it is about; absent when it is about several devices, or a gateway. */
  device: idSchema.optional(),
  /** Several devices that share the fault, at most 100. */
  devices: z.array(idSchema).max(100).optional(),
  /** The metric that was read. */
  metric: z.string(),
  /**
   * What was reckoned from the readings, when the numbers below are not the metric's own values: `duty` (share of the time in
   * which it ran), `silence` (how long nothing was heard), `silent_share` (share of the devices that fell silent), … Absent:
   * the metric itself.
   */
  quantity: z.string().optional().meta({ example: 'duty' }),
  /** Of `threshold`, `observed` and `norm`. */
  unit: z.string().optional(),
  /** The limit that was passed, in `unit`. */
  threshold: z.number(),
  /** The value at `to`. */
  observed: z.number(),
  /** What is usual for this very appliance, in `unit`, once it has been watched for long enough. */
  norm: z.number().optional(),
  from: instantSchema,
  to: instantSchema,
})
export type Evidence = z.infer<typeof evidenceSchema>

/** Why nobody is asked to act on an alert. */
export const suppressionSchema = z.object({
  cause: z.enum(CAUSE_KINDS),
  since: instantSchema,
  /** The alert of the cause itself, when there is one. */
  alert: z.string().optional(),
  /** The maintenance window. */
  window: z.string().optional(),
})

/** Until when nobody is told of an alert again. It stays in the list. */
export const silenceSchema = z.object({
  since: instantSchema,
  until: instantSchema,
  /** Who did it; absent: the system, because the fault comes and goes (`isFlapping`). */
  by: z.string().optional(),
  reason: z.string().optional(),
  isFlapping: z.boolean(),
})

export const alertViewSchema = z
  .object({
    id: z.string(),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    scope: z.enum(ALERT_SCOPES),
    /** The appliance at fault, or the one that the device at fault is on. */
    appliance: idSchema.optional(),
    applianceKind: z.enum(APPLIANCE_KINDS).optional(),
    /** The device at fault. */
    device: idSchema.optional(),
    rule: z.string().meta({ example: 'fridge_too_warm' }),
    ruleVersion: z.int().positive(),
    severity: z.enum(SEVERITIES),
    state: z.enum(ALERT_STATES),
    raisedAt: instantSchema,
    acknowledgedAt: instantSchema.optional(),
    acknowledgedBy: z.string().optional(),
    resolvedAt: instantSchema.optional(),
    suppression: suppressionSchema.optional(),
    silence: silenceSchema.optional(),
    /** How often it has changed: of two views of one alert the higher is the newer. */
    revision: z.int().positive(),
    evidence: evidenceSchema,
  })
  .meta({ id: 'Alert' })
export type AlertView = z.infer<typeof alertViewSchema>

export const alertListSchema = z
  .object({
    at: instantSchema,
    alerts: z.array(alertViewSchema),
    /** Ask again with `after` set to this for the alerts that follow; absent: there are none. */
    next: z.string().optional(),
  })
  .meta({ id: 'AlertList' })
export type AlertList = z.infer<typeof alertListSchema>

/**
 * What happened to an alert. `reopened`: the fault came back soon after it had been resolved; `escalated`: the fault grew worse;
 * `suppressed` and `unsuppressed`: a cause explains it, or no longer does; `flapping`: it comes and goes, and is muted; `commented`: `reason` is a remark.
 */
export const ALERT_CHANGES = [
  'raised',
  'reopened',
  'escalated',
  'acknowledged',
  'resolved',
  'suppressed',
  'unsuppressed',
  'silenced',
  'unsilenced',
  'flapping',
  'commented',
] as const
export type AlertChange = (typeof ALERT_CHANGES)[number]

/** One step in the life of an alert. */
export const alertTransitionSchema = z.object({
  seq: z.int().positive(),
  change: z.enum(ALERT_CHANGES),
  at: instantSchema,
  /** Who did it; absent: the system. */
  by: z.string().optional(),
  severity: z.enum(SEVERITIES).optional(),
  reason: z.string().optional(),
  until: instantSchema.optional(),
  cause: z.enum(CAUSE_KINDS).optional(),
  /** Of `acknowledged`: the order that somebody accepted, and with it the alert. */
  workOrder: z.string().optional(),
})
export type AlertTransition = z.infer<typeof alertTransitionSchema>

/** One alert with its whole life. */
export const alertDetailSchema = alertViewSchema
  .extend({
    /** Oldest first; at most the last 500. */
    history: z.array(alertTransitionSchema),
    /** Other alerts of the same thing at fault and the same rule, newest first, at most 10. */
    earlier: z.array(alertViewSchema),
    /** Alerts that this one explains, newest first, at most 100. */
    explains: z.array(alertViewSchema),
  })
  .meta({ id: 'AlertDetail' })
export type AlertDetail = z.infer<typeof alertDetailSchema>

/** Why somebody keeps others from being told. */
const reasonSchema = z.string().trim().min(1).max(300)

export const silenceRequestSchema = z.object({ until: instantSchema, reason: reasonSchema })
export type SilenceRequest = z.infer<typeof silenceRequestSchema>

const sentenceSchema = z.object({ zh: z.string(), en: z.string() })

/** A rule that alerts are raised by, in the words of people. */
export const ruleViewSchema = z
  .object({
    id: z.string(),
    version: z.int().positive(),
    scope: z.enum(ALERT_SCOPES),
    /** The kind of appliance it watches; absent: any, or none. */
    applianceKind: z.enum(APPLIANCE_KINDS).optional(),
    nameZh: z.string(),
    nameEn: z.string(),
    severity: z.enum(SEVERITIES),
    /** What to look at before anything is ordered or taken apart, most likely cause first. */
    checkFirst: z.array(sentenceSchema),
    /** Where its numbers come from. */
    source: z.string(),
  })
  .meta({ id: 'Rule' })
export type RuleView = z.infer<typeof ruleViewSchema>

export const ruleListSchema = z.object({ rules: z.array(ruleViewSchema) }).meta({ id: 'RuleList' })
export type RuleList = z.infer<typeof ruleListSchema>

/** What is set apart of a rule for one appliance. */
export const applianceRuleSettingSchema = z.object({
  timeScale: z.number(),
  numbers: z.record(z.string(), z.number()).optional(),
})

/** A rule as it holds for one appliance. */
export const applianceRuleSchema = z
  .object({
    rule: z.string(),
    version: z.int().positive(),
    nameZh: z.string(),
    nameEn: z.string(),
    /** On trial: it raises nothing yet. */
    isLive: z.boolean(),
    /** The numbers as the catalogue has them, by their path; durations are in ms. */
    numbers: z.record(z.string(), z.number()),
    /** What its model has apart. */
    ofModel: applianceRuleSettingSchema.optional(),
    /** What it has apart itself; it stands above its model's. */
    own: applianceRuleSettingSchema.optional(),
  })
  .meta({ id: 'ApplianceRule' })
export type ApplianceRule = z.infer<typeof applianceRuleSchema>

export const applianceRulesSchema = z
  .object({
    appliance: idSchema,
    rules: z.array(applianceRuleSchema),
    /** Who changed what, newest first, at most 100. */
    changes: z.array(
      z.object({
        rule: z.string(),
        at: instantSchema,
        by: z.string(),
        reason: z.string(),
        /** Absent: taken back. */
        set: applianceRuleSettingSchema.optional(),
      }),
    ),
  })
  .meta({ id: 'ApplianceRules' })
export type ApplianceRules = z.infer<typeof applianceRulesSchema>

/** Sets numbers of a rule apart for one appliance, or takes back what was set: without `timeScale` and `numbers`. */
export const applianceRuleRequestSchema = z.object({
  timeScale: z.number().positive().max(10_000).optional(),
  numbers: z.record(z.string().regex(/^[A-Za-z0-9.]{1,80}$/), z.number()).optional(),
  reason: z.string().trim().min(1).max(200),
})

/**
 * A span in which faults of an appliance, or of a whole station, are expected: they are kept, and told only if they still stand
 * when it ends.
 */
export const maintenanceSchema = z
  .object({
    id: z.string(),
    station: idSchema,
    /** Absent: the whole station. */
    appliance: idSchema.optional(),
    from: instantSchema,
    to: instantSchema,
    reason: z.string(),
    createdAt: instantSchema,
    createdBy: z.string(),
    /** When somebody ended or took it back, before `to`. */
    endedAt: instantSchema.optional(),
    endedBy: z.string().optional(),
  })
  .meta({ id: 'Maintenance' })
export type Maintenance = z.infer<typeof maintenanceSchema>

export const maintenanceListSchema = z
  .object({ at: instantSchema, windows: z.array(maintenanceSchema) })
  .meta({ id: 'MaintenanceList' })
export type MaintenanceList = z.infer<typeof maintenanceListSchema>

export const maintenanceRequestSchema = z.object({
  station: idSchema,
  appliance: idSchema.optional(),
  from: instantSchema,
  to: instantSchema,
  reason: reasonSchema,
})
export type MaintenanceRequest = z.infer<typeof maintenanceRequestSchema>

export const maintenanceChangeSchema = z
  .object({ from: instantSchema, to: instantSchema, reason: reasonSchema })
  .partial()
export type MaintenanceChange = z.infer<typeof maintenanceChangeSchema>
