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
import { tableRoutes } from '../tables/table-routes.ts'
import { figureTable } from './figure-table.ts'
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
      service: 'read',
      query: querySchema,
      response: figureReportSchema,
      handle: async ({ query, caller }) => ({
        body: await figureReport(deps, signedIn(caller), asked(query)),
        cacheControl: 'private, no-cache',
      }),
    }),
    ...tableRoutes(
      {
        path: '/api/v1/figures',
        summary: 'Figures of maintenance, with what each of them means.',
        allow: WORK_ORDER_ROLES,
        query: querySchema,
        table: async (person, query) => figureTable(await figureReport(deps, person, asked(query)), deps.timeZone),
      },
      deps,
    ),
  ]
}
