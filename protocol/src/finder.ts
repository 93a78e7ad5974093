import { z } from 'zod'
import { type StationList, stationListSchema } from './api.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { hoursPlanSchema } from './opening-plan.ts'
import { APPLIANCE_KINDS, FACILITIES } from './registry.ts'

/**
 * What a visitor may ask a station to have. In an address they stand as `f=open,space,microwave`, in this order.
 * `open`: open now, as far as is known. `space`: not known to be full. `microwave`, `hot_water`, `fridge`: it works now.
 * `cooling`: an air conditioner runs now. `night`: open at two in the morning. The others are facilities of the same name.
 */
export const FINDER_FILTERS = [
  'open',
  'space',
  'microwave',
  'hot_water',
  'fridge',
  'cooling',
  'toilet',
  'charging',
  'nursing_room',
  'wheelchair',
  'night',
  'tricycle_parking',
] as const
export type FinderFilter = (typeof FINDER_FILTERS)[number]

/** Stations of the answer to `near` and `search`. */
export const MAX_NEAR = 50
/**
 * GET /api/v1/stations/near?lat=29.559&lng=106.574&f=open,space&limit=20: stations that pass the filters, nearest first, around
 * a place (WGS-84; a page sends three decimals, about 100 m, and sorts by itself). Without a place: around the middle of
 * `city=5001`, and without that too, of the city with most stations.
 * GET /api/v1/stations/search?q=jfb&f=…: the same for what people type; best match first, `lat` and `lng` only break ties.
 */
export const foundStationsSchema = stationListSchema
  .extend({
    /** Stations that pass every filter: of the whole city around the place, or of all that the text finds. */
    matching: z.int().nonnegative(),
    /** As `matching`, without any filter. */
    of: z.int().nonnegative(),
    /** For each filter asked for: how many would pass if it alone were dropped. */
    without: z.partialRecord(z.enum(FINDER_FILTERS), z.int().nonnegative()),
  })
  .meta({ id: 'FoundStations' })
export type FoundStations = z.infer<typeof foundStationsSchema>

/** A view of the map answers with single stations up to this many; beyond, with clusters too. */
export const MAX_VIEW_FEATURES = 300

/** How a pin looks: open with room, with little, full; open with nobody knowing how full; not confirmed or not known; closed. */
export const PIN_STATES = ['room', 'limited', 'full', 'open', 'unknown', 'closed'] as const
export type PinState = (typeof PIN_STATES)[number]

/** GET /api/v1/stations/view?box=west,south,east,north&zoom=12&f=…: what a map shows of a part of the world. */
export const mapViewSchema = z
  .object({
    at: instantSchema,
    /** Stations that stand so close that they are drawn as one. */
    clusters: z.array(
      z.object({
        latDeg: z.number(),
        lngDeg: z.number(),
        /** Stations in it that pass the filters. */
        count: z.int().positive(),
        /** Of these, open ones that have room or may have. */
        open: z.int().nonnegative(),
        /** At this zoom it comes apart. */
        zoom: z.int().min(0).max(22),
      }),
    ),
    pins: z.array(
      z.object({
        id: idSchema,
        nameZh: z.string(),
        nameEn: z.string(),
        latDeg: z.number(),
        lngDeg: z.number(),
        pin: z.enum(PIN_STATES),
      }),
    ),
  })
  .meta({ id: 'MapView' })
export type MapView = z.infer<typeof mapViewSchema>

/** The first four digits of a district's code: a prefecture-level city, or a municipality's districts (5001: Chongqing). */
export const cityCodeSchema = z
  .string()
  .regex(/^\d{4}$/)
  .meta({ example: '5001' })

/** GET /api/v1/cities: where there are stations at all. */
export const cityOverviewSchema = z
  .object({
    at: instantSchema,
    cities: z.array(
      z.object({
        code: cityCodeSchema,
        nameZh: z.string(),
        nameEn: z.string(),
        stations: z.int().positive(),
        /** Open now, as far as is known. */
        open: z.int().nonnegative(),
        /** West, south, east, north, WGS-84. */
        box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
        /** Where its stations are densest: where a map begins that knows nothing of its visitor. */
        middle: z.object({ latDeg: z.number(), lngDeg: z.number() }),
      }),
    ),
  })
  .meta({ id: 'CityOverview' })
export type CityOverview = z.infer<typeof cityOverviewSchema>

/** A station as a phone keeps it for when there is no network: what does not change by the minute. */
export const cityStationSchema = z.object({
  id: idSchema,
  /** Place in `districts`. */
  district: z.int().nonnegative(),
  nameZh: z.string(),
  nameEn: z.string(),
  addressZh: z.string().optional(),
  addressEn: z.string().optional(),
  /** First letters of the pinyin of name and address, as `jfbgldzgw`: what is typed with one thumb. */
  initials: z.string(),
  /** WGS-84, to the fifth decimal (1 m). */
  latDeg: z.number(),
  lngDeg: z.number(),
  /** Place in `plans`; absent: its hours are not known. */
  plan: z.int().nonnegative().optional(),
  capacity: z.int().positive().optional(),
  facilities: z.array(z.enum(FACILITIES)),
  appliances: z.array(z.enum(APPLIANCE_KINDS)),
})

/** GET /api/v1/cities/{code}/stations: a whole city in one answer that is small, cached and asked for again by its ETag. */
export const cityListSchema = z
  .object({
    code: cityCodeSchema,
    /** When its content last changed; it is the same for everybody until then. */
    changedAt: instantSchema,
    districts: z.array(z.object({ district: districtSchema, nameZh: z.string(), nameEn: z.string() })),
    plans: z.array(hoursPlanSchema),
    stations: z.array(cityStationSchema),
  })
  .meta({ id: 'CityList' })
export type CityList = z.infer<typeof cityListSchema>
export type CityStation = z.infer<typeof cityStationSchema>

/** GET /api/v1/stations/{id}/busy: how many people are usually there, from the station's own last eight weeks. */
export const busyHoursSchema = z
  .object({
    station: idSchema,
    /** Days of the last 56 on which people were counted in at least one hour. Fewer than 7: too little to say, `week` is absent. */
    days: z.int().min(0).max(56),
    /** Monday first, 24 hours each: the mean number of people, one decimal; null: not counted or never open then. */
    week: z.array(z.array(z.number().nonnegative().nullable()).length(24)).length(7).optional(),
    capacity: z.int().positive().optional(),
  })
  .meta({ id: 'BusyHours' })
export type BusyHours = z.infer<typeof busyHoursSchema>

/**
 * What a visitor's page asks the public namespace to be told of (event `look`): the part of the world on its screen, and the
 * stations it shows beside it. Every `look` replaces the one before. A box too wide for single stations (more than
 * `MAX_LOOK_CELLS` cells) is left out: the page then asks for the view again when it wants to.
 */
export const lookSchema = z.object({
  /** West, south, east, north, WGS-84. */
  box: z.tuple([z.number().min(-180), z.number().min(-90), z.number().max(180), z.number().max(90)]).nullable(),
  stations: z.array(idSchema).max(MAX_NEAR),
})
export type Look = z.infer<typeof lookSchema>

/** Cells of `LOOK_CELL_DEG` that one page may look at. */
export const MAX_LOOK_CELLS = 64
/** Side of a cell: about 5 km. */
export const LOOK_CELL_DEG = 0.05

/**
 * What a page may ask of the public namespace; answered with the stations looked at as they are now: those named and, up to
 * MAX_VIEW_FEATURES in all, those of the box nearest to its middle. A look that is not what this file says, or that a newer one
 * replaces before its turn, is not answered.
 */
export interface PublicRequests {
  look: (look: Look, answer: (list: StationList) => void) => void
}
