import { z } from 'zod'
import type { AlertView } from './alerts.ts'
import type { FeedbackView } from './feedback.ts'
import { districtSchema, idSchema, streetCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { METRIC_NAMES } from './metrics.ts'
import { type NoticeNews, publicNoticeSchema } from './notices.ts'
import { SPECIAL_DAY_KINDS, hoursPlanSchema } from './opening-plan.ts'
import { APPLIANCE_KINDS, FACILITIES, HOST_KINDS } from './registry.ts'
import type { OverviewUpdate } from './overview.ts'
import type { RolloutNews } from './rollouts.ts'
import type { TwinNews } from './twin.ts'
import type { WorkOrder } from './work-orders.ts'

/**
 * What speaks for a station being open or shut at this moment, beside its posted hours: its door, people counted or seen
 * moving, a microwave just used, its keeper, a visitor who was there.
 */
export const OPENING_SIGNS = ['door', 'people', 'presence', 'appliance', 'keeper', 'visitor'] as const

/**
 * Open or not: the posted hours, held against the signs of life there. `closing_soon`: open, but no longer than 30 minutes
 * more. `unknown` with a reason: `no_hours`: no hours are known, or they cannot be read; `not_confirmed`: it should be
 * open, has sensors that would show life, and shows none; `said_shut`: it should be open, and somebody who was there says it is not.
 * A station without such sensors is `open` by its hours alone, with no `sign`: the page says so.
 */
export const openingSchema = z.object({
  state: z.enum(['open', 'closing_soon', 'closed', 'unknown']),
  reason: z.enum(['no_hours', 'not_confirmed', 'said_shut']).optional(),
  /** When the posted hours change between open and closed next; absent when they never do or are unknown. */
  changesAt: instantSchema.optional(),
  /** What last spoke for or against it, with its time: not older than the rule for its source allows. */
  sign: z.object({ source: z.enum(OPENING_SIGNS), says: z.enum(['open', 'shut']), at: instantSchema }).optional(),
  /** Open, but nobody is there: a code, a card or a lock lets people in. */
  unstaffed: z.boolean().optional(),
  /** Why today's hours are not those of the week. */
  special: z.enum(SPECIAL_DAY_KINDS).optional(),
})

/** Room left. `unknown` whenever nobody counted within the last 10 minutes: an old count is never shown as new. */
export const spaceSchema = z.object({
  state: z.enum(['free', 'limited', 'full', 'unknown']),
  people: z.int().nonnegative().optional(),
  capacity: z.int().positive().optional(),
  /** When the people were counted last, even if too long ago to be believed. */
  countedAt: instantSchema.optional(),
  /**
   * Where no counter is heard: how many checked in with the door's code or a card since `since` and did not check out. It says
   * that the place is in use, not how many are there: most do not check in, some have left. `state` does not follow from it.
   */
  arrived: z.object({ count: z.int().positive(), since: instantSchema }).optional(),
})

/** An appliance's state for people: `faulty` while an alert of it stands; `unknown` when its plug has not been heard for 10 minutes. */
export const applianceViewSchema = z.object({
  id: idSchema,
  kind: z.enum(APPLIANCE_KINDS),
  model: z.string().optional(),
  state: z.enum(['working', 'faulty', 'unknown']),
  /** It draws power for its work right now: an air conditioner that runs. Absent: not known. */
  running: z.boolean().optional(),
  /** Being repaired: when its open work order promises it back; only while it is `faulty`. */
  backAt: instantSchema.optional(),
  /** When any of its devices was heard last. */
  heardAt: instantSchema.optional(),
})

/** What people who were there said with one tap. */
export const CONFIRMATIONS = ['open', 'locked', 'full', 'broken', 'clean'] as const

/** The newest of each kind, at most one a kind; older than three hours is not told. */
export const saidSchema = z.object({
  says: z.enum(CONFIRMATIONS),
  by: z.enum(['keeper', 'visitor']),
  at: instantSchema,
  /** How many said so within the last hour before `at`. */
  count: z.int().positive(),
})

/**
 * How hard the inside air is on a person, by the heat index of temperature and humidity (US National Weather Service):
 * an estimate. `caution` from 26.7 °C, `extreme_caution` 32.2, `danger` 39.4, `extreme_danger` 51.7.
 */
export const HEAT_BANDS = ['none', 'caution', 'extreme_caution', 'danger', 'extreme_danger'] as const

export const stationViewSchema = z
  .object({
    id: idSchema,
    district: districtSchema,
    districtNameZh: z.string(),
    districtNameEn: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    addressZh: z.string().optional(),
    addressEn: z.string().optional(),
    latDeg: z.number().meta({ description: 'WGS-84' }),
    lngDeg: z.number().meta({ description: 'WGS-84' }),
    hours: z.string().optional().meta({ description: 'OpenStreetMap opening_hours syntax' }),
    facilities: z.array(z.enum(FACILITIES)),
    opening: openingSchema,
    space: spaceSchema,
    /** The inside air: never older than 10 minutes. */
    insideTemperatureC: z.number().optional(),
    insideMeasuredAt: instantSchema.optional(),
    /** Absent without a fresh temperature and humidity. */
    heat: z.enum(HEAT_BANDS).optional(),
    /** None of its devices watches the door, people or appliances: all that is known is what is posted and what people say. */
    hasSensors: z.boolean(),
    said: z.array(saidSchema).max(CONFIRMATIONS.length),
    appliances: z.array(applianceViewSchema),
    /** When anything of the station was heard last. */
    heardAt: instantSchema.optional(),
  })
  .meta({ id: 'Station' })
export type StationView = z.infer<typeof stationViewSchema>

export const stationListSchema = z
  .object({
    /** When the server computed this list: the age of everything in it counts from here. */
    at: instantSchema,
    stations: z.array(stationViewSchema),
  })
  .meta({ id: 'StationList' })
export type StationList = z.infer<typeof stationListSchema>

/**
 * A long StationList as the gzip of its JSON (RFC 1952). Web sockets' own compression would cost the server some 70 KB for
 * each open connection.
 */
export type PackedStations = Uint8Array<ArrayBuffer> | ArrayBuffer

/** Stations of one page of GET /api/v1/stations. */
export const MAX_STATIONS_PAGE = 500

/** GET /api/v1/stations?district=500103&after=…: all stations, or a district's, by id, a page at a time. */
export const stationPageSchema = stationListSchema
  .extend({
    /** There may be more: ask with `after=` this. */
    next: idSchema.optional(),
  })
  .meta({ id: 'StationPage' })
export type StationPage = z.infer<typeof stationPageSchema>

/** The newest value of one metric of one device. */
export const latestReadingSchema = z.object({
  device: idSchema,
  appliance: idSchema.optional(),
  metric: z.enum(METRIC_NAMES as [string, ...string[]]),
  unit: z.string().optional(),
  value: z.number(),
  at: instantSchema,
})

/** One station with the newest values of all its devices. */
export const stationDetailSchema = stationViewSchema
  .extend({
    readings: z.array(latestReadingSchema),
    /** Today and the days ahead; absent: no hours are known. */
    plan: hoursPlanSchema.optional(),
    hostKind: z.enum(HOST_KINDS).optional(),
    phone: z.string().optional(),
    /** How to find the door: the street level, the side, a landmark. */
    hintZh: z.string().optional(),
    hintEn: z.string().optional(),
    /** Why it is closed until further notice; absent: it is not. */
    closedFor: z.string().optional(),
    /** Addresses of pictures of the place, JPEG, at most 1,280 pixels wide, added or released by staff. */
    photos: z.array(z.string()).max(10),
    /** Mean of visitors' stars in the last 90 days, one decimal; absent with fewer than five. */
    rating: z.object({ mean: z.number().min(1).max(5), count: z.int().positive() }).optional(),
    /** Orders that stand here for everybody, newest first; absent: none. */
    notices: z.array(publicNoticeSchema).max(20).optional(),
    /** Thank-yous of visitors in the last 90 days; absent: none. */
    thanks: z.int().positive().optional(),
  })
  .meta({ id: 'StationDetail' })
export type StationDetail = z.infer<typeof stationDetailSchema>

/** A series: without `every` each point is [time in ms, value]; with it [window start in ms, mean, min, max, count]. */
export const telemetrySchema = z
  .object({
    station: idSchema,
    metric: z.string(),
    unit: z.string().optional(),
    from: instantSchema,
    to: instantSchema,
    /** Width of the windows; wider than asked for where finer ones are no longer kept. */
    everyMs: z.int().positive().optional(),
    /** What the windows are made of: readings, or sums of quarters of an hour or hours where these are as good or all that is kept. */
    level: z.enum(['raw', 'quarter', 'hour']).optional(),
    /** True when there was more than one answer carries (20,000 points): ask for a shorter span or a longer `every`. */
    truncated: z.boolean(),
    series: z.array(
      z.object({
        device: idSchema,
        appliance: idSchema.optional(),
        points: z.array(z.array(z.number()).min(2).max(5)),
      }),
    ),
  })
  .meta({ id: 'Telemetry' })
export type Telemetry = z.infer<typeof telemetrySchema>

export const ROLES = ['keeper', 'maintainer', 'manager', 'hardware', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/**
 * Who is signed in. `districts` empty means all of them. `streets`: whoever is limited to streets sees only these, and `districts` are
 * those that they lie in; absent: whole districts.
 */
export const personSchema = z
  .object({
    login: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    districts: z.array(districtSchema),
    streets: z.array(streetCodeSchema).min(1).optional(),
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof personSchema>

export const signInSchema = z.object({ login: z.string().min(1).max(80), password: z.string().min(1).max(200) })

/** What the web needs to know before it draws anything. */
export const clientConfigSchema = z
  .object({
    demo: z.boolean(),
    timeZone: z.string(),
    /** Raster tiles to lay over the outline map; absent: the outline map alone. */
    tileUrl: z.string().optional(),
    /** The system that the tiles are drawn in; pins are converted to it. */
    tileCrs: z.enum(['wgs84', 'gcj02']).default('wgs84'),
    tileAttribution: z.string().optional(),
    /** True while the system has nobody who could sign in: the console then asks for its first administrator. */
    needsFirstAdministrator: z.boolean(),
  })
  .meta({ id: 'ClientConfig' })
export type ClientConfig = z.infer<typeof clientConfigSchema>

/** Every error of the API has this body; `code` is stable, `message` is for people and names the field. */
export const apiErrorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      /** What a program needs to act on it, where a route's own contract says so. */
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: 'Error' })
export type ApiError = z.infer<typeof apiErrorSchema>

/** socket.io: the public namespace, open to all. */
export const PUBLIC_NAMESPACE = '/public'
/** socket.io: the staff's namespace, for a session's cookie only; limited to the person's districts. */
export const STAFF_NAMESPACE = '/staff'

/** What the public namespace sends. */
export interface PublicEvents {
  /** Stations among those looked at (`look` in finder.ts) that changed since the last of these, whole; at most one such event every 250 ms. */
  stations: (list: StationList) => void
  /** The same, to a page that asked by `look_packed`, when it is long. */
  stations_packed: (list: PackedStations) => void
}

/** What changed, to be asked for again by whoever shows it. Work orders of a plan or an appliance are told by themselves. */
export const CHANGED_THINGS = ['assets', 'plans', 'crews', 'checklists'] as const
export type ChangedThing = (typeof CHANGED_THINGS)[number]

/** What the staff's namespace sends. */
export interface StaffEvents {
  /** An alert as it now is, after every change of it. */
  alert: (alert: AlertView) => void
  /** A work order as it now is, after every change of it. */
  work_order: (order: WorkOrder) => void
  /** A visitor's report as it now is, after every change of it. */
  feedback: (feedback: FeedbackView) => void
  /** Something of this kind is another than before, in the person's districts: nothing more is said of it. */
  changed: (what: ChangedThing) => void
  /** Something of an order changed: ask again. */
  notice: (news: NoticeNews) => void
  /** New readings of a station that this socket watches. */
  readings: (update: { station: string; readings: StationDetail['readings'] }) => void
  /** Gateways of the person's region of which something is another than before; ask again for those shown. At most once a second. */
  twin: (news: TwinNews) => void
  /** A rollout is another than before: ask again. At most once a second for each. */
  rollout: (news: RolloutNews) => void
  /** How the stations of the region that this socket looks over are, at most every 5 s and at least every 30 s. */
  overview: (update: OverviewUpdate) => void
}

/** What a member of staff may ask of it: to watch the readings of at most one station; null to stop. */
export interface StaffRequests {
  watch: (station: string | null) => void
  /** To be told of a region's stations as they are now (`overviewLookSchema`); an empty text: all that one may see; null: to stop. */
  look_over: (region: string | null) => void
}
