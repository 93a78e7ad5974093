import type { DataTable, MonthlyReport, MonthlyReportList, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { governs } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { dueMonth, monthOf, nextMakingMs } from './months.ts'

/** Months that a list shows: five years. */
const MAX_LISTED = 5_000

/** One table of the report: what it is made of for a district, within what the asker may see. */
export type ReportSection = (asker: Person, period: { region: string; from: string; to: string }) => Promise<DataTable>

/** Reports by district and month. */
export interface ReportBook {
  /** Makes what is due and not yet there; returns what it made. */
  makeDue: () => Promise<{ district: string; month: string }[]>
  /** Makes one of a month that is over; one that is there stays. @throws ApiProblem `not_found`, `invalid_request`. */
  make: (person: Person, key: { district: string; month: string }) => Promise<MonthlyReport>
  list: (person: Person) => Promise<Omit<MonthlyReportList, 'hasMail'>>
  /** @throws ApiProblem `not_found` for another's district. */
  setMailed: (person: Person, districts: readonly string[]) => Promise<void>
}

export interface ReportBookDeps {
  db: RegistryDb
  sections: readonly ReportSection[]
  /** Whether anything was counted in a district in a period. */
  wasCounted: (district: string, period: { from: string; to: string }) => Promise<boolean>
  timeZone: string
  nowMs: () => number
}

export function createReportBook({ db, sections, wasCounted, timeZone, nowMs }: ReportBookDeps): ReportBook {
  const store = async (district: string, month: string, madeBy: string | null): Promise<boolean> => {
    const { from, to } = monthOf(month)
    // Whoever asked, it is the district's report: made of all of it, and of nothing beyond.
    const asker: Person = { login: madeBy ?? 'server', name: '', role: 'manager', districts: [district] }
    const tables: DataTable[] = []
    for (const section of sections) tables.push(await section(asker, { region: district, from, to }))
    const { numInsertedOrUpdatedRows: rows } = await db
      .insertInto('monthly_report')
      .values({ district, month, made_at_ms: nowMs(), made_by: madeBy, tables: JSON.stringify(tables) })
      .onConflict(conflict => conflict.columns(['district', 'month']).doNothing())
      .executeTakeFirst()
    return (rows ?? 0n) > 0n
  }

  const governed = (person: Person, district: string): void => {
    if (!governs(person, district)) throw new ApiProblem('not_found', `district ${district} is not among yours`)
  }

  const rowsFor = (person: Person) =>
    db
      .selectFrom('monthly_report')
      .innerJoin('region', 'region.district', 'monthly_report.district')
      .leftJoin('person', 'person.login', 'monthly_report.made_by')
      .select([
        'monthly_report.district',
        'monthly_report.month',
        'monthly_report.made_at_ms',
        'monthly_report.made_by',
        'region.name_zh',
        'region.name_en',
        'person.name',
      ])
      // A whole district's report is for who has whole districts.
      .$if(person.streets !== undefined, query => query.where('monthly_report.district', 'is', null))
      .$if(person.districts.length > 0, query => query.where('monthly_report.district', 'in', person.districts))

  return {
    makeDue: async () => {
      const month = dueMonth(nowMs(), timeZone)
      const missing = await db
        .selectFrom('region')
        .select('region.district')
        .where(eb =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('monthly_report')
                .select('monthly_report.district')
                .whereRef('monthly_report.district', '=', 'region.district')
                .where('monthly_report.month', '=', month),
            ),
          ),
        )
        .orderBy('region.district')
        .execute()
      const made: { district: string; month: string }[] = []
      for (const { district } of missing) {
        // A month in which nothing was counted has no report: the server was not there yet.
        if (!(await wasCounted(district, monthOf(month)))) continue
        if (await store(district, month, null)) made.push({ district, month })
      }
      return made
    },
    make: async (person, { district, month }) => {
      governed(person, district)
      const known = await db.selectFrom('region').select('district').where('district', '=', district).executeTakeFirst()
      if (known === undefined) throw new ApiProblem('not_found', `there is no district ${district}`)
      const now = Temporal.Instant.fromEpochMilliseconds(nowMs()).toZonedDateTimeISO(timeZone).toPlainDate()
      if (Temporal.PlainDate.compare(monthOf(month).to, now) >= 0)
        throw new ApiProblem('invalid_request', `month: ${month} is not over; take its tables from their pages`)
      await store(district, month, person.login)
      const row = await rowsFor(person)
        .where('monthly_report.district', '=', district)
        .where('monthly_report.month', '=', month)
        .executeTakeFirstOrThrow()
      return toReport(row)
    },
    list: async person => {
      const rows = await rowsFor(person)
        .orderBy('monthly_report.month', 'desc')
        .orderBy('monthly_report.district')
        .limit(MAX_LISTED)
        .execute()
      const mailed = await db
        .selectFrom('report_mailing')
        .select('district')
        .where('login', '=', person.login)
        .orderBy('district')
        .execute()
      return {
        reports: rows.map(toReport),
        mailed: mailed.map(({ district }) => district),
        nextAt: new Date(nextMakingMs(nowMs(), timeZone)).toISOString(),
      }
    },
    setMailed: async (person, districts) => {
      for (const district of districts) governed(person, district)
      await db.transaction().execute(async tx => {
        await tx.deleteFrom('report_mailing').where('login', '=', person.login).execute()
        for (const district of new Set(districts))
          await tx.insertInto('report_mailing').values({ login: person.login, district }).execute()
      })
    },
  }
}

function toReport(row: {
  district: string
  month: string
  made_at_ms: number
  made_by: string | null
  name_zh: string
  name_en: string
  name: string | null
}): MonthlyReport {
  return {
    district: row.district,
    districtNameZh: row.name_zh,
    districtNameEn: row.name_en,
    month: row.month,
    madeAt: new Date(Number(row.made_at_ms)).toISOString(),
    ...(row.made_by !== null && { madeBy: row.name ?? row.made_by }),
  }
}
