import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { partSchema, WORK_ORDER_STATES } from './work-orders.ts'

/** For how long a fault has stood: less than an hour, a day, a week, or longer; each begins where the one before ends. */
export const FAULT_AGES = ['underHour', 'underDay', 'underWeek', 'older'] as const
export type FaultAge = (typeof FAULT_AGES)[number]

/** Open orders of a station that its row in the inbox names. */
export const MAX_INBOX_ORDERS = 3

/** A station in trouble: one row of the inbox, whatever the number of its alerts. */
export const troubledStationSchema = z.object({
  station: idSchema,
  nameZh: z.string(),
  nameEn: z.string(),
  district: districtSchema,
  districtNameZh: z.string(),
  districtNameEn: z.string(),
  /** WGS-84. */
  latDeg: z.number(),
  lngDeg: z.number(),
  /** The gravest of its alerts. */
  severity: z.enum(SEVERITIES),
  /** Alerts that the filters leave. */
  alerts: z.int().positive(),
  /** Of these, such that nobody has acknowledged. */
  waiting: z.int().nonnegative(),
  /** When the oldest and the newest of them were raised. */
  oldestAt: instantSchema,
  newestAt: instantSchema,
  /** Its orders that are not closed, what is due first coming first; at most MAX_INBOX_ORDERS. */
  orders: z.array(
    z.object({
      id: z.string(),
      titleZh: z.string(),
      titleEn: z.string(),
      severity: z.enum(SEVERITIES),
      state: z.enum(WORK_ORDER_STATES),
      assigneeName: z.string().optional(),
    }),
  ),
  /** How many orders that are not closed it has in all. */
  openOrders: z.int().nonnegative(),
})
export type TroubledStation = z.infer<typeof troubledStationSchema>

export const inboxSchema = z
  .object({
    at: instantSchema,
    /** The gravest first, of these the one that has waited longest; with `near` the nearest first. */
    stations: z.array(troubledStationSchema),
    /** Stations and alerts that the filters leave, beyond those listed too. */
    totalStations: z.int().nonnegative(),
    totalAlerts: z.int().nonnegative(),
    /** Districts of the caller in which anything is wrong, whatever the filters. */
    districts: z.array(z.object({ district: districtSchema, nameZh: z.string(), nameEn: z.string() })),
  })
  .meta({ id: 'Inbox' })
export type Inbox = z.infer<typeof inboxSchema>

/** GET /api/v1/inbox/map: what is wrong within a part of the map, however many stations that are. */
export const inboxMapSchema = z
  .object({
    at: instantSchema,
    /** Stations drawn as one. */
    clusters: z.array(
      z.object({
        latDeg: z.number(),
        lngDeg: z.number(),
        count: z.int().min(2),
        /** Of these, such with a P0 or P1. */
        grave: z.int().nonnegative(),
        /** The gravest of them. */
        severity: z.enum(SEVERITIES),
        /** At this zoom it comes apart. */
        zoom: z.int(),
      }),
    ),
    pins: z.array(
      troubledStationSchema
        .pick({ station: true, nameZh: true, nameEn: true, latDeg: true, lngDeg: true, severity: true, alerts: true })
        .strip(),
    ),
  })
  .meta({ id: 'InboxMap' })
export type InboxMap = z.infer<typeof inboxMapSchema>

/** A repair that was done before: what helped. */
export const repairSchema = z.object({
  order: z.string(),
  titleZh: z.string(),
  titleEn: z.string(),
  state: z.enum(WORK_ORDER_STATES),
  createdAt: instantSchema,
  doneAt: instantSchema.optional(),
  /** Who did it. */
  byName: z.string().optional(),
  /** What was said to have been done, when it was done last. */
  note: z.string().optional(),
  /** What was built in, less what was taken back. */
  parts: z.array(partSchema.pick({ name: true, quantity: true })).max(20),
  costFen: z.int(),
  /** How often the fault came back within 24 hours. */
  repeats: z.int().nonnegative(),
})
export type Repair = z.infer<typeof repairSchema>

/** GET /api/v1/alerts/{id}/repairs: each list newest first, at most 10. An order is in the first that it belongs to. */
export const repairListSchema = z
  .object({
    /** Of the same fault of the same thing. */
    sameFault: z.array(repairSchema),
    /** Other work on the same appliance. */
    sameAppliance: z.array(repairSchema),
    /** The same fault of another appliance of the same model, in the caller's districts. */
    sameModel: z.array(repairSchema),
  })
  .meta({ id: 'RepairList' })
export type RepairList = z.infer<typeof repairListSchema>
