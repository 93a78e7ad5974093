import {
  type ApplianceKind,
  type PlanRequest,
  type PlanSchedule,
  USAGE_METERS,
  type UsageMeter,
} from '@harbor/protocol'

/** How often a plan by calendar comes, as a person chooses it. */
export const RHYTHMS = ['weekly', 'monthly', 'month_end', 'quarterly', 'yearly'] as const
export type Rhythm = (typeof RHYTHMS)[number]

/** What the form holds. */
export interface PlanDraft {
  title: string
  note: string
  /** A kind, or one appliance by id. */
  kind: ApplianceKind
  appliance: string
  model: string
  /** Of a kind: a district's code, or a station's id; empty: everywhere. */
  district: string
  station: string
  by: PlanSchedule['by']
  rhythm: Rhythm
  /** A day such as 2026-03-02. */
  from: string
  leadDays: string
  meter: UsageMeter
  every: string
  rule: string
}

/** The rule of a rhythm from a day on. What falls on the 29th to 31st comes on the last day of a shorter month. */
export function rruleOf(rhythm: Rhythm, from: string): string {
  const day = Number(from.slice(8, 10))
  const ofMonth = day > 28 ? `BYMONTHDAY=${range(28, day)};BYSETPOS=-1` : `BYMONTHDAY=${day}`
  switch (rhythm) {
    case 'weekly':
      return 'FREQ=WEEKLY'
    case 'monthly':
      return `FREQ=MONTHLY;${ofMonth}`
    case 'month_end':
      return 'FREQ=MONTHLY;BYMONTHDAY=-1'
    case 'quarterly':
      return `FREQ=MONTHLY;INTERVAL=3;${ofMonth}`
    case 'yearly':
      return `FREQ=YEARLY;BYMONTH=${Number(from.slice(5, 7))};${ofMonth}`
  }
}

/** What a draft asks for; undefined: something in it is missing or no number. */
export function requestOf(draft: PlanDraft): PlanRequest | undefined {
  const schedule = scheduleOf(draft)
  const title = draft.title.trim()
  if (schedule === undefined || title === '') return undefined
  const note = draft.note.trim()
  return { title, ...(note !== '' && { note }), ...targetOf(draft), schedule }
}

/** When a draft is due; undefined: something is missing. */
export function scheduleOf(draft: PlanDraft): PlanSchedule | undefined {
  switch (draft.by) {
    case 'calendar': {
      const leadDays = Number(draft.leadDays)
      if (!/^\d{4}-\d{2}-\d{2}$/.test(draft.from) || !/^\d{1,2}$/.test(draft.leadDays) || leadDays > 60)
        return undefined
      return { by: 'calendar', rrule: rruleOf(draft.rhythm, draft.from), from: draft.from, leadDays }
    }
    case 'usage': {
      const every = Number(draft.every)
      return every > 0 && USAGE_METERS.includes(draft.meter) ? { by: 'usage', meter: draft.meter, every } : undefined
    }
    case 'condition':
      return draft.rule === '' ? undefined : { by: 'condition', rule: draft.rule }
  }
}

/** What a draft is for. */
export function targetOf({ appliance, kind, model, district, station }: PlanDraft): Pick<PlanRequest, 'target'> {
  const [id, name] = [appliance.trim(), model.trim()]
  if (id !== '') return { target: { appliance: id } }
  return {
    target: {
      kind,
      ...(name !== '' && { model: name }),
      ...(district !== '' && { district }),
      ...(station !== '' && { station }),
    },
  }
}

function range(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index).join(',')
}
