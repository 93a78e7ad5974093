import { z } from 'zod'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { dateSchema } from './opening-plan.ts'

/** Shifts begin and end on half hours of the clock: that is also how finely served hours are recorded. */
export const HALF_HOUR_MS = 30 * 60_000
/** The longest shift, in half hours (chosen: a night and a morning; nobody stands longer). */
export const MAX_SHIFT_HALF_HOURS = 32

/** A keeper signs in; a volunteer needs no account. */
export const ROTA_KINDS = ['keeper', 'volunteer'] as const

/** Who serves at a station: somebody who signs in, or a volunteer of whom only a name and one way to reach them are kept. */
export const rotaMemberSchema = z
  .object({
    /** `login:` and a login, or `volunteer:` and an id: the same person at every station. */
    person: z.string(),
    kind: z.enum(ROTA_KINDS),
    name: z.string(),
    /** Of a volunteer, for those who manage the rota alone. */
    contact: z.string().optional(),
  })
  .meta({ id: 'RotaMember' })
export type RotaMember = z.infer<typeof rotaMemberSchema>

/** POST /api/v1/stations/{id}/rota/members. */
export const rotaMemberRequestSchema = z.union([
  z.strictObject({ login: z.string().trim().min(1).max(80) }),
  /** A volunteer who is known already. */
  z.strictObject({ volunteer: idSchema }),
  z.strictObject({ name: z.string().trim().min(1).max(60), contact: z.string().trim().min(1).max(60).optional() }),
])
export type RotaMemberRequest = z.infer<typeof rotaMemberRequestSchema>

/** Answered when a volunteer is put on a rota: the address of their own calendar is said once, and can be made anew. */
export const rotaMemberAddedSchema = rotaMemberSchema
  .extend({
    /** A path for a calendar application; whoever has it reads that one person's shifts. */
    calendar: z.string().optional(),
  })
  .meta({ id: 'RotaMemberAdded' })

const halfHourSchema = z.string().regex(/^([01]\d|2[0-3]):[03]0$/, 'expected a half hour such as 08:30')

/** POST /api/v1/stations/{id}/rota/shifts: one shift, or one of every week. */
export const shiftRequestSchema = z.strictObject({
  /** The first day, on the stations' calendar. */
  day: dateSchema,
  from: halfHourSchema,
  halfHours: z.int().min(1).max(MAX_SHIFT_HALF_HOURS),
  /** RFC 5545 without DTSTART; absent: this day alone. */
  rrule: z
    .string()
    .max(100)
    .regex(/^FREQ=(DAILY|WEEKLY)(;[A-Z]+=[A-Z0-9,+-]+)*$/, 'expected a rule such as FREQ=WEEKLY;BYDAY=MO,TH')
    .optional(),
  /** Whose it is; absent: it is open to whoever signs up. */
  person: z.string().max(100).optional(),
})
export type ShiftRequest = z.infer<typeof shiftRequestSchema>

/** What is done to a shift. A swap goes from `offer` to `take` to `confirm`; until then it stays its holder's. */
export const SHIFT_ACTS = [
  'sign_up',
  'assign',
  'withdraw',
  'offer',
  'keep',
  'take',
  'confirm',
  'refuse',
  'check_in',
  'check_out',
  'cancel',
] as const
export type ShiftAct = (typeof SHIFT_ACTS)[number]

/** POST /api/v1/rota/shifts/{id}/acts. */
export const shiftActRequestSchema = z.strictObject({
  act: z.enum(SHIFT_ACTS),
  /** Of `assign`: whom; of a presence said for a volunteer without an account: whose. */
  person: z.string().max(100).optional(),
  /** Of `check_in`: the code on the station's door, when it was scanned. */
  code: z
    .string()
    .regex(/^[a-z0-9]{10,32}$/)
    .optional(),
})
export type ShiftActRequest = z.infer<typeof shiftActRequestSchema>

/**
 * `open`: nobody has it; `taken`; `present`; `late`: begun 15 minutes ago and nobody has checked in; `missed`: over, and nobody did;
 * `served`: somebody was there; `cancelled`.
 */
export const SHIFT_STATES = ['open', 'taken', 'late', 'present', 'missed', 'served', 'cancelled'] as const
export type ShiftState = (typeof SHIFT_STATES)[number]

export const shiftSchema = z
  .object({
    id: z.string(),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    from: instantSchema,
    to: instantSchema,
    state: z.enum(SHIFT_STATES),
    person: z.string().optional(),
    name: z.string().optional(),
    /** Weekly: the pattern that it came of. */
    pattern: z.string().optional(),
    swap: z.object({ by: z.string().optional(), name: z.string().optional() }).optional(),
    checkedInAt: instantSchema.optional(),
    /** Shown by the code on the door, or somebody's word alone. */
    shownBy: z.enum(['door', 'word']).optional(),
    checkedOutAt: instantSchema.optional(),
    /** Served time that counts, in hours to 0.5; only of what is ended. */
    hours: z.number().optional(),
    /** What the asking person may do now. */
    mayDo: z.array(z.enum(SHIFT_ACTS)),
  })
  .meta({ id: 'Shift' })
export type Shift = z.infer<typeof shiftSchema>

/** A stretch of posted opening hours that nobody has signed up for. */
export const rotaGapSchema = z
  .object({
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    from: instantSchema,
    to: instantSchema,
    /** When a call for somebody went out; absent: not yet. */
    calledAt: instantSchema.optional(),
    /** Somebody holds a shift in it, but did not come. */
    isAbsence: z.boolean(),
    /** It has begun: why the station may be closed. */
    isNow: z.boolean(),
  })
  .meta({ id: 'RotaGap' })
export type RotaGap = z.infer<typeof rotaGapSchema>

export const rotaGapListSchema = z
  .object({
    at: instantSchema,
    /** Soonest first. */
    gaps: z.array(rotaGapSchema),
    /** Stations of the region that need somebody to open them. */
    stations: z.int().nonnegative(),
  })
  .meta({ id: 'RotaGapList' })
export type RotaGapList = z.infer<typeof rotaGapListSchema>

export const rotaPatternSchema = z.object({
  id: z.string(),
  rrule: z.string(),
  firstDay: dateSchema,
  from: halfHourSchema,
  halfHours: z.int(),
  person: z.string().optional(),
  name: z.string().optional(),
})

/** GET /api/v1/stations/{id}/rota: a station's week. */
export const stationRotaSchema = z
  .object({
    at: instantSchema,
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    /** Somebody has to open it; false: it opens by itself, or its host does. */
    needsKeeper: z.boolean(),
    members: z.array(rotaMemberSchema),
    patterns: z.array(rotaPatternSchema),
    /** Of the seven days from `firstDay` on. */
    firstDay: dateSchema,
    shifts: z.array(shiftSchema),
    gaps: z.array(rotaGapSchema),
    mayManage: z.boolean(),
  })
  .meta({ id: 'StationRota' })
export type StationRota = z.infer<typeof stationRotaSchema>

/** GET /api/v1/rota/mine: my shifts, and those that I could have. */
export const myRotaSchema = z
  .object({
    at: instantSchema,
    me: z.string(),
    /** Mine, from yesterday on. */
    mine: z.array(shiftSchema),
    /** Open ones, and those on offer, where I serve. */
    free: z.array(shiftSchema),
    stations: z.array(z.object({ station: idSchema, nameZh: z.string(), nameEn: z.string() })),
    /** Served in the last 30 days. */
    hours: z.number(),
  })
  .meta({ id: 'MyRota' })
export type MyRota = z.infer<typeof myRotaSchema>

/** GET /api/v1/rota/week?region=&from=: seven days of every station that somebody has to open, by station. */
export const rotaWeekSchema = z
  .object({
    at: instantSchema,
    firstDay: dateSchema,
    stations: z.array(
      z.object({
        station: idSchema,
        nameZh: z.string(),
        nameEn: z.string(),
        district: districtSchema,
        days: z.array(
          z.object({
            day: dateSchema,
            /** That somebody has. */
            shifts: z.int().nonnegative(),
            /** Posted hours that nobody covers; of what is over none are told. */
            gapHours: z.number().nonnegative(),
          }),
        ),
      }),
    ),
    /** There are more than these; ask for a region. */
    isCut: z.boolean(),
  })
  .meta({ id: 'RotaWeek' })
export type RotaWeek = z.infer<typeof rotaWeekSchema>

/** What the rota says of a day on which a station did not open as posted: nobody had a shift, or nobody who had one came. */
export const OPENING_ABSENCES = ['nobody_on_rota', 'nobody_came'] as const
export type OpeningAbsence = (typeof OPENING_ABSENCES)[number]

/** One line of served hours: what a certificate of volunteer service is written from. */
export const servedHoursSchema = z
  .object({
    shift: z.string(),
    person: z.string(),
    name: z.string(),
    kind: z.enum(ROTA_KINDS),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    from: instantSchema,
    to: instantSchema,
    hours: z.number(),
    shownBy: z.enum(['door', 'word']),
  })
  .meta({ id: 'ServedHours' })
export type ServedHours = z.infer<typeof servedHoursSchema>
