import { APPLIANCE_KINDS, METRIC_NAMES, type Metric, SEVERITIES } from '@harbor/protocol'
import { z } from 'zod'

const durationMsSchema = z.int().positive()
const textSchema = z.object({ zh: z.string().min(1), en: z.string().min(1) })
const metricSchema = z.enum(METRIC_NAMES as [Metric, ...Metric[]])
const severitySchema = z.enum(SEVERITIES)

/** The values that count: those strictly above, or strictly below, a limit in the metric's unit. */
const limitShape = { beyond: z.enum(['above', 'below']), threshold: z.number() }

/**
 * What must also be so. `open`: 1 while the station is open by its hours; `hours`: 1 while its hours are known, open or not;
 * `own_temperature`: inside the appliance; `room_temperature`, `people` and `door` (1: open): of the station's own sensors;
 * others: the same device's newest value.
 */
const gateSchema = z.object({
  signal: z.enum(['open', 'hours', 'people', 'door', 'room_temperature', 'own_temperature', 'power', 'relay']),
  ...limitShape,
  /** What counts while the signal is not known. */
  unknown: z.enum(['holds', 'fails']),
})

/** True once every value for `holdMs` was beyond the limit; 0: with the first. */
const heldSchema = z.object({ ...limitShape, holdMs: z.int().nonnegative() })

/** As above, and put off while the value moves back towards the limit by at least `by` (in its unit) in `withinMs`. */
const raiseSchema = heldSchema.extend({
  unlessRecovering: z.object({ by: z.number().positive(), withinMs: durationMsSchema }).optional(),
})

/** One metric of one device stays beyond a limit for long enough. */
const sustainedSchema = z.object({
  kind: z.literal('sustained'),
  metric: metricSchema,
  /** Judged is not the metric but what is reckoned from it: the heat index of temperature and the same device's humidity. */
  derived: z.literal('heat_index').optional(),
  /** While one of them is not so, nothing is beyond a limit that raises. */
  gates: z.array(gateSchema).max(4).optional(),
  /** A fault that stands is over when a gate shuts (the default), or only by the limit that clears. */
  shutClears: z.boolean().optional(),
  /** Any one of them raises the fault, with this severity. */
  raise: z.array(raiseSchema).min(1).max(8),
  severity: severitySchema,
  /** What makes a fault that was raised worse. */
  escalate: z.array(heldSchema.extend({ severity: severitySchema })).max(4),
  clear: heldSchema,
  /** A single wrong value is passed over where three readings lie within this; see judgeSustained. */
  smoothMs: durationMsSchema,
  /** After a silence longer than this nothing is known of the time between: holds start anew, a raised fault stays. */
  maxGapMs: durationMsSchema,
  /**
   * A time scale makes `maxGapMs` no shorter than this: the scale quickens the physics, and not the network or the sensor's own
   * report interval.
   */
  minGapMs: durationMsSchema,
  /** Readings may arrive out of order by as much as this; each is judged once one this much newer is there. 0: at once. */
  latenessMs: z.int().nonnegative(),
})

/** What rules on a plug's watts have in common. Their durations are counted in the time of the appliance's physics; see the engine. */
const powerShape = {
  severity: severitySchema,
  /** So long after it was raised a fault that stands is worse. */
  escalate: z.array(z.object({ afterMs: durationMsSchema, severity: severitySchema })).max(2),
  /** The condition must stand for so long; 0: at once, where the condition has its own length. */
  holdMs: z.int().nonnegative(),
  /** It clears once the opposite was so for so long. */
  clearMs: z.int().nonnegative(),
  gates: z.array(gateSchema).max(4).optional(),
}

/** It runs, or rests, for too long at a stretch. */
const longPhaseSchema = z.object({
  kind: z.literal('long_phase'),
  ...powerShape,
  phase: z.enum(['run', 'rest']),
  /** Too long is `minMs`, and `factor` times the usual longest one of a day, up to `maxMs`. */
  minMs: durationMsSchema,
  factor: z.number().min(1),
  maxMs: durationMsSchema,
  /** Before two days were learnt; absent: nothing is said before. */
  unlearntMs: durationMsSchema.optional(),
  /** By the room's temperature where it is known, coldest first: below `belowC` it is `minMs`; null: nothing is said. */
  byRoom: z
    .array(z.object({ belowC: z.number(), minMs: durationMsSchema.nullable() }))
    .max(6)
    .optional(),
  /** Of what usually goes on for longer than this nothing is said: that is no habit of its own, but of those who use it. */
  usualAtMostMs: durationMsSchema.optional(),
  /** Nothing is said before so many whole runs were seen. */
  minCycles: z.int().nonnegative(),
  /** Nor of what runs with less power than this, W: another part of the appliance runs then. */
  minRunW: z.number().nonnegative(),
  /** Of an appliance whose running power varies (an inverter) or that usually runs nearly always, nothing is said. */
  constantSpeedOnly: z.boolean(),
  /** A rest that takes more than this share of the running power, and more than 8 W, is none: something runs slowly. */
  restBelowShare: z.number().positive().max(1).optional(),
  /** Where the appliance has a standby power, it must be there: without it there is no mains, which is another fault. */
  standbyPresent: z.boolean(),
})

/** It runs for too large a share of the time, by its own measure. */
const highDutySchema = z.object({
  kind: z.literal('high_duty'),
  ...powerShape,
  hours: z.int().min(1).max(48),
  /** Above this share, %, and above `factor` times what is usual. */
  floorPct: z.number().positive(),
  factor: z.number().min(1),
  /** In place of both, where the room's temperature is known and what is usual is reckoned for it. */
  withRoom: z.object({ floorPct: z.number().positive(), factor: z.number().min(1) }).optional(),
  clearFactor: z.number().min(1),
  /** Only in windows that end within these hours of the local day; over midnight where `from` is later. */
  between: z.object({ fromHour: z.int().min(0).max(23), toHour: z.int().min(0).max(24) }).optional(),
  /** Each third of the hours must reach this share of the limit by itself: one warm load makes one long run, and then it is over. */
  thirdsShare: z.number().min(0).max(1),
  /** What is usual in the same quarter of the day, instead of the whole day. */
  byBand: z.boolean(),
  constantSpeedOnly: z.boolean(),
})

/** It starts too often. */
const manyStartsSchema = z.object({
  kind: z.literal('many_starts'),
  ...powerShape,
  perHour: z.int().positive(),
  /** More than half of the runs are short by the power's own measure. */
  mostlyShort: z.boolean(),
  clearPerHour: z.int().positive(),
  /** Nothing is said before two days were learnt in which runs usually took this long. 0: nothing need be learnt. */
  minUsualRunMs: z.int().nonnegative(),
})

/** It tries to start and does not. */
const failedStartsSchema = z.object({
  kind: z.literal('failed_starts'),
  ...powerShape,
  count: z.int().min(2).max(4),
  withinMs: durationMsSchema,
  /** A run of this length proves that it starts. */
  runMs: durationMsSchema,
})

/** Sessions draw like a lamp where earlier ones heated. */
const coldSessionsSchema = z.object({
  kind: z.literal('cold_sessions'),
  ...powerShape,
  count: z.int().positive(),
  /** So many must have heated before. */
  minHeated: z.int().positive(),
})

/** The middle of the last 20 sessions is weaker than that of the first 20. */
const weakSessionsSchema = z.object({
  kind: z.literal('weak_sessions'),
  ...powerShape,
  /** The power with which they heat, or how fast they cool the room. */
  of: z.enum(['power', 'cooling']),
  belowShare: z.number().positive().max(1),
  clearShare: z.number().positive().max(1),
})

/** The standby power that was always there is gone. */
const powerGoneSchema = z.object({
  kind: z.literal('power_gone'),
  ...powerShape,
  /** Only where standby was at least this, W, and there for nearly all of the resting time. */
  minStandbyW: z.number().positive(),
})

/** A heater burns on at an even power while the cabinet warms. */
const flatHeatSchema = z.object({
  kind: z.literal('flat_heat'),
  ...powerShape,
  minW: z.number().positive(),
  maxW: z.number().positive(),
  minMs: durationMsSchema,
  riseC: z.number().positive(),
})

/** It works hard and the room does not cool. */
const noCoolingSchema = z.object({
  kind: z.literal('no_cooling'),
  ...powerShape,
  /** Share of the highest power learnt. */
  peakShare: z.number().positive().max(1),
  roomAboveC: z.number(),
  /** The room must have cooled by less than this in an hour. */
  fallC: z.number().positive(),
  clearRoomC: z.number(),
})

/** It heats for nobody in the closed hours, night after night. */
const wastedNightsSchema = z.object({ kind: z.literal('wasted_nights'), ...powerShape, nights: z.int().positive() })

const sensorShape = { metric: metricSchema, severity: severitySchema, latenessMs: durationMsSchema }

/** A sensor says the same for too long. */
const flatLineSchema = z.object({
  kind: z.literal('flat_line'),
  ...sensorShape,
  /** Values within this of each other are the same. */
  band: z.number().nonnegative(),
  holdMs: durationMsSchema,
  /** And said it at least so often. */
  minReadings: z.int().positive(),
  maxGapMs: durationMsSchema,
})

/** A sensor leaps as nothing physical does. */
const jumpsSchema = z.object({
  kind: z.literal('jumps'),
  ...sensorShape,
  by: z.number().positive(),
  /** Between two readings no further apart than this. */
  withinMs: durationMsSchema,
  count: z.int().min(2).max(12),
  windowMs: durationMsSchema,
})

/** More people came in than went out, or the other way round, in a day. */
const imbalanceSchema = z.object({
  kind: z.literal('imbalance'),
  ...sensorShape,
  by: z.int().positive(),
  share: z.number().positive().max(1),
})

/**
 * The station's door has not been opened although it is open by its hours. Looked at with each reading of `metric`, of a sensor that
 * reports all day: a door's contact speaks when it moves, and this is about its not moving.
 */
const neverOpenedSchema = z.object({
  kind: z.literal('never_opened'),
  ...sensorShape,
  /** So long after the posted opening. */
  holdMs: durationMsSchema,
  /** Opened within so long before it counts as well: somebody came early. */
  earlyMs: durationMsSchema,
  /** So long after it was raised it is worse. */
  escalate: z.array(z.object({ afterMs: durationMsSchema, severity: severitySchema })).max(2),
  /** After a longer silence since the opening nobody knows whether the door was opened: nothing is said that day. */
  maxGapMs: durationMsSchema,
})

/** A count of people stays at zero although the door is opened again and again. Looked at with each count. */
const deadCounterSchema = z.object({
  kind: z.literal('dead_counter'),
  ...sensorShape,
  /** The door was opened so often within so long, all of it while nobody was counted; openings closer together are one. */
  openings: z.int().min(2).max(12),
  withinMs: durationMsSchema,
  apartMs: durationMsSchema,
  /** Nobody was counted for so long of opening hours. */
  holdMs: durationMsSchema,
  /** After a longer silence of the counter nobody knows what it counted: all begins anew. */
  maxGapMs: durationMsSchema,
})

/** So much was heated that a part is used up. There is no seeing that it was replaced: the day of that is set for the appliance. */
const usedUpSchema = z.object({
  kind: z.literal('used_up'),
  ...sensorShape,
  /** It heats above this power, W. */
  aboveW: z.number().positive(),
  /** Energy that stands for a litre heated, Wh. */
  whPerLitre: z.number().positive(),
  litres: z.number().positive(),
  /** Or so long after it was replaced, or first seen. */
  maxAgeMs: durationMsSchema,
  /** When it was replaced last, ms since 1970; 0: not known. Set it for an appliance, and the count starts anew. */
  replacedAtMs: z.int().nonnegative(),
  maxGapMs: durationMsSchema,
})

/**
 * Readings of a device are dated otherwise than they arrive, by always the same: its clock is wrong. What was held back and comes late
 * comes later and later, or sooner and sooner.
 */
const wrongClockSchema = z.object({
  kind: z.literal('wrong_clock'),
  severity: severitySchema,
  /** Dated so far ahead of their arrival, or so far behind it. */
  aheadMs: durationMsSchema,
  behindMs: durationMsSchema,
  /** Within this of each other they are off by the same. */
  bandMs: durationMsSchema,
  holdMs: durationMsSchema,
  minReadings: z.int().positive(),
})

export const detectorSchema = z.discriminatedUnion('kind', [
  sustainedSchema,
  longPhaseSchema,
  highDutySchema,
  manyStartsSchema,
  failedStartsSchema,
  coldSessionsSchema,
  weakSessionsSchema,
  powerGoneSchema,
  flatHeatSchema,
  noCoolingSchema,
  wastedNightsSchema,
  flatLineSchema,
  jumpsSchema,
  imbalanceSchema,
  neverOpenedSchema,
  deadCounterSchema,
  usedUpSchema,
  wrongClockSchema,
])

/** What a rule is about: an appliance of a kind, the station itself, any appliance's plug, or any device. */
export const RULE_SUBJECTS = [...APPLIANCE_KINDS, 'station', 'any_appliance', 'any'] as const
export type RuleSubject = (typeof RULE_SUBJECTS)[number]

/**
 * One rule: what it watches, from when it is a fault, and what a person does first. `detector` says how it is watched; a
 * further way of watching is a further kind of detector, with its own fields.
 */
export const faultRuleSchema = z.object({
  id: z.string().regex(/^[a-z0-9_]{1,60}$/),
  /** Grows with every change of a number, and is kept with each alert. */
  version: z.int().positive(),
  applianceKind: z.enum(RULE_SUBJECTS),
  /** Of all that it is about, these it is not: they have a rule of their own. */
  exceptKinds: z.array(z.enum(APPLIANCE_KINDS)).optional(),
  /**
   * Not raised while one of these stands on the same device: they say the same of the same fault, and more exactly. They come before
   * it in the catalogue.
   */
  unless: z.array(z.string()).optional(),
  name: textSchema,
  /** What a person should look at before anything is ordered or taken apart, most likely cause first. */
  checkFirst: z.array(textSchema).min(1),
  /**
   * The alert is there so long after the fault began to show in what is measured, in at least 98 of 100 cases: holds, report
   * intervals, lost readings and silences of half an hour included. `npm run bench -w server -- faults` holds it to that.
   */
  promisedMs: durationMsSchema,
  /** Where the numbers come from. */
  source: z.string().min(1),
  detector: detectorSchema,
})

export type FaultRule = z.infer<typeof faultRuleSchema>
export type FaultRuleInput = z.input<typeof faultRuleSchema>
export type Detector = FaultRule['detector']
export type DetectorOf<Kind extends Detector['kind']> = Extract<Detector, { kind: Kind }>
export type SustainedDetector = DetectorOf<'sustained'>
export type Gate = z.infer<typeof gateSchema>

/** Detectors that watch the states and cycles behind the watts. */
export const POWER_KINDS = [
  'long_phase',
  'high_duty',
  'many_starts',
  'failed_starts',
  'cold_sessions',
  'weak_sessions',
  'power_gone',
  'flat_heat',
  'no_cooling',
  'wasted_nights',
] as const satisfies readonly Detector['kind'][]
export type PowerDetector = DetectorOf<(typeof POWER_KINDS)[number]>

export function isPowerDetector(detector: Detector): detector is PowerDetector {
  return (POWER_KINDS as readonly string[]).includes(detector.kind)
}
