import { z } from 'zod'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'

/** What a period's figures are split by. */
export const FIGURE_GROUPS = ['none', 'kind', 'model', 'station', 'district', 'day', 'week', 'month'] as const
export type FigureGroup = (typeof FIGURE_GROUPS)[number]

/** The figures of maintenance, in the order in which they are shown and exported. */
export const FIGURES = [
  'faults',
  'ordersMade',
  'ordersVerified',
  'mttaMs',
  'mttrMs',
  'pausedMs',
  'mtbfMs',
  'firstTimeFix',
  'availability',
  'repeats',
  'costFen',
] as const
export type FigureName = (typeof FIGURES)[number]

/** How a figure is written: a number of things, a mean duration, a share from 0 to 1, or money. */
export type FigureUnit = 'count' | 'ms' | 'share' | 'fen'

/** What a figure means, in the words of screen and download alike. */
export interface FigureDefinition {
  unit: FigureUnit
  nameZh: string
  nameEn: string
  textZh: string
  textEn: string
}

/** One definition for each figure: what the code computes, in words. */
export const FIGURE_DEFINITIONS: Readonly<Record<FigureName, FigureDefinition>> = {
  faults: {
    unit: 'count',
    nameZh: '设备故障次数',
    nameEn: 'Appliance faults',
    textZh: '本期内开始的设备停用次数。一台设备有 P0 至 P2 级告警未恢复即为停用；同时存在的告警算一次。',
    textEn:
      'How often an appliance became useless in the period. It is useless while an alert of grade P0 to P2 stands; alerts at the same time count once.',
  },
  ordersMade: {
    unit: 'count',
    nameZh: '新增工单',
    nameEn: 'Orders made',
    textZh: '故障在本期内被发现的工单数，不含已取消的。',
    textEn: 'Work orders whose fault was detected in the period, cancelled ones apart.',
  },
  ordersVerified: {
    unit: 'count',
    nameZh: '已确认工单',
    nameEn: 'Orders verified',
    textZh: '最后一次确认修好在本期内的工单数。',
    textEn: 'Work orders verified, for the last time, in the period.',
  },
  mttaMs: {
    unit: 'ms',
    nameZh: '平均响应时间 (MTTA)',
    nameEn: 'Mean time to acknowledge (MTTA)',
    textZh:
      '从发现故障到首次有人确认告警或接单的平均时间，无网络时以按下的时间为准；按本期内发现且已有人接手的工单计算。',
    textEn:
      'Mean time from detection until somebody first acknowledges its alert or accepts its order, without a network when they pressed; over orders detected in the period that somebody has taken.',
  },
  mttrMs: {
    unit: 'ms',
    nameZh: '平均修复时间 (MTTR)',
    nameEn: 'Mean time to repair (MTTR)',
    textZh: '从发现故障到最后一次确认修好的平均历时（含暂停），无网络时以按下的时间为准；按本期内确认的工单计算。',
    textEn:
      'Mean elapsed time from detection until the last verification, pauses included, without a network until it was pressed; over orders verified in the period.',
  },
  pausedMs: {
    unit: 'ms',
    nameZh: '其中暂停时间',
    nameEn: 'Of it paused',
    textZh: '同一批工单在发现与确认之间计时暂停（如等配件）的平均时间。',
    textEn:
      'Mean time for which the clock of the same orders stood, for example to wait for parts, before they were verified.',
  },
  mtbfMs: {
    unit: 'ms',
    nameZh: '平均故障间隔 (MTBF)',
    nameEn: 'Mean time between failures (MTBF)',
    textZh: '设备可用总时间除以设备故障次数；本期无故障则无此值。',
    textEn: 'All time for which appliances were usable, divided by their faults; none without a fault.',
  },
  firstTimeFix: {
    unit: 'share',
    nameZh: '一次修复率',
    nameEn: 'First-time-fix rate',
    textZh: '本期内确认的工单中，从未重新打开过的比例。',
    textEn: 'Of the orders verified in the period, the share that was never opened again.',
  },
  availability: {
    unit: 'share',
    nameZh: '可用率',
    nameEn: 'Availability',
    textZh: '设备可用时间占本期（至今）的比例；被停电等原因解释的故障也算停用，P3 级不算。',
    textEn:
      'The share of the period, up to now, in which appliances were usable. Faults that a power cut or the like explains count as well; grade P3 does not.',
  },
  repeats: {
    unit: 'share',
    nameZh: '30 天内重复故障率',
    nameEn: 'Repeat faults within 30 days',
    textZh: '本期内发现的工单中，同一对象在此前 30 天内曾确认修好，或本单曾在确认后重新打开的比例。',
    textEn:
      'Of the orders detected in the period, the share whose thing had been verified as repaired within the 30 days before, or that was opened again after being verified.',
  },
  costFen: {
    unit: 'fen',
    nameZh: '配件费用',
    nameEn: 'Cost of parts',
    textZh: '本期内记在工单上的配件费用合计，含冲销。',
    textEn: 'All parts entered on work orders in the period, what was taken back subtracted.',
  },
}

const meanSchema = z.number().nonnegative().optional()
const shareSchema = z.number().min(0).max(1).optional()

/** Figures of one period or of one part of it; what has nothing to be computed of is absent. */
export const figuresSchema = z.object({
  faults: z.int().nonnegative(),
  ordersMade: z.int().nonnegative(),
  ordersVerified: z.int().nonnegative(),
  mttaMs: meanSchema,
  mttrMs: meanSchema,
  pausedMs: meanSchema,
  mtbfMs: meanSchema,
  firstTimeFix: shareSchema,
  availability: shareSchema,
  repeats: shareSchema,
  costFen: z.int(),
})
export type Figures = z.infer<typeof figuresSchema>

/** One part of a period's figures: an appliance kind, a station, a week, … */
export const figureRowSchema = z.object({
  /** The kind, the model, an id, a district's code, or the first day as 2026-07-27; empty: what is of none. */
  key: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
  figures: figuresSchema,
})
export type FigureRow = z.infer<typeof figureRowSchema>

export const figureReportSchema = z
  .object({
    at: instantSchema,
    from: instantSchema,
    to: instantSchema,
    by: z.enum(FIGURE_GROUPS),
    district: districtSchema.optional(),
    kind: z.enum(APPLIANCE_KINDS).optional(),
    station: idSchema.optional(),
    total: figuresSchema,
    /** At most 2,000; parts with the most faults first, times by time. */
    rows: z.array(figureRowSchema),
  })
  .meta({ id: 'FigureReport' })
export type FigureReport = z.infer<typeof figureReportSchema>
