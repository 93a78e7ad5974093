import { z } from 'zod'
import { calendarDaySchema } from './assets.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/** What a station keeps. */
export const STOCK_KINDS = ['medicine_box', 'water', 'heat_medicine', 'other'] as const
export type StockKind = (typeof STOCK_KINDS)[number]

/** Days before a batch expires on which it is warned of, each once; 0 is the day after its last. */
export const EXPIRY_WARNING_DAYS = [60, 30, 7, 0] as const

/** Columns of the table of stock: as it is taken away, and as POST /api/v1/stock/import takes it. */
export const STOCK_COLUMNS = [
  'station',
  'stationName',
  'kind',
  'item',
  'batch',
  'quantity',
  'unit',
  'expires',
  'low',
  'state',
  'used',
] as const
export type StockColumn = (typeof STOCK_COLUMNS)[number]
/** What the columns are called; an import passes over the station's name, the state and the use: they follow from the rest. */
export const STOCK_COLUMN_NAMES: Readonly<Record<StockColumn, { zh: string; en: string }>> = {
  station: { zh: '站点编号', en: 'Station code' },
  stationName: { zh: '站点名称', en: 'Station name' },
  kind: { zh: '类别', en: 'Kind' },
  item: { zh: '物资', en: 'Item' },
  batch: { zh: '批号', en: 'Batch' },
  quantity: { zh: '数量', en: 'Quantity' },
  unit: { zh: '单位', en: 'Unit' },
  expires: { zh: '有效期至', en: 'Use by' },
  low: { zh: '少于多少提醒', en: 'Low below' },
  state: { zh: '状态', en: 'State' },
  used: { zh: '近30天用量（整项）', en: 'Used in 30 days, whole item' },
}

/** POST /api/v1/stations/{id}/stock. */
export const stockItemRequestSchema = z.strictObject({
  kind: z.enum(STOCK_KINDS),
  name: z.string().trim().min(1).max(80),
  unit: z.string().trim().min(1).max(20),
  /** Below this it is low; absent: never. */
  low: z.int().min(1).max(100_000).optional(),
})
export type StockItemRequest = z.infer<typeof stockItemRequestSchema>

const quantitySchema = z.int().min(0).max(1_000_000)

/** POST /api/v1/stock/{id}/batches: what came. */
export const stockBatchRequestSchema = z.strictObject({
  batch: z.string().trim().max(60).default(''),
  quantity: quantitySchema.min(1),
  /** The last day on which it may be used; absent: it does not expire. */
  expiresOn: calendarDaySchema.optional(),
})
export type StockBatchRequest = z.input<typeof stockBatchRequestSchema>

export const STOCK_ACTS = ['received', 'used', 'discarded', 'counted'] as const
export type StockAct = (typeof STOCK_ACTS)[number]

/** POST /api/v1/stock-batches/{id}/acts: so many were used or thrown away, or so many are there. */
export const stockActRequestSchema = z.strictObject({
  act: z.enum(['used', 'discarded', 'counted']),
  quantity: quantitySchema,
  note: z.string().trim().min(1).max(200).optional(),
})
export type StockActRequest = z.infer<typeof stockActRequestSchema>

export const EXPIRY_STATES = ['none', 'fresh', 'in_60', 'in_30', 'in_7', 'expired'] as const
export type ExpiryState = (typeof EXPIRY_STATES)[number]

export const stockBatchSchema = z.object({
  id: z.string(),
  batch: z.string(),
  quantity: quantitySchema,
  expiresOn: calendarDaySchema.optional(),
  expiry: z.enum(EXPIRY_STATES),
})
export type StockBatch = z.infer<typeof stockBatchSchema>

export const stockItemSchema = z
  .object({
    id: z.string(),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    kind: z.enum(STOCK_KINDS),
    name: z.string(),
    unit: z.string(),
    low: z.int().optional(),
    /** What may be used: without what has expired. */
    usable: z.int().nonnegative(),
    isLow: z.boolean(),
    /** Used in the last 30 days. */
    used30: z.int().nonnegative(),
    /** The soonest to expire first; what is used up is not among them. */
    batches: z.array(stockBatchSchema),
  })
  .meta({ id: 'StockItem' })
export type StockItem = z.infer<typeof stockItemSchema>

/** Of a station that keeps anything: when it was looked through last, and whether this month's check is due. */
export const stockCheckDueSchema = z.object({
  station: idSchema,
  stationNameZh: z.string(),
  stationNameEn: z.string(),
  lastAt: instantSchema.optional(),
  isDue: z.boolean(),
})
export type StockCheckDue = z.infer<typeof stockCheckDueSchema>

export const stockListSchema = z
  .object({
    at: instantSchema,
    items: z.array(stockItemSchema),
    checks: z.array(stockCheckDueSchema),
    /** There are more than these; ask for a region or a station. */
    isCut: z.boolean(),
  })
  .meta({ id: 'StockList' })
export type StockList = z.infer<typeof stockListSchema>

/** POST /api/v1/stations/{id}/stock-checks: the month's count. Sent again, it is the same one. */
export const stockCheckRequestSchema = z.strictObject({
  /** Made by the phone: 128 random bits in hex. */
  key: z.string().regex(/^[0-9a-f]{32}$/),
  /** By the phone's clock. */
  filledAt: instantSchema,
  counts: z.array(z.strictObject({ batch: z.string().max(60), quantity: quantitySchema })).max(500),
  note: z.string().trim().min(1).max(500).optional(),
})
export type StockCheckRequest = z.infer<typeof stockCheckRequestSchema>

/** One line of an item's history, which nobody can change. */
export const stockChangeSchema = z.object({
  batch: z.string(),
  act: z.enum(STOCK_ACTS),
  before: quantitySchema,
  after: quantitySchema,
  note: z.string().optional(),
  /** Addresses of pictures that were taken while it was counted. */
  photos: z.array(z.string()),
  /** Name of the person. */
  by: z.string(),
  at: instantSchema,
})
export const stockHistorySchema = z.object({ changes: z.array(stockChangeSchema) }).meta({ id: 'StockHistory' })
export type StockHistory = z.infer<typeof stockHistorySchema>
