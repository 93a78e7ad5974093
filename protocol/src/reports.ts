import { z } from 'zod'
import { districtSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/** A month of the stations' calendar. */
export const monthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month such as 2026-10')

/** A district's report of one month. What it says was fixed when it was made: a later count makes no other report of it. */
export const monthlyReportSchema = z.object({
  district: districtSchema,
  districtNameZh: z.string(),
  districtNameEn: z.string(),
  month: monthSchema,
  madeAt: instantSchema,
  /** Name of the person who asked for it; absent: it was made by schedule. */
  madeBy: z.string().optional(),
})
export type MonthlyReport = z.infer<typeof monthlyReportSchema>

/** GET /api/v1/reports: those of one's districts, newest month first, and whose are mailed to oneself. */
export const monthlyReportListSchema = z
  .object({
    reports: z.array(monthlyReportSchema),
    /** Districts whose report one is sent by mail. */
    mailed: z.array(districtSchema),
    /** Whether there is an address to send to, and a server that sends: /api/v1/tell sets it. */
    hasMail: z.boolean(),
    /** When the next ones are made. */
    nextAt: instantSchema,
  })
  .meta({ id: 'MonthlyReportList' })
export type MonthlyReportList = z.infer<typeof monthlyReportListSchema>

/** PUT /api/v1/reports/mailed: whose reports one is sent from now on. */
export const reportsMailedSchema = z
  .object({ districts: z.array(districtSchema).max(50) })
  .meta({ id: 'ReportsMailed' })
