import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'
import { WORK_ORDER_STATES, partSchema } from './work-orders.ts'

/** A day that the calendar has, as 2026-02-28. */
export const calendarDaySchema = z.iso.date().meta({ example: '2026-02-28' })

/** One line of text as a person types it: no line breaks and no other control characters. */
const lineSchema = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(text => !/[\p{Cc}\u2028\u2029]/u.test(text), 'expected one line without control characters')

/** What stands on an appliance's label and in its public address. No two appliances have the same. */
export const assetTagSchema = lineSchema(80)

/** What a person may say of an appliance; absent: nobody knows. */
export const assetFactsSchema = z.object({
  model: lineSchema(80).optional(),
  maker: lineSchema(80).optional(),
  serial: lineSchema(80).optional(),
  supplier: lineSchema(120).optional(),
  installedOn: calendarDaySchema.optional(),
  warrantyUntil: calendarDaySchema.optional(),
  /** What it was bought for, in fen (1/100 yuan). */
  priceFen: z.int().min(0).max(1_000_000_000).optional(),
  /** Taken out of service for good: visitors do not see it any more, and no plan is made for it. */
  retiredOn: calendarDaySchema.optional(),
})
export type AssetFacts = z.infer<typeof assetFactsSchema>

/** Where a warranty stands: over, at its end within 90 days, running, or not known. */
export const WARRANTY_STATES = ['expired', 'ending', 'running', 'unknown'] as const
export type WarrantyState = (typeof WARRANTY_STATES)[number]

/** An appliance as the register holds it. */
export const assetSchema = assetFactsSchema
  .extend({
    id: idSchema,
    assetTag: assetTagSchema,
    kind: z.enum(APPLIANCE_KINDS),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    warranty: z.enum(WARRANTY_STATES),
    /** Counts every change: an edit names the revision it saw, and loses when another came first. */
    revision: z.int().nonnegative(),
  })
  .meta({ id: 'Asset' })
export type Asset = z.infer<typeof assetSchema>

export const assetListSchema = z
  .object({
    at: instantSchema,
    assets: z.array(assetSchema),
    /** How many there are in all pages. */
    total: z.int().nonnegative(),
    /** Ask again with `after` set to this for those that follow; absent: there are none. */
    next: z.string().optional(),
  })
  .meta({ id: 'AssetList' })
export type AssetList = z.infer<typeof assetListSchema>

/** What an edit can change, by the names of the history. */
export const ASSET_FIELDS = [
  'assetTag',
  'station',
  'kind',
  'model',
  'maker',
  'serial',
  'supplier',
  'installedOn',
  'warrantyUntil',
  'priceFen',
  'retiredOn',
] as const
export type AssetField = (typeof ASSET_FIELDS)[number]

/** One line of an appliance's history; never changed, never removed. */
export const assetChangeSchema = z.object({
  seq: z.int().positive(),
  at: instantSchema,
  /** Login; absent: the fleet's own document, or the tag that the server made. */
  actor: z.string().optional(),
  actorName: z.string().optional(),
  /** `import`: from a table. */
  by: z.enum(['edit', 'import', 'system']),
  field: z.enum(ASSET_FIELDS),
  /** Absent: nothing. */
  before: z.string().optional(),
  after: z.string().optional(),
})
export type AssetChange = z.infer<typeof assetChangeSchema>

/** An appliance with its life: what is derived comes from work orders and readings, and is typed in by nobody. */
export const assetDetailSchema = assetSchema
  .extend({
    /** Oldest first; at most the last 500. */
    history: z.array(assetChangeSchema),
    /** Newest first, at most 20. */
    repairs: z.array(
      z.object({
        id: z.string(),
        titleZh: z.string(),
        titleEn: z.string(),
        source: z.string(),
        severity: z.enum(SEVERITIES),
        state: z.enum(WORK_ORDER_STATES),
        createdAt: instantSchema,
        doneAt: instantSchema.optional(),
        costFen: z.int(),
      }),
    ),
    /** All of them, cancelled ones apart. */
    repairCount: z.int().nonnegative(),
    /** What was built in, newest first, at most 100 lines. */
    parts: z.array(partSchema.extend({ at: instantSchema, workOrder: z.string() })),
    /** Of all its orders together. */
    costFen: z.int(),
    /** Of the last 30 days by its plug's meter; absent: it has none, or nothing came. */
    energy: z
      .object({
        kWh: z.number().nonnegative(),
        /** The days of those 30 that have readings. */
        days: z.int().positive(),
      })
      .optional(),
    /** Whether the caller may change it. */
    mayEdit: z.boolean(),
  })
  .meta({ id: 'AssetDetail' })
export type AssetDetail = z.infer<typeof assetDetailSchema>

/** PUT /api/v1/assets/{tag}: an appliance as it is from now on; what is absent is not known any more. */
export const assetEditSchema = z.strictObject({
  ...assetFactsSchema.shape,
  /** What the person saw: an older one is answered with 409. */
  revision: z.int().nonnegative(),
  assetTag: assetTagSchema,
  /** Where it stands: another one is a move. */
  station: idSchema,
})
export type AssetEdit = z.infer<typeof assetEditSchema>

/** Columns of the table that is imported and exported, in order. */
export const ASSET_COLUMNS = [
  'id',
  'assetTag',
  'station',
  'kind',
  'model',
  'maker',
  'serial',
  'supplier',
  'installedOn',
  'warrantyUntil',
  'price',
  'retiredOn',
] as const
export type AssetColumn = (typeof ASSET_COLUMNS)[number]

/** What a table's first row may call its columns, beside the names of this API. `price` is in yuan. */
export const ASSET_COLUMN_NAMES: Readonly<Record<AssetColumn, { zh: string; en: string }>> = {
  id: { zh: '设备编号', en: 'Appliance' },
  assetTag: { zh: '资产标签', en: 'Asset tag' },
  station: { zh: '站点编号', en: 'Station' },
  kind: { zh: '类别', en: 'Kind' },
  model: { zh: '型号', en: 'Model' },
  maker: { zh: '厂家', en: 'Maker' },
  serial: { zh: '序列号', en: 'Serial number' },
  supplier: { zh: '供应商', en: 'Supplier' },
  installedOn: { zh: '安装日期', en: 'Installed on' },
  warrantyUntil: { zh: '保修至', en: 'Warranty until' },
  price: { zh: '购置价（元）', en: 'Price (yuan)' },
  retiredOn: { zh: '报废日期', en: 'Retired on' },
}

/** What is wrong with a row. Pages say it in the reader's language. */
export const IMPORT_REASONS = [
  'unreadable',
  'no_rows',
  'too_many_rows',
  'missing_column',
  'unknown_column',
  'repeated_column',
  'required',
  'bad_id',
  'bad_tag',
  'bad_date',
  'bad_price',
  'bad_text',
  'bad_number',
  'unknown_kind',
  'kind_differs',
  'unit_differs',
  'unknown_station',
  'other_district',
  'repeated_id',
  'repeated_tag',
  'tag_taken',
  'warranty_before_installed',
  'repeated_batch',
  'too_many_items',
] as const
export type ImportReason = (typeof IMPORT_REASONS)[number]

export const importProblemSchema = z.object({
  /** As a spreadsheet counts them: the first row, of the names, is 1; 0: the file as a whole. */
  row: z.int().nonnegative(),
  /** As the table calls it; absent: the row or file as a whole. */
  column: z.string().optional(),
  reason: z.enum(IMPORT_REASONS),
  /** What was found there, shortened. */
  given: z.string().optional(),
})
export type ImportProblem = z.infer<typeof importProblemSchema>

/** What an import did, or would do. With a problem nothing is done. */
export const importResultSchema = z
  .object({
    isDone: z.boolean(),
    rows: z.int().nonnegative(),
    created: z.int().nonnegative(),
    changed: z.int().nonnegative(),
    unchanged: z.int().nonnegative(),
    /** The first 200, by row. */
    problems: z.array(importProblemSchema),
    problemCount: z.int().nonnegative(),
  })
  .meta({ id: 'ImportResult' })
export type ImportResult = z.infer<typeof importResultSchema>

/** The longest table that is taken. */
export const MAX_IMPORT_BYTES = 4 * 2 ** 20

/** Sheets of labels that can be printed, by name: A4, sizes in mm. The names are `columns x rows`. */
export const LABEL_SHEETS = ['2x4', '3x7', '3x8'] as const
export type LabelSheet = (typeof LABEL_SHEETS)[number]
