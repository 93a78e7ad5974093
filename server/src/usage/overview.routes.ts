import { overviewSchema, overviewStationsSchema, regionCodeSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import type { OverviewBook } from './overview.ts'
import { overviewStationsTable, overviewTable } from './page-tables.ts'

const querySchema = z.object({ region: regionCodeSchema.optional() })

/** The one screen. */
export function overviewRoutes(book: OverviewBook, clock: { timeZone: string; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/overview',
      summary: 'How all stations of your scope, or of a region of it, are now.',
      allow: 'staff',
      service: 'read',
      query: querySchema,
      response: overviewSchema,
      handle: async ({ query, caller }) => ({ body: await book.overview(signedIn(caller), query.region) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/overview/stations',
      summary: 'The stations that the overview counts, each with its state.',
      allow: 'staff',
      service: 'read',
      query: querySchema,
      response: overviewStationsSchema,
      handle: async ({ query, caller }) => ({ body: await book.stations(signedIn(caller), query.region) }),
    }),
    ...tableRoutes(
      {
        path: '/api/v1/overview',
        summary: 'How all stations of your scope are now, by region.',
        allow: 'staff',
        query: querySchema,
        table: async (person, { region }) => overviewTable(await book.update(person, region)),
      },
      clock,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/overview/stations',
        summary: 'The stations that the overview counts.',
        allow: 'staff',
        query: querySchema,
        table: async (person, { region }) => overviewStationsTable(await book.stations(person, region)),
      },
      clock,
    ),
  ]
}
