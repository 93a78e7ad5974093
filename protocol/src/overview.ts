import { z } from 'zod'
import { districtSchema, idSchema, regionCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

const names = { nameZh: z.string(), nameEn: z.string() }
const count = z.int().nonnegative()

/** Stations by what they are now; each is counted once, so these add up to `stations`. */
export const overviewCountsSchema = z.object({
  stations: count,
  open: count,
  /** Open, and no room left. */
  full: count,
  /** Closed as posted. */
  closed: count,
  /** Should be open; somebody who was there says it is not. */
  closedButShouldBeOpen: count,
  /** Should be open, has sensors, and they show nobody. */
  notConfirmed: count,
  /** No hours are known. */
  noHours: count,
  /** Its sensors have not been heard for ten minutes; whatever its hours say. */
  offline: count,
  /** People counted inside, of stations counted within ten minutes. */
  peopleNow: count,
  /** Stations that `peopleNow` is of. */
  countedStations: count,
  appliances: count,
  appliancesWorking: count,
  appliancesFaulty: count,
  appliancesUnknown: count,
  /** Stations whose inside air is at heat danger or worse. */
  heatDanger: count,
})
export type OverviewCounts = z.infer<typeof overviewCountsSchema>

export const overviewPartSchema = overviewCountsSchema.extend({ region: z.string(), ...names })

/** GET /api/v1/overview?region=: one screen. */
export const overviewSchema = z
  .object({
    /** When `counts` and `parts` were right. */
    at: instantSchema,
    region: regionCodeSchema.optional(),
    counts: overviewCountsSchema,
    /** The regions one level down (districts, streets), within the asker's scope; of a street none. */
    parts: z.array(overviewPartSchema),
    /** Visits so far today, and on the same weekday up to now by the median of four weeks. */
    visitsToday: z.object({ at: instantSchema, value: z.number(), usual: z.number().optional() }).optional(),
    energyToday: z.object({ at: instantSchema, kWh: z.number(), usualKWh: z.number().optional() }).optional(),
    /** Open alerts of grade P0 to P2 by age. */
    faults: z.object({ at: instantSchema, underHour: count, underDay: count, underWeek: count, older: count }),
    /** Open work orders, and those past their promise. */
    orders: z.object({ at: instantSchema, open: count, overdue: count }),
  })
  .meta({ id: 'Overview' })
export type Overview = z.infer<typeof overviewSchema>

/** What a station is now, of the counts of `overviewCountsSchema`: exactly one of these, in this order of precedence. */
export const OVERVIEW_STATES = [
  'offline',
  'closedButShouldBeOpen',
  'notConfirmed',
  'full',
  'open',
  'closed',
  'noHours',
] as const
export type OverviewState = (typeof OVERVIEW_STATES)[number]

/**
 * GET /api/v1/overview/stations?region=: every station of the region as it now is, for the map and for the list behind each count; at
 * most MAX_USAGE_ROWS.
 */
export const overviewStationsSchema = z
  .object({
    at: instantSchema,
    stations: z.array(
      z.object({
        id: idSchema,
        ...names,
        district: districtSchema,
        latDeg: z.number(),
        lngDeg: z.number(),
        state: z.enum(OVERVIEW_STATES),
        /** People counted inside within the last ten minutes. */
        people: z.int().nonnegative().optional(),
        capacity: z.int().positive().optional(),
        /** Its appliances that have a standing fault. */
        faulty: z.int().nonnegative(),
        heatDanger: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'OverviewStations' })
export type OverviewStations = z.infer<typeof overviewStationsSchema>
export type OverviewStation = OverviewStations['stations'][number]

/**
 * The staff namespace's event `overview`, to who asked by `look_over`: at most every five seconds, and at least every 30, so that
 * a page knows a dead feed by a minute's silence.
 */
export const overviewUpdateSchema = overviewSchema.pick({ at: true, region: true, counts: true, parts: true })
export type OverviewUpdate = z.infer<typeof overviewUpdateSchema>

/** What `look_over` carries: a region; an empty text for all that one may see; null to stop. */
export const overviewLookSchema = z.union([regionCodeSchema, z.literal('')]).nullable()
