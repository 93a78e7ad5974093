import {
  type Person,
  districtSchema,
  monthSchema,
  monthlyReportListSchema,
  monthlyReportSchema,
  reportsMailedSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { governs } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { XLSX_TYPE } from '../tables/table-file.ts'
import { type MadeReport, type ReportManner, readReport, reportPdf, reportXlsx } from './report-files.ts'
import type { ReportBook } from './report-book.ts'

const ROLES = ['manager', 'administrator'] as const
const keySchema = z.object({ district: districtSchema, month: monthSchema })
const languageSchema = z.object({ language: z.enum(['zh', 'en']).default('zh') })
const fileSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

export interface ReportRoutesDeps {
  db: RegistryDb
  book: ReportBook
  timeZone: string
  /** Whether somebody is reached by mail. */
  hasMail: (login: string) => Promise<boolean>
}

/** Monthly reports: to read, to take away, and to be sent. */
export function reportRoutes({ db, book, timeZone, hasMail }: ReportRoutesDeps): Route[] {
  const listed = async (person: Person) => ({ ...(await book.list(person)), hasMail: await hasMail(person.login) })
  const file = (
    ending: string,
    type: string,
    write: (report: MadeReport, manner: ReportManner) => Promise<Uint8Array>,
  ): Route =>
    defineRoute({
      method: 'get',
      path: `/api/v1/reports/{district}/{month}/report.${ending}`,
      summary: 'A monthly report as it was made, as a file.',
      allow: ROLES,
      params: keySchema,
      query: languageSchema,
      response: fileSchema,
      textType: type,
      handle: async ({ params, query: { language }, caller }) => {
        const report = governs(signedIn(caller), params.district) ? await readReport(db, params) : undefined
        if (report === undefined)
          throw new ApiProblem('not_found', `there is no report of ${params.month} for ${params.district}`)
        return {
          body: await write(report, { language, timeZone }),
          headers: {
            'Content-Disposition': `attachment; filename="report-${params.district}-${params.month}.${ending}"`,
            'X-Content-Type-Options': 'nosniff',
          },
        }
      },
    })
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/reports',
      summary: 'Monthly reports of your districts, and whose are sent to you.',
      allow: ROLES,
      response: monthlyReportListSchema,
      handle: async ({ caller }) => ({ body: await listed(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/reports/mailed',
      summary: 'Choose the districts whose monthly reports are sent to your mail address.',
      allow: ROLES,
      body: reportsMailedSchema,
      response: monthlyReportListSchema,
      handle: async ({ body, caller }) => {
        const person = signedIn(caller)
        await book.setMailed(person, body.districts)
        return { body: await listed(person) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/reports/{district}/{month}',
      summary: 'Make the report of a month that is over. One that is there stays as it is.',
      allow: ROLES,
      params: keySchema,
      response: monthlyReportSchema,
      handle: async ({ params, caller }) => ({ body: await book.make(signedIn(caller), params), status: 201 }),
    }),
    file('pdf', 'application/pdf', reportPdf),
    file('xlsx', XLSX_TYPE, reportXlsx),
  ]
}
