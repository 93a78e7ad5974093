import { type EditableFigure, type UsageDoubt } from '@harbor/protocol'
import type { RegistryTables } from '../registry/schema.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { StationEntry } from '../registry/directory.ts'
import { ALL_FACTS, type AnyFact, type StationDay } from './facts.ts'
import type { LocalDay } from './local-day.ts'
import { roundedHours } from './sums.ts'

/** Days before a day that say what is usual. */
const USUAL_DAYS = 28
/** Of them so many must have been counted, or nothing is called unusual (chosen: a week). */
const FEWEST_USUAL = 7
/** More than so many times the median is implausible, as is a difference of in and out beyond a fifth and ten people. */
const IMPLAUSIBLE_TIMES = 3
const IMBALANCE_SHARE = 0.2
const IMBALANCE_PEOPLE = 10
/** Fewer visits than this are never too many (chosen): three times a median of one is no news. */
const FEWEST_DOUBTED = 10

export const COLUMN_OF: Readonly<Record<EditableFigure, AnyFact>> = {
  visits: 'visits',
  peopleHours: 'people_hours',
  peakPeople: 'peak_people',
  microwaveStarts: 'microwave_starts',
}

/** What is odd about a day's counts. `before`: the visits of the 28 days before, of those that were counted. */
export function doubtsOf(
  { visits, in: entered, out: left }: { visits: number | null; in: number | null; out: number | null },
  before: readonly number[],
): { doubts: UsageDoubt[]; median: number | null } {
  const median = before.length < FEWEST_USUAL ? null : medianOf(before)
  const doubts: UsageDoubt[] = []
  if (median !== null && visits !== null && visits >= FEWEST_DOUBTED && visits > IMPLAUSIBLE_TIMES * median)
    doubts.push('above_median')
  if (entered !== null && left !== null) {
    const difference = Math.abs(entered - left)
    if (difference > IMBALANCE_PEOPLE && difference > IMBALANCE_SHARE * Math.max(entered, left))
      doubts.push('imbalance')
  }
  return { doubts, median }
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** Writes a day of some stations in place of what was there; figures set by hand stay. All are of one day. */
export async function writeDays(
  db: RegistryDb,
  counted: readonly { entry: StationEntry; result: StationDay }[],
  { day, nowMs }: { day: LocalDay; nowMs: number },
): Promise<void> {
  if (counted.length === 0) return
  const stations = counted.map(({ result }) => result.station)
  const [past, edits] = await Promise.all([
    db
      .selectFrom('usage_day')
      .select(['station', 'visits'])
      .where('station', 'in', stations)
      .where('day', '>=', day - USUAL_DAYS)
      .where('day', '<', day)
      .where('visits', 'is not', null)
      .execute(),
    db
      .selectFrom('usage_edit')
      .select(['station', 'figure', 'value'])
      .where('station', 'in', stations)
      .where('day', '=', day)
      .orderBy('seq')
      .execute(),
  ])
  const usual = Map.groupBy(past, ({ station }) => station)
  const edited = Map.groupBy(edits, ({ station }) => station)
  const rows = counted.map(({ entry, result }): RegistryTables['usage_day'] => {
    const { record } = entry
    const { facts } = result
    const before = (usual.get(result.station) ?? []).map(({ visits }) => visits ?? 0)
    const { doubts, median } = doubtsOf({ visits: facts.visits, in: facts.people_in, out: facts.people_out }, before)
    const { set, measured } = setByHand(edited.get(result.station) ?? [], facts)
    return {
      station: result.station,
      day,
      district: record.district,
      street: record.street ?? null,
      host_kind: record.hostKind ?? null,
      method: result.method,
      truth: result.truth,
      posted: result.posted === undefined ? null : JSON.stringify(result.posted),
      first_sign: result.firstSign ?? null,
      last_sign: result.lastSign ?? null,
      hours: JSON.stringify(roundedHours(result.hours)),
      measured,
      doubts: JSON.stringify(doubts),
      median,
      counted_at_ms: nowMs,
      ...facts,
      ...set,
      doubtful_days: doubts.length > 0 ? 1 : 0,
      edited_days: measured === null ? 0 : 1,
    }
  })
  const columns = Object.keys(rows[0] ?? {}).filter(key => key !== 'station' && key !== 'day') as (
    AnyFact | 'district' | 'hours'
  )[]
  await db
    .insertInto('usage_day')
    .values(rows)
    .onConflict(conflict =>
      conflict
        .columns(['station', 'day'])
        .doUpdateSet(eb => Object.fromEntries(columns.map(column => [column, eb.ref(`excluded.${column}`)]))),
    )
    .execute()
}

/** The newest word on each figure, and what was measured of those that are set. */
export function setByHand(
  edits: readonly { figure: EditableFigure; value: number | null }[],
  facts: Readonly<Partial<Record<AnyFact, number | null>>>,
): { set: Partial<Record<AnyFact, number>>; measured: string | null } {
  const newest = new Map(edits.map(({ figure, value }) => [figure, value]))
  const set: Partial<Record<AnyFact, number>> = {}
  const measured: Partial<Record<EditableFigure, number | null>> = {}
  for (const [figure, value] of newest) {
    if (value === null) continue
    const column = COLUMN_OF[figure]
    set[column] = value
    measured[figure] = facts[column] ?? null
  }
  return { set, measured: Object.keys(set).length === 0 ? null : JSON.stringify(measured) }
}

/** Whether anything at all was heard of the station on the day. */
export function wasHeard({ facts, firstSign }: StationDay): boolean {
  return firstSign !== undefined || ALL_FACTS.some(fact => HEARD.has(fact) && facts[fact] !== null && facts[fact] > 0)
}

const HEARD: ReadonlySet<AnyFact> = new Set(['people_minutes', 'energy_minutes', 'check_ins', 'observed_days'])
