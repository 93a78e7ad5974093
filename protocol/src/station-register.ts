import { z } from 'zod'
import { IMPORT_REASONS, importResultSchema } from './assets.ts'
import { districtSchema, idSchema, regionCodeSchema, streetCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { hoursPlanSchema } from './opening-plan.ts'
import { FACILITIES, HOST_KINDS, stationRecordSchema } from './registry.ts'

/**
 * Where a station is in its life. Only `open` and `suspended` are public; `suspended` is shown as closed, with the reason. Of a station
 * that is not `open` no fault is told but those of grade P0.
 */
export const STATION_STATES = ['planned', 'built', 'accepted', 'open', 'suspended', 'closed'] as const
export type StationState = (typeof STATION_STATES)[number]

/**
 * What may follow what. A plan may be dropped, what failed its acceptance goes back to the builders, and a station that was closed is
 * accepted anew before it opens again.
 */
export const STATION_STEPS: Readonly<Record<StationState, readonly StationState[]>> = {
  planned: ['built', 'closed'],
  built: ['accepted', 'planned', 'closed'],
  accepted: ['open', 'built', 'closed'],
  open: ['suspended', 'closed'],
  suspended: ['open', 'closed'],
  closed: ['planned', 'accepted'],
}

/** Whether a step is one of the life cycle. */
export function mayFollow(from: StationState, to: StationState): boolean {
  return STATION_STEPS[from].includes(to)
}

/** Whether visitors see a station in this state. */
export function isPublicState(state: StationState): boolean {
  return state === 'open' || state === 'suspended'
}

const reasonSchema = z.string().trim().min(1).max(500)

/** GET /api/v1/stations/{id}/life-cycle */
export const lifeCycleSchema = z
  .object({
    station: idSchema,
    state: z.enum(STATION_STATES),
    /** When it was set last; absent: never. */
    since: instantSchema.optional(),
    by: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'LifeCycle' })
export type LifeCycle = z.infer<typeof lifeCycleSchema>

/** POST /api/v1/stations/{id}/life-cycle. The reason of a suspension is shown to visitors. */
export const lifeCycleRequestSchema = z.object({ state: z.enum(STATION_STATES), reason: reasonSchema })

/** The systems in which a position may be given. Amap, Tencent and Apple in China show GCJ-02, Baidu BD-09, a phone's GPS is WGS-84. */
export const COORDINATE_SYSTEMS = ['WGS84', 'GCJ02', 'BD09'] as const
export type CoordinateSystem = (typeof COORDINATE_SYSTEMS)[number]

const { latDeg, lngDeg } = stationRecordSchema.shape

/** A position with the system that it is in: there is none by default. */
export const positionSchema = z.strictObject({ system: z.enum(COORDINATE_SYSTEMS), latDeg, lngDeg })
export type StationPosition = z.infer<typeof positionSchema>

/** One line of text as a person types it; ends are trimmed. */
const lineSchema = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(text => !/[\p{Cc}\u2028\u2029]/u.test(text), 'expected one line without control characters')

/** What a person may say of a station; what is absent is not known. */
export const stationFactsSchema = z.strictObject({
  nameZh: lineSchema(120),
  nameEn: lineSchema(120),
  /** In its district. */
  street: streetCodeSchema.optional(),
  addressZh: lineSchema(200).optional(),
  addressEn: lineSchema(200).optional(),
  hours: lineSchema(500).optional(),
  /** Seats. */
  capacity: z.int().positive().max(10_000).optional(),
  floorAreaM2: z.number().positive().max(100_000).optional(),
  facilities: z.array(z.enum(FACILITIES)).max(FACILITIES.length),
  hostKind: z.enum(HOST_KINDS).optional(),
  phone: stationRecordSchema.shape.phone,
  hintZh: lineSchema(200).optional(),
  hintEn: lineSchema(200).optional(),
  /** For staff alone. */
  notes: z.string().trim().min(1).max(2_000).optional(),
})
export type StationFacts = z.infer<typeof stationFactsSchema>

/** Seats to propose for a floor: one for each 2.5 m², at least 3 (chosen: chairs, a table and the way between them). */
export function proposedCapacity(floorAreaM2: number): number {
  return Math.max(3, Math.floor(floorAreaM2 / 2.5))
}

/** POST /api/v1/register/stations: it begins as `planned`, with a code of its own. */
export const stationCreateSchema = z
  .strictObject({
    ...stationFactsSchema.shape,
    district: districtSchema,
    position: positionSchema,
    /** The position was looked at again, and is right. */
    isPositionSure: z.boolean().default(false),
  })
  .meta({ id: 'StationCreate' })
export type StationCreate = z.infer<typeof stationCreateSchema>

/** PUT /api/v1/register/stations/{id}: a station as it is from now on; what is absent is not known any more. */
export const stationEditSchema = z
  .strictObject({
    ...stationFactsSchema.shape,
    /** What the person saw: an older one is answered with 409. */
    revision: z.int().nonnegative(),
    /** Absent: where it was. */
    position: positionSchema.optional(),
    isPositionSure: z.boolean().default(false),
  })
  .meta({ id: 'StationEdit' })
export type StationEdit = z.infer<typeof stationEditSchema>

/** What an edit can change, by the names of the history. */
export const REGISTER_FIELDS = [
  'nameZh',
  'nameEn',
  'street',
  'addressZh',
  'addressEn',
  'position',
  'hours',
  'capacity',
  'floorAreaM2',
  'facilities',
  'hostKind',
  'phone',
  'hintZh',
  'hintEn',
  'notes',
] as const
export type RegisterField = (typeof REGISTER_FIELDS)[number]

/** A station as the register holds it. */
export const registerStationSchema = stationFactsSchema
  .extend({
    id: idSchema,
    /** As it stands on signs and papers: `CQ-500103-01`. */
    code: z.string(),
    district: districtSchema,
    districtNameZh: z.string(),
    districtNameEn: z.string(),
    streetNameZh: z.string().optional(),
    streetNameEn: z.string().optional(),
    /** WGS-84. */
    latDeg,
    lngDeg,
    state: z.enum(STATION_STATES),
    stateSince: instantSchema.optional(),
    /** Counts every change. */
    revision: z.int().nonnegative(),
  })
  .meta({ id: 'RegisterStation' })
export type RegisterStation = z.infer<typeof registerStationSchema>

/** GET /api/v1/register/stations?region=&state=&host=&q=&after= */
export const registerListSchema = z
  .object({
    at: instantSchema,
    stations: z.array(registerStationSchema),
    /** How many there are in all pages. */
    total: z.int().nonnegative(),
    /** Ask again with `after` set to this for those that follow; absent: there are none. */
    next: idSchema.optional(),
  })
  .meta({ id: 'RegisterList' })
export type RegisterList = z.infer<typeof registerListSchema>

/** One line of a station's history; never changed, never removed. */
export const registerChangeSchema = z.object({
  seq: z.int().positive(),
  at: instantSchema,
  /** Name of the person. */
  by: z.string(),
  origin: z.enum(['create', 'edit', 'import']),
  field: z.enum(REGISTER_FIELDS),
  /** Absent: nothing. */
  before: z.string().optional(),
  after: z.string().optional(),
})
export type RegisterChange = z.infer<typeof registerChangeSchema>

export const registerDetailSchema = registerStationSchema
  .extend({
    /** Newest first, at most 500. */
    history: z.array(registerChangeSchema),
    /** Steps of its life, newest first, at most 200. */
    steps: z.array(
      z.object({
        at: instantSchema,
        by: z.string(),
        from: z.enum(STATION_STATES).optional(),
        to: z.enum(STATION_STATES),
        reason: z.string(),
      }),
    ),
    photos: z.array(z.object({ id: z.string(), path: z.string() })),
    /** Today and the days ahead; absent: no hours are known. */
    plan: hoursPlanSchema.optional(),
    /** States that may follow. */
    next: z.array(z.enum(STATION_STATES)),
    mayEdit: z.boolean(),
  })
  .meta({ id: 'RegisterDetail' })
export type RegisterDetail = z.infer<typeof registerDetailSchema>

/** Photos of the register that one station may show. */
export const MAX_REGISTER_PHOTOS = 6

/** POST /api/v1/register/check: whether hours can be read, and whether a position looks like one of another coordinate system. */
export const registerCheckRequestSchema = z.strictObject({
  hours: z.string().max(500).optional(),
  position: positionSchema.optional(),
  /** Whose position it is to be; absent: a new one's. */
  station: idSchema.optional(),
  district: districtSchema,
  addressZh: z.string().max(200).optional(),
})
export type RegisterCheckRequest = z.infer<typeof registerCheckRequestSchema>

/** Why a position is asked about. */
export const positionDoubtSchema = z.object({
  /** How far it is from where the station was, or from another one at the same address. */
  metres: z.int().nonnegative(),
  /** In which system it would be right where the station was; absent: none fits. */
  likely: z.enum(COORDINATE_SYSTEMS).optional(),
})
export type PositionDoubt = z.infer<typeof positionDoubtSchema>

export const registerCheckSchema = z
  .object({
    isHoursReadable: z.boolean().optional(),
    plan: hoursPlanSchema.optional(),
    /** The position in WGS-84. */
    wgs84: z.object({ latDeg, lngDeg }).optional(),
    doubt: positionDoubtSchema.optional(),
  })
  .meta({ id: 'RegisterCheck' })
export type RegisterCheck = z.infer<typeof registerCheckSchema>

/** Columns of the table that is imported and exported, in order. */
export const REGISTER_COLUMNS = [
  'id',
  'district',
  'street',
  'nameZh',
  'nameEn',
  'addressZh',
  'addressEn',
  'lngDeg',
  'latDeg',
  'system',
  'hours',
  'capacity',
  'floorAreaM2',
  'facilities',
  'hostKind',
  'phone',
  'hintZh',
  'hintEn',
  'notes',
  'state',
] as const
export type RegisterColumn = (typeof REGISTER_COLUMNS)[number]

/** What a table's first row may call its columns, beside the names of this API. */
export const REGISTER_COLUMN_NAMES: Readonly<Record<RegisterColumn, { zh: string; en: string }>> = {
  id: { zh: '站点编号', en: 'Station' },
  district: { zh: '区县代码', en: 'District' },
  street: { zh: '街道代码', en: 'Street' },
  nameZh: { zh: '名称', en: 'Name (Chinese)' },
  nameEn: { zh: '英文名称', en: 'Name (English)' },
  addressZh: { zh: '地址', en: 'Address (Chinese)' },
  addressEn: { zh: '英文地址', en: 'Address (English)' },
  lngDeg: { zh: '经度', en: 'Longitude' },
  latDeg: { zh: '纬度', en: 'Latitude' },
  system: { zh: '坐标系', en: 'Coordinate system' },
  hours: { zh: '开放时间', en: 'Hours' },
  capacity: { zh: '座位数', en: 'Seats' },
  floorAreaM2: { zh: '面积（平方米）', en: 'Floor area (m2)' },
  facilities: { zh: '设施', en: 'Facilities' },
  hostKind: { zh: '依托类型', en: 'Host' },
  phone: { zh: '电话', en: 'Telephone' },
  hintZh: { zh: '入口提示', en: 'Door hint (Chinese)' },
  hintEn: { zh: '英文入口提示', en: 'Door hint (English)' },
  notes: { zh: '备注', en: 'Notes' },
  state: { zh: '状态', en: 'State' },
}

/** What is wrong with a row, beside what can be wrong with any table. */
export const REGISTER_REASONS = [
  ...IMPORT_REASONS,
  'bad_number',
  'bad_hours',
  'bad_phone',
  'unknown_facility',
  'unknown_host',
  'unknown_district',
  'unknown_street',
  'unknown_system',
  'system_missing',
  'system_differs',
  'half_position',
  'doubtful_position',
  'not_yours',
  'state_by_hand',
] as const
export type RegisterReason = (typeof REGISTER_REASONS)[number]

const registerProblemSchema = importResultSchema.shape.problems.element.extend({ reason: z.enum(REGISTER_REASONS) })
export type RegisterProblem = z.infer<typeof registerProblemSchema>

/** What an import did, or would do. With a problem nothing is done; with a warning nothing, unless it was said that all are right. */
export const registerImportSchema = z
  .object({
    ...importResultSchema.shape,
    problems: z.array(registerProblemSchema),
    /** Positions that look like those of another coordinate system; the first 200, by row. */
    warnings: z.array(registerProblemSchema),
    warningCount: z.int().nonnegative(),
  })
  .meta({ id: 'RegisterImport' })
export type RegisterImport = z.infer<typeof registerImportSchema>

/** What narrows the list, the exports and the open data of the register. */
export const registerFilterSchema = z.object({
  region: regionCodeSchema.optional(),
  state: z.enum(STATION_STATES).optional(),
  host: z.enum(HOST_KINDS).optional(),
  q: z.string().trim().min(1).max(80).optional().meta({ description: 'Part of a code, name or address.' }),
})
export type RegisterFilter = z.infer<typeof registerFilterSchema>
