import type { EditableFigure, Person, UsageDoubts, UsageEdit, usageEditAskedSchema } from '@harbor/protocol'
import type { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { type LocalDay, dateOfDay, dayAt, dayOfDate } from './local-day.ts'
import { lookOf, stationsWithin } from './scope-of-sums.ts'
import { addUp } from './sums.ts'
import { type UsageDeps, periodOf } from './usage-report.ts'
import { COLUMN_OF, setByHand } from './write-days.ts'

/** Entries that one answer has at most. */
const MAX_ENTRIES = 500

export interface PeriodQuery {
  region?: string | undefined
  from: string
  to: string
}

const OF_DAY = { district: 'usage_day.district', street: 'usage_day.street', station: 'usage_day.station' }

/** Sets a figure by hand, or takes it back. @throws ApiProblem `not_found`, `invalid_request` for a day that was never counted. */
export async function editUsage(
  deps: UsageDeps & { newId: () => string },
  person: Person,
  asked: z.output<typeof usageEditAskedSchema>,
): Promise<UsageEdit> {
  const { db, directory, nowMs, newId, timeZone } = deps
  const { station, date, figure, value, reason } = asked
  const record = directory.stations.get(station)?.record
  if (record === undefined || !maySeeStation(person, record))
    throw new ApiProblem('not_found', `there is no station ${station}`)
  const day = dayOfDate(date)
  const column = COLUMN_OF[figure]
  const id = newId()
  const now = nowMs()
  const district = await db.transaction().execute(async tx => {
    const row = await tx
      .selectFrom('usage_day')
      .selectAll()
      .where('station', '=', station)
      .where('day', '=', day)
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('invalid_request', `date: nothing was counted at ${station} on ${date}`)
    const measured = { ...row, ...measuredOf(row.measured) }
    const { last } = await tx
      .selectFrom('usage_edit')
      .select(eb => eb.fn.coalesce(eb.fn.max('seq'), eb.lit(0)).as('last'))
      .where('station', '=', station)
      .where('day', '=', day)
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('usage_edit')
      .values({
        id,
        station,
        district: row.district,
        day,
        seq: last + 1,
        figure,
        value: value ?? null,
        measured: measured[column],
        reason,
        actor: person.login,
        at_ms: now,
      })
      .execute()
    const edits = await tx
      .selectFrom('usage_edit')
      .select(['figure', 'value'])
      .where('station', '=', station)
      .where('day', '=', day)
      .orderBy('seq')
      .execute()
    const settled = setByHand(edits, measured)
    await tx
      .updateTable('usage_day')
      .set({
        [column]: measured[column],
        ...settled.set,
        measured: settled.measured,
        edited_days: settled.measured === null ? 0 : 1,
      })
      .where('station', '=', station)
      .where('day', '=', day)
      .execute()
    return row.district
  })
  await addUp(db, { district, day }, day < dayAt(now, timeZone))
  const [edit] = await editsOf(db, person, { from: date, to: date, station, id })
  if (edit === undefined) throw new ApiProblem('not_found', `there is no station ${station}`)
  return edit
}

/** What was measured of figures that are set, by column. */
function measuredOf(json: string | null): Partial<Record<(typeof COLUMN_OF)[EditableFigure], number | null>> {
  if (json === null) return {}
  const measured = JSON.parse(json) as Partial<Record<EditableFigure, number | null>>
  return Object.fromEntries(
    Object.entries(measured).map(([figure, value]) => [COLUMN_OF[figure as EditableFigure], value]),
  )
}

/** Every setting by hand, newest first. */
export async function editsOf(
  db: RegistryDb,
  person: Person,
  { region, from, to, station, id }: PeriodQuery & { station?: string; id?: string },
): Promise<UsageEdit[]> {
  const { fromDay, toDay } = periodOf({ from, to })
  await lookOf(db, person, region)
  const rows = await db
    .selectFrom('usage_edit')
    .innerJoin('station', 'station.id', 'usage_edit.station')
    .selectAll('usage_edit')
    .select(['station.name_zh', 'station.name_en'])
    .where(
      stationsWithin(person, region, { district: 'station.district', street: 'station.street', station: 'station.id' }),
    )
    .where('usage_edit.day', '>=', fromDay)
    .where('usage_edit.day', '<=', toDay)
    .$if(station !== undefined, query => query.where('usage_edit.station', '=', station ?? ''))
    .$if(id !== undefined, query => query.where('usage_edit.id', '=', id ?? ''))
    .orderBy('usage_edit.at_ms', 'desc')
    .orderBy('usage_edit.seq', 'desc')
    .orderBy('usage_edit.id')
    .limit(MAX_ENTRIES)
    .execute()
  return rows.map(row => ({
    id: row.id,
    station: row.station,
    nameZh: row.name_zh,
    nameEn: row.name_en,
    date: dateOfDay(row.day),
    figure: row.figure,
    ...(row.value !== null && { value: row.value }),
    ...(row.measured !== null && { measured: row.measured }),
    reason: row.reason,
    by: row.actor,
    at: new Date(Number(row.at_ms)).toISOString(),
  }))
}

/** Days whose counts are odd, newest first. */
export async function doubtsIn({ db }: UsageDeps, person: Person, query: PeriodQuery): Promise<UsageDoubts> {
  const { fromDay, toDay }: { fromDay: LocalDay; toDay: LocalDay } = periodOf(query)
  await lookOf(db, person, query.region)
  const rows = await db
    .selectFrom('usage_day')
    .innerJoin('station', 'station.id', 'usage_day.station')
    .select([
      'usage_day.station',
      'station.name_zh',
      'station.name_en',
      'day',
      'doubts',
      'median',
      'visits',
      'measured',
    ])
    .select(['people_in', 'people_out', 'edited_days'])
    .where('doubtful_days', '=', 1)
    .where('day', '>=', fromDay)
    .where('day', '<=', toDay)
    .where(stationsWithin(person, query.region, OF_DAY))
    .orderBy('day', 'desc')
    .orderBy('usage_day.station')
    .limit(MAX_ENTRIES)
    .execute()
  return {
    days: rows.map(row => ({
      station: row.station,
      nameZh: row.name_zh,
      nameEn: row.name_en,
      date: dateOfDay(row.day),
      doubts: JSON.parse(row.doubts) as UsageDoubts['days'][number]['doubts'],
      visits: measuredOf(row.measured).visits ?? row.visits ?? 0,
      ...(row.median !== null && { medianVisits: row.median }),
      ...(row.people_in !== null && { in: row.people_in }),
      ...(row.people_out !== null && { out: row.people_out }),
      edited: row.edited_days === 1,
    })),
  }
}
