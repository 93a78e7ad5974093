import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'

/** Pictures that one line of a checklist may have. */
export const MAX_LINE_PHOTOS = 4

const textSchema = z.string().trim().min(1).max(200)

/** What every line has. */
const line = {
  /** The same in every version, so that answers of one line can be compared over the years. */
  id: z.string().regex(/^[a-z0-9_]{1,40}$/, 'expected small letters, digits and underscores, at most 40'),
  labelZh: textSchema,
  labelEn: textSchema,
  /** May be left out. */
  isOptional: z.boolean().optional(),
  /** The grade of the order that a failed line opens. */
  severity: z.enum(SEVERITIES).default('P3'),
  /** The line is about an appliance of this kind: its order is that of the appliance, where the station has just one. */
  applianceKind: z.enum(APPLIANCE_KINDS).optional(),
}

/**
 * One line of a checklist. `pass_fail`: good or not; `number`: fails outside its range, both ends included; `choice`: fails with the
 * options that say so; `text` and `photo` never fail.
 */
export const checklistLineSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...line, type: z.literal('pass_fail') }),
  z
    .strictObject({
      ...line,
      type: z.literal('number'),
      unit: z.string().max(20).optional(),
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'expected min to be at most max'),
  z.strictObject({ ...line, type: z.literal('text') }),
  z.strictObject({
    ...line,
    type: z.literal('choice'),
    options: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9_]{1,40}$/),
          labelZh: textSchema,
          labelEn: textSchema,
          fails: z.boolean().optional(),
        }),
      )
      .min(2)
      .max(12),
  }),
  z.strictObject({ ...line, type: z.literal('photo') }),
])
export type ChecklistLine = z.infer<typeof checklistLineSchema>

/** What an administrator writes: a checklist as it is from its next version on. */
export const checklistTemplateRequestSchema = z.strictObject({
  /** The version that it replaces; 0: there is none. With an old one it is refused. */
  replaces: z.int().nonnegative(),
  titleZh: textSchema,
  titleEn: textSchema,
  /** `inspection`: of a station; `order`: on site with a work order. */
  use: z.enum(['inspection', 'order']),
  /** Of `order`: for appliances of this kind; absent: for every order. */
  applianceKind: z.enum(APPLIANCE_KINDS).optional(),
  /** No longer offered; what was filled in stays. */
  isRetired: z.boolean().optional(),
  /** Where its lines come from. */
  source: z.string().max(500).optional(),
  lines: z
    .array(checklistLineSchema)
    .min(1)
    .max(60)
    .refine(lines => new Set(lines.map(({ id }) => id)).size === lines.length, 'expected each line to have its own id'),
})
export type ChecklistTemplateRequest = z.infer<typeof checklistTemplateRequestSchema>

/** One version of a checklist; never changed. */
export const checklistTemplateSchema = checklistTemplateRequestSchema
  .omit({ replaces: true })
  .extend({ id: idSchema, version: z.int().positive(), createdAt: instantSchema })
  .meta({ id: 'ChecklistTemplate' })
export type ChecklistTemplate = z.infer<typeof checklistTemplateSchema>

export const checklistTemplateListSchema = z
  .object({ templates: z.array(checklistTemplateSchema) })
  .meta({ id: 'ChecklistTemplateList' })
export type ChecklistTemplateList = z.infer<typeof checklistTemplateListSchema>

/** The answer to one line. */
export const checklistAnswerSchema = z.strictObject({
  line: z.string().min(1).max(40),
  /** Of `pass_fail`: `pass` or `fail`; of `choice`: an option's id; of `number`: the number; of `text`: the words. */
  value: z.union([z.string().trim().min(1).max(1_000), z.number()]).optional(),
  note: z.string().trim().min(1).max(500).optional(),
  /** How many pictures follow; sent one by one. */
  photos: z.int().min(0).max(MAX_LINE_PHOTOS).default(0),
})
export type ChecklistAnswer = z.infer<typeof checklistAnswerSchema>

/** Made by the phone, 128 random bits in hex: the same checklist sent again, after a lost answer, is one. */
export const checklistKeySchema = z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits')

/** POST /api/v1/checklist-fills: a checklist filled in on site, perhaps hours ago without a network. */
export const checklistFillRequestSchema = z.strictObject({
  key: checklistKeySchema,
  template: idSchema,
  version: z.int().positive(),
  station: idSchema,
  /** The work order on which it was filled in. */
  workOrder: z.string().min(1).max(100).optional(),
  /** By the phone's clock. */
  filledAt: instantSchema,
  answers: z.array(checklistAnswerSchema).max(60),
})
export type ChecklistFillRequest = z.infer<typeof checklistFillRequestSchema>

export const checklistFillSchema = z
  .object({
    key: checklistKeySchema,
    template: idSchema,
    version: z.int().positive(),
    titleZh: z.string(),
    titleEn: z.string(),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    workOrder: z.string().optional(),
    /** Who filled it in. */
    by: z.string(),
    filledAt: instantSchema,
    receivedAt: instantSchema,
    failed: z.int().nonnegative(),
  })
  .meta({ id: 'ChecklistFill' })
export type ChecklistFill = z.infer<typeof checklistFillSchema>

export const checklistFillListSchema = z
  .object({
    fills: z.array(checklistFillSchema),
    /** Ask again with `after` set to this for those that follow; absent: there are none. */
    next: z.string().optional(),
  })
  .meta({ id: 'ChecklistFillList' })
export type ChecklistFillList = z.infer<typeof checklistFillListSchema>

export const checklistFillDetailSchema = checklistFillSchema
  .extend({
    lines: z.array(checklistLineSchema),
    answers: z.array(
      z.object({
        line: z.string(),
        value: z.union([z.string(), z.number()]).optional(),
        note: z.string().optional(),
        failed: z.boolean(),
        /** The order that this line opened, or joined. */
        workOrder: z.string().optional(),
        /** Addresses of pictures. */
        photos: z.array(z.string()),
        /** Pictures that were announced and have not come yet. */
        photosMissing: z.int().nonnegative(),
      }),
    ),
  })
  .meta({ id: 'ChecklistFillDetail' })
export type ChecklistFillDetail = z.infer<typeof checklistFillDetailSchema>

/** What an answer comes to; `missing`: the line wants one; `wrong`: it cannot be an answer to this line. */
export type LineResult = 'passed' | 'failed' | 'left_out' | 'missing' | 'wrong'

/** Judges one line: the same on the phone, before it is sent, as on the server. */
export function lineResult(line: ChecklistLine, answer: ChecklistAnswer | undefined): LineResult {
  if (line.type === 'photo') {
    if (answer?.value !== undefined) return 'wrong'
    return (answer?.photos ?? 0) > 0 ? 'passed' : line.isOptional === true ? 'left_out' : 'missing'
  }
  const value = answer?.value
  if (value === undefined) return line.isOptional === true ? 'left_out' : 'missing'
  switch (line.type) {
    case 'pass_fail':
      return value === 'pass' ? 'passed' : value === 'fail' ? 'failed' : 'wrong'
    case 'number':
      if (typeof value !== 'number') return 'wrong'
      return value < (line.min ?? -Infinity) || value > (line.max ?? Infinity) ? 'failed' : 'passed'
    case 'text':
      return typeof value === 'string' ? 'passed' : 'wrong'
    case 'choice': {
      const option = line.options.find(({ id }) => id === value)
      return option === undefined ? 'wrong' : option.fails === true ? 'failed' : 'passed'
    }
  }
}
