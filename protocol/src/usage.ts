import { z } from 'zod'
import { OPENING_ABSENCES } from './rota.ts'
import { districtSchema, idSchema, regionCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { dateSchema } from './opening-plan.ts'
import { EDITABLE_FIGURES, USAGE_DOUBTS, USAGE_FIGURES } from './usage-figures.ts'

/** What a period's use is split by. */
export const USAGE_GROUPS = ['none', 'station', 'street', 'district', 'host_kind', 'day', 'week', 'month'] as const
export type UsageGroup = (typeof USAGE_GROUPS)[number]

/** What a period is held against: as many days right before it, or the same dates a year before. */
export const USAGE_COMPARISONS = ['none', 'previous', 'last_year'] as const

/** Rows that one answer has at most. */
export const MAX_USAGE_ROWS = 5_000

/** A figure with how sure it is. */
export const usageValueSchema = z.object({
  value: z.number(),
  /** The error band (USAGE_DEFINITIONS); what was not observed is not in it: see `coverage`. */
  low: z.number(),
  high: z.number(),
  /** The share of all stations' time for which there were readings to count from; 0 to 1. Nothing is made up for the rest. */
  coverage: z.number().min(0).max(1),
})
export type UsageValue = z.infer<typeof usageValueSchema>

/** What was never observed is absent; that is no zero. */
export const usageFiguresSchema = z.partialRecord(z.enum(USAGE_FIGURES), usageValueSchema)
export type UsageFigures = z.infer<typeof usageFiguresSchema>

/** The hottest it was outdoors; absent fields: not known. */
export const usageWeatherSchema = z.object({ maxTemperatureC: z.number(), source: z.string() })

const namedSchema = z.object({ nameZh: z.string(), nameEn: z.string() })

export const usageRowSchema = z.object({
  /** A station's id, a code, a host kind, or the first day as 2026-07-27; empty: what is of none. */
  key: z.string(),
  ...namedSchema.shape,
  /** Stations in it. */
  stations: z.int().nonnegative(),
  figures: usageFiguresSchema,
  /** The same in the period that it is compared with. */
  before: z.partialRecord(z.enum(USAGE_FIGURES), z.number()).optional(),
  /** Station-days in it that are doubted. */
  doubtfulDays: z.int().nonnegative(),
  /** Station-days in it with a figure set by hand. */
  editedDays: z.int().nonnegative(),
  /** Of rows that are days. */
  weather: usageWeatherSchema.optional(),
  holiday: namedSchema.extend({ kind: z.enum(['holiday', 'make_up_workday']) }).optional(),
})
export type UsageRow = z.infer<typeof usageRowSchema>

/** GET /api/v1/usage?region=&from=2026-10-01&to=2026-10-31&by=street&compare=previous&rank=visits&limit=500. Dates are the stations' own, both included. */
export const usageReportSchema = z
  .object({
    at: instantSchema,
    /** When the newest of it was counted; absent: nothing was yet. */
    countedAt: instantSchema.optional(),
    from: dateSchema,
    to: dateSchema,
    by: z.enum(USAGE_GROUPS),
    region: regionCodeSchema.optional(),
    compare: z.object({ from: dateSchema, to: dateSchema }).optional(),
    total: usageRowSchema,
    /** Greatest of the figure `rank` first; times in their order. At most MAX_USAGE_ROWS. */
    rows: z.array(usageRowSchema),
    /** Rows that there are. */
    of: z.int().nonnegative(),
  })
  .meta({ id: 'UsageReport' })
export type UsageReport = z.infer<typeof usageReportSchema>

/** GET /api/v1/usage/heat-map?region=&from=&to=: hour by weekday. */
export const heatMapSchema = z
  .object({
    at: instantSchema,
    from: dateSchema,
    to: dateSchema,
    region: regionCodeSchema.optional(),
    station: idSchema.optional(),
    /** Monday first, 24 hours each: visits a day of that weekday, all stations of the region together; null: never observed. */
    visits: z.array(z.array(z.number().nonnegative().nullable()).length(24)).length(7),
    /** The same for people inside on average. */
    people: z.array(z.array(z.number().nonnegative().nullable()).length(24)).length(7),
    /** Days with anything observed. */
    days: z.int().nonnegative(),
  })
  .meta({ id: 'UsageHeatMap' })
export type UsageHeatMap = z.infer<typeof heatMapSchema>

/** A figure set by hand; kept for ever. `value` absent: taken back, what was measured counts again. */
export const usageEditSchema = z.object({
  id: z.string(),
  station: idSchema,
  nameZh: z.string(),
  nameEn: z.string(),
  date: dateSchema,
  figure: z.enum(EDITABLE_FIGURES),
  value: z.number().nonnegative().optional(),
  /** What was measured when it was set; absent: nothing was. */
  measured: z.number().nonnegative().optional(),
  reason: z.string(),
  by: z.string(),
  at: instantSchema,
})
export type UsageEdit = z.infer<typeof usageEditSchema>

/** POST /api/v1/usage/edits, managers only. */
export const usageEditAskedSchema = z
  .object({
    station: idSchema,
    date: dateSchema,
    figure: z.enum(EDITABLE_FIGURES),
    /** Absent: takes back what was set. */
    value: z.number().nonnegative().max(100_000).optional(),
    reason: z.string().trim().min(5).max(500),
  })
  .meta({ id: 'UsageEditAsked' })

/** GET /api/v1/usage/edits?region=&from=&to=: newest first, at most 500. */
export const usageEditsSchema = z.object({ edits: z.array(usageEditSchema) }).meta({ id: 'UsageEdits' })

/** GET /api/v1/usage/doubts?region=&from=&to=: days to be looked at, newest first, at most 500. */
export const usageDoubtsSchema = z
  .object({
    days: z.array(
      z.object({
        station: idSchema,
        nameZh: z.string(),
        nameEn: z.string(),
        date: dateSchema,
        doubts: z.array(z.enum(USAGE_DOUBTS)).min(1),
        visits: z.number(),
        /** Of the 28 days before; absent: fewer than seven of them were counted. */
        medianVisits: z.number().optional(),
        in: z.number().optional(),
        out: z.number().optional(),
        edited: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'UsageDoubts' })
export type UsageDoubts = z.infer<typeof usageDoubtsSchema>

/** How a posted day was kept. `opened_late`, `closed_early`: by more than 15 minutes. A station without sensors is `not_observed`, never `did_not_open`. */
export const OPENING_TRUTHS = [
  'as_posted',
  'opened_late',
  'closed_early',
  'late_and_early',
  'did_not_open',
  'not_observed',
  'not_posted',
] as const
export type OpeningTruth = (typeof OPENING_TRUTHS)[number]

/** GET /api/v1/usage/stations/{id}?from=&to=: a station day by day. */
export const stationUsageSchema = z
  .object({
    at: instantSchema,
    station: idSchema,
    ...namedSchema.shape,
    from: dateSchema,
    to: dateSchema,
    capacity: z.int().positive().optional(),
    /** How people were counted; `none`: nobody counts. */
    method: z.enum(['in_out', 'rises', 'none']),
    total: usageFiguresSchema,
    days: z.array(
      z.object({
        date: dateSchema,
        figures: usageFiguresSchema,
        doubts: z.array(z.enum(USAGE_DOUBTS)),
        /** What was measured where a figure was set by hand. */
        measured: z.partialRecord(z.enum(EDITABLE_FIGURES), z.number()),
        opening: z.enum(OPENING_TRUTHS),
        weather: usageWeatherSchema.optional(),
      }),
    ),
    edits: z.array(usageEditSchema),
  })
  .meta({ id: 'StationUsage' })
export type StationUsage = z.infer<typeof stationUsageSchema>

/** Why a station is little used or too full, the strongest reason first. `near_other`: another stands within 300 m; `unknown`: none of these. */
export const JUDGEMENT_REASONS = [
  'did_not_open',
  'few_hours',
  'broken',
  'small',
  'near_other',
  'hot_days',
  'unknown',
] as const

/** GET /api/v1/usage/judgements?region=&from=&to=: stations to be thought about. */
export const usageJudgementsSchema = z
  .object({
    at: instantSchema,
    from: dateSchema,
    to: dateSchema,
    /** Stations with enough days counted to be judged. */
    judged: z.int().nonnegative(),
    stations: z.array(
      z.object({
        station: idSchema,
        ...namedSchema.shape,
        judgement: z.enum(['under_used', 'overcrowded']),
        visitsPerDay: z.number(),
        peakPeople: z.number().optional(),
        capacity: z.int().positive().optional(),
        reasons: z.array(z.enum(JUDGEMENT_REASONS)).min(1),
      }),
    ),
    /** What was taken for little and for too much, in words. */
    ruleZh: z.string(),
    ruleEn: z.string(),
  })
  .meta({ id: 'UsageJudgements' })
export type UsageJudgements = z.infer<typeof usageJudgementsSchema>

/** A district's price of energy and the grid's emissions, from a day on. */
export const tariffSchema = z
  .object({
    district: districtSchema,
    from: dateSchema,
    /** Fen a kWh for each hour of the day. */
    fenPerKWh: z.array(z.number().min(0).max(1_000)).length(24),
    /** Kilograms of CO2 a kWh. */
    co2KgPerKWh: z.number().min(0).max(2),
    /** Where the numbers come from. */
    source: z.string().trim().min(3).max(300),
  })
  .meta({ id: 'Tariff' })
export type Tariff = z.infer<typeof tariffSchema>

/** GET /api/v1/energy/tariffs: those in force and to come, and who set them; PUT /api/v1/energy/tariffs with one sets it. `isDefault`: nobody set one, to be replaced. */
export const tariffsSchema = z
  .object({
    tariffs: z.array(
      tariffSchema.extend({ isDefault: z.boolean(), setBy: z.string().optional(), setAt: instantSchema.optional() }),
    ),
  })
  .meta({ id: 'Tariffs' })

/** GET /api/v1/energy takes what /api/v1/usage takes. */
export const energyReportSchema = z
  .object({
    report: usageReportSchema,
    /** Up to now against the median of the same weekday, up to the same hour, in four weeks; absent: too little is known. */
    today: z
      .object({ at: instantSchema, kWh: z.number(), usualKWh: z.number().optional(), hour: z.int().min(0).max(24) })
      .optional(),
    /** What automation saved. `commands` 0: nothing was automated, and so nothing was saved by it. */
    saving: z.object({
      commands: z.int().nonnegative(),
      savedKWh: z.number().optional(),
      methodZh: z.string(),
      methodEn: z.string(),
    }),
  })
  .meta({ id: 'EnergyReport' })
export type EnergyReport = z.infer<typeof energyReportSchema>

const truthCounts = {
  /** Station-days with posted hours. */
  postedDays: z.int().nonnegative(),
  observedDays: z.int().nonnegative(),
  asPosted: z.int().nonnegative(),
  didNotOpen: z.int().nonnegative(),
  openedLate: z.int().nonnegative(),
  closedEarly: z.int().nonnegative(),
  /** Of observed days. */
  postedHours: z.number().nonnegative(),
  openHours: z.number().nonnegative(),
}

export const openingTruthRowSchema = z.object({
  key: z.string(),
  ...namedSchema.shape,
  stations: z.int().nonnegative(),
  ...truthCounts,
  /** Stations that were observed, should have opened, and never did in the last 14 days of the period. */
  neverOpened: z.int().nonnegative(),
})
export type OpeningTruthRow = z.infer<typeof openingTruthRowSchema>

/** GET /api/v1/opening-truth?region=&from=&to=&by=station|street|district|none: posted against observed; most days not opened first. */
export const openingTruthReportSchema = z
  .object({
    at: instantSchema,
    from: dateSchema,
    to: dateSchema,
    by: z.enum(['none', 'station', 'street', 'district']),
    region: regionCodeSchema.optional(),
    total: openingTruthRowSchema,
    rows: z.array(openingTruthRowSchema),
    of: z.int().nonnegative(),
    /** Every station of `neverOpened`, however many rows are told; at most MAX_USAGE_ROWS. */
    never: z.array(z.object({ station: idSchema, ...namedSchema.shape })),
  })
  .meta({ id: 'OpeningTruthReport' })
export type OpeningTruthReport = z.infer<typeof openingTruthReportSchema>

/** GET /api/v1/opening-truth/days?region=&from=&to=&state=did_not_open&station=: single days, newest first, at most 500. */
export const openingTruthDaysSchema = z
  .object({
    days: z.array(
      z.object({
        station: idSchema,
        ...namedSchema.shape,
        date: dateSchema,
        state: z.enum(OPENING_TRUTHS),
        /** Minutes since the day's midnight: the posted opening and closing, the first and last sign of life. */
        postedFrom: z.int().optional(),
        postedTo: z.int().optional(),
        firstSign: z.int().optional(),
        lastSign: z.int().optional(),
        /** Of a day that was not as posted: what the rota says of it; absent: nothing. */
        absence: z.enum(OPENING_ABSENCES).optional(),
      }),
    ),
  })
  .meta({ id: 'OpeningTruthDays' })
export type OpeningTruthDays = z.infer<typeof openingTruthDaysSchema>
