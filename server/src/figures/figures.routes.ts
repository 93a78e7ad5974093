import {
  APPLIANCE_KINDS,
  FIGURE_GROUPS,
  districtSchema,
  figureReportSchema,
  idSchema,
  instantSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { WORK_ORDER_ROLES } from '../work-orders/machine.ts'
import { figureCsv } from './figure-csv.ts'
import { type FiguresDeps, figureReport } from './figures.ts'

const querySchema = z.object({
  from: instantSchema,
  to: instantSchema,
  by: z
    .enum(FIGURE_GROUPS)
    .default('none')
    .meta({ description: 'What the rows are; days, weeks and months are the stations’ own.' }),
  district: districtSchema.optional(),
  kind: z.enum(APPLIANCE_KINDS).optional(),
  station: idSchema.optional(),
})

function asked({ from, to, ...query }: z.output<typeof querySchema>) {
  return { ...query, fromMs: Date.parse(from), toMs: Date.parse(to) }
}

/** The figures of maintenance, on the screen and as a table. */
export function figureRoutes(deps: FiguresDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/figures',
      summary: 'Figures of maintenance in your districts, reckoned from the history of alerts and work orders.',
      allow: WORK_ORDER_ROLES,
      query: querySchema,
      response: figureReportSchema,
      handle: async ({ query, caller }) => ({
        body: await figureReport(deps, signedIn(caller), asked(query)),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/figures.csv',
      summary: 'The same as a CSV table, with what each figure means.',
      allow: WORK_ORDER_ROLES,
      query: querySchema.extend({ language: z.enum(['zh', 'en']).default('zh') }),
      response: z.string(),
      textType: 'text/csv',
      handle: async ({ query: { language, ...query }, caller }) => {
        const report = await figureReport(deps, signedIn(caller), asked(query))
        const name = `figures-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}-${report.by}.csv`
        return {
          body: figureCsv(report, language),
          cacheControl: 'private, no-cache',
          headers: { 'Content-Disposition': `attachment; filename="${name}"` },
        }
      },
    }),
  ]
}
