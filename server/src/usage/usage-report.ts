import {
  MAX_USAGE_ROWS,
  type Person,
  type USAGE_COMPARISONS,
  USAGE_FIGURES,
  type UsageFigure,
  type UsageGroup,
  type UsageReport,
  type UsageRow,
} from '@harbor/protocol'
import type { Calendar } from '../calendar/calendar.ts'
import { ApiProblem } from '../errors.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { noFacts } from './facts.ts'
import { columnsOf, figuresOf, valueOf } from './figures-of.ts'
import { HOST_KIND_NAMES } from './host-kind-names.ts'
import { type LocalDay, dateOfDay, dayAt, dayOfDate } from './local-day.ts'
import { type SumQuery, type SumRow, addFacts, querySums } from './query-sums.ts'
import { type Look, type Named, lookOf } from './scope-of-sums.ts'
import { weatherOf } from './weather-days.ts'

/** The longest period of one question, in days: two years and a day of leap. */
const MAX_DAYS = 732

export interface UsageDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  /** Undefined: no holidays are known. */
  dayOf: Calendar['dayOf']
  timeZone: string
  nowMs: () => number
}

export interface UsageQuery {
  region?: string | undefined
  /** Dates, both included. */
  from: string
  to: string
  by: UsageGroup
  compare: (typeof USAGE_COMPARISONS)[number]
  /** Rows are in order of this figure, the greatest first. */
  rank: UsageFigure
  limit: number
}

/** @throws ApiProblem `invalid_request` for a period that is none or too long. */
export function periodOf({ from, to }: { from: string; to: string }): { fromDay: LocalDay; toDay: LocalDay } {
  const [fromDay, toDay] = [dayOfDate(from), dayOfDate(to)]
  if (!Number.isFinite(fromDay) || !Number.isFinite(toDay))
    throw new ApiProblem('invalid_request', 'query: from, to: expected dates as 2026-10-01')
  if (fromDay > toDay) throw new ApiProblem('invalid_request', 'query: from: expected a day not after `to`')
  if (toDay - fromDay >= MAX_DAYS)
    throw new ApiProblem('invalid_request', `query: expected at most ${MAX_DAYS} days between from and to`)
  return { fromDay, toDay }
}

/** The figures of a period within the person's scope. @throws ApiProblem `invalid_request`, `not_found` for another's region. */
export async function usageReport(deps: UsageDeps, person: Person, query: UsageQuery): Promise<UsageReport> {
  const { db, timeZone, nowMs } = deps
  const { fromDay, toDay } = periodOf(query)
  const { region, by, rank } = query
  const look = await lookOf(db, person, region)
  const today = dayAt(nowMs(), timeZone)
  const ranked =
    by === 'station' ? await rankStations(db, look, { person, region, fromDay, toDay, today, rank }) : undefined
  const stations = ranked?.slice(0, Math.min(query.limit, MAX_USAGE_ROWS))
  const ask = (span: { fromDay: LocalDay; toDay: LocalDay }, group: UsageGroup) =>
    querySums(db, look, {
      person,
      region,
      ...span,
      by: group,
      today,
      ...(group === 'station' && { stations: stations ?? [] }),
    })
  const sums = await ask({ fromDay, toDay }, by)
  // Of thousands of stations only those that are told are added up whole; the total is that of all.
  const whole = by === 'station' ? await ask({ fromDay, toDay }, 'none') : sums
  const compare = comparedWith(query.compare, { fromDay, toDay })
  const before =
    compare === undefined ? [] : await ask(compare, by === 'day' || by === 'week' || by === 'month' ? 'none' : by)
  const wholeBefore = compare !== undefined && by === 'station' ? await ask(compare, 'none') : before
  const rowOf = nameRows(deps, look, by)
  const rows = await withDays(deps, { look, by, fromDay, toDay }, sums.map(rowOf))
  const isByTime = by === 'day' || by === 'week' || by === 'month'
  if (isByTime) rows.sort((a, b) => (a.key < b.key ? -1 : 1))
  else {
    const earlier = new Map(before.map(({ key, facts }) => [key, beforeOf(facts)]))
    for (const row of rows) if (compare !== undefined) row.before = earlier.get(row.key) ?? {}
    const value = (row: UsageRow) => row.figures[rank]?.value ?? -1
    rows.sort((a, b) => value(b) - value(a) || (a.key < b.key ? -1 : 1))
  }
  const total = await totalOf(deps, look, { sums: whole, person, region })
  const countedAtMs = await db
    .selectFrom('usage_day')
    .select(eb => eb.fn.max('counted_at_ms').as('at'))
    .where('day', '=', Math.min(today, toDay))
    .executeTakeFirst()
  return {
    at: new Date(nowMs()).toISOString(),
    ...(countedAtMs?.at !== null &&
      countedAtMs?.at !== undefined && { countedAt: new Date(Number(countedAtMs.at)).toISOString() }),
    from: query.from,
    to: query.to,
    by,
    ...(region !== undefined && { region }),
    ...(compare !== undefined && { compare: { from: dateOfDay(compare.fromDay), to: dateOfDay(compare.toDay) } }),
    total: {
      ...total,
      ...(compare !== undefined && {
        before: beforeOf(wholeBefore.reduce((sum, { facts }) => addFacts(sum, facts), noFacts())),
      }),
    },
    rows: rows.slice(0, Math.min(query.limit, MAX_USAGE_ROWS)),
    of: ranked?.length ?? rows.length,
  }
}

/** Every station with something counted, the greatest of a figure first. */
async function rankStations(
  db: RegistryDb,
  look: Look,
  { rank, ...query }: Omit<SumQuery, 'by' | 'stations' | 'columns'> & { rank: UsageFigure },
): Promise<string[]> {
  const sums = await querySums(db, look, { ...query, by: 'station', columns: columnsOf(rank) })
  return sums
    .map(({ key, facts }) => ({ key, value: valueOf(rank, facts) ?? -1 }))
    .sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key)
}

/** As many days right before; or the same dates of the year before. */
export function comparedWith(
  compare: UsageQuery['compare'],
  { fromDay, toDay }: { fromDay: LocalDay; toDay: LocalDay },
): { fromDay: LocalDay; toDay: LocalDay } | undefined {
  if (compare === 'none') return undefined
  if (compare === 'previous') return { fromDay: fromDay - (toDay - fromDay) - 1, toDay: fromDay - 1 }
  const yearBefore = (day: LocalDay) => {
    const date = dateOfDay(day)
    const asked = `${Number(date.slice(0, 4)) - 1}${date.slice(4)}`
    // 29 February has no day a year before: the last of the month is meant.
    return dayOfDate(asked.endsWith('-02-29') ? `${asked.slice(0, 7)}-28` : asked)
  }
  return { fromDay: yearBefore(fromDay), toDay: yearBefore(toDay) }
}

function beforeOf(facts: SumRow['facts']): NonNullable<UsageRow['before']> {
  const before: NonNullable<UsageRow['before']> = {}
  for (const figure of USAGE_FIGURES) {
    const value = valueOf(figure, facts)
    if (value !== undefined) before[figure] = value
  }
  return before
}

async function totalOf(
  { directory }: UsageDeps,
  look: Look,
  { sums, person, region }: { sums: readonly SumRow[]; person: Person; region: string | undefined },
): Promise<UsageRow> {
  const facts = sums.reduce((sum, row) => addFacts(sum, row.facts), noFacts())
  const code = region ?? (look.places.length === 1 ? look.places[0] : undefined)
  const named = code === undefined ? undefined : look.names.get(code)
  const isWhole = person.streets === undefined && person.districts.length === 0
  return {
    key: region ?? '',
    ...(named ?? (isWhole ? { nameZh: '全市', nameEn: 'Whole city' } : { nameZh: '本人辖区', nameEn: 'All of mine' })),
    stations: countStations(directory, look),
    figures: figuresOf(facts),
    doubtfulDays: facts.doubtful_days ?? 0,
    editedDays: facts.edited_days ?? 0,
  }
}

/** Registered stations of what is looked at. */
function countStations({ stations }: Pick<Directory, 'stations'>, { kind, places }: Look): number {
  const own = new Set(places)
  let count = 0
  for (const { record } of stations.values())
    if (own.has((kind === 'street' ? record.street : record.district) ?? '')) count += 1
  return count
}

function nameRows({ directory }: UsageDeps, { names }: Look, by: UsageGroup) {
  const isByTime = by === 'day' || by === 'week' || by === 'month'
  const counts = new Map<string, number>()
  const keyOf = {
    street: (record: { street?: string | undefined }) => record.street ?? '',
    district: (record: { district: string }) => record.district,
    host_kind: (record: { hostKind?: string | undefined }) => record.hostKind ?? '',
  }
  if (by === 'street' || by === 'district' || by === 'host_kind')
    for (const { record } of directory.stations.values()) {
      const key = keyOf[by](record)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  const nameOf = (key: string): Named => {
    if (by === 'host_kind') return HOST_KIND_NAMES[key as keyof typeof HOST_KIND_NAMES] ?? HOST_KIND_NAMES['']
    const record = by === 'station' ? directory.stations.get(key)?.record : undefined
    if (record !== undefined) return { nameZh: record.nameZh, nameEn: record.nameEn }
    return names.get(key) ?? { nameZh: key, nameEn: key }
  }
  return ({ key: raw, facts, stationDays }: SumRow): UsageRow => {
    const key = isByTime ? dateOfDay(Number(raw)) : raw
    const named = by === 'none' ? { nameZh: '合计', nameEn: 'Total' } : nameOf(key)
    return {
      key,
      ...named,
      stations: by === 'station' ? 1 : by === 'day' ? stationDays : (counts.get(key) ?? 0),
      figures: figuresOf(facts),
      doubtfulDays: facts.doubtful_days ?? 0,
      editedDays: facts.edited_days ?? 0,
    }
  }
}

/** Weather and holidays beside rows that are days. */
async function withDays(
  { db, dayOf }: UsageDeps,
  { look, by, fromDay, toDay }: { look: Look; by: UsageGroup; fromDay: LocalDay; toDay: LocalDay },
  rows: UsageRow[],
): Promise<UsageRow[]> {
  if (by !== 'day') return rows
  const weather = await weatherOf(db, new Set(look.places.map(place => place.slice(0, 6))), { fromDay, toDay })
  return rows.map(row => {
    const holiday = dayOf(row.key)
    const outdoors = weather.get(row.key)
    return {
      ...row,
      ...(outdoors !== undefined && { weather: outdoors }),
      ...(holiday !== undefined && {
        holiday: { kind: holiday.kind, nameZh: holiday.nameZh, nameEn: holiday.nameEn },
      }),
    }
  })
}
