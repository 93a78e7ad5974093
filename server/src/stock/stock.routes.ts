import {
  MAX_IMPORT_BYTES,
  idSchema,
  importResultSchema,
  regionCodeSchema,
  stockActRequestSchema,
  stockBatchRequestSchema,
  stockCheckRequestSchema,
  stockHistorySchema,
  stockItemRequestSchema,
  stockItemSchema,
  stockListSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { CSV_TYPE, XLSX_TYPE, tableType } from '../tables/table-file.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import { stockTable } from './stock-table.ts'
import type { Stock } from './stock.ts'

/** Who looks after what a station keeps. */
export const MAY_KEEP = ['keeper', 'maintainer', 'manager', 'administrator'] as const
const stationPath = z.object({ id: idSchema })
const thingPath = z.object({ id: z.string().min(1).max(60) })
const query = z.object({ region: regionCodeSchema.optional(), station: idSchema.optional() })

/** What stations keep: items, batches, monthly checks, history. */
export function stockRoutes(stock: Stock, clock: { timeZone: string; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/stock',
      summary: 'What stations of your districts keep, with the monthly checks that are due.',
      allow: MAY_KEEP,
      service: 'read',
      query,
      response: stockListSchema,
      handle: async ({ query: asked, caller }) => ({
        body: await stock.list(signedIn(caller), asked),
        cacheControl: 'private, no-cache',
      }),
    }),
    ...tableRoutes(
      {
        path: '/api/v1/stock',
        summary: 'What stations of your districts keep.',
        allow: MAY_KEEP,
        query,
        table: async (person, asked) => stockTable((await stock.list(person, asked)).items),
      },
      clock,
    ),
    defineRoute({
      method: 'post',
      path: '/api/v1/stock/import',
      summary:
        'Take a table of stock over: all rows or none. A dry run says what it would do, and names every bad row and column.',
      allow: MAY_KEEP,
      query: z.object({ dry: z.enum(['true', 'false']).default('true') }),
      bytes: { types: [CSV_TYPE, XLSX_TYPE], maxBytes: MAX_IMPORT_BYTES },
      response: importResultSchema,
      handle: async ({ query: { dry }, bytes, caller }) => ({
        body: await stock.importTable(signedIn(caller), bytes, { type: tableType(bytes), isDry: dry === 'true' }),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/stock',
      summary: 'A station keeps something new.',
      allow: MAY_KEEP,
      params: stationPath,
      body: stockItemRequestSchema,
      response: stockItemSchema,
      handle: async ({ params: { id }, body, caller }) => ({
        body: await stock.addItem(signedIn(caller), id, body),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/stock-checks',
      summary: 'The month’s count of what a station keeps; sent again it is the same.',
      allow: MAY_KEEP,
      params: stationPath,
      body: stockCheckRequestSchema,
      handle: async ({ params: { id }, body, caller }) => {
        await stock.check(signedIn(caller), id, body)
        return {}
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stock/{id}/batches',
      summary: 'Some more came.',
      allow: MAY_KEEP,
      params: thingPath,
      body: stockBatchRequestSchema,
      response: stockItemSchema,
      handle: async ({ params: { id }, body, caller }) => ({
        body: await stock.addBatch(signedIn(caller), id, body),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stock/{id}/history',
      summary: 'Who changed what, from how many to how many, newest first, at most 500 lines.',
      allow: MAY_KEEP,
      params: thingPath,
      response: stockHistorySchema,
      handle: async ({ params: { id }, caller }) => ({ body: await stock.history(signedIn(caller), id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stock-batches/{id}/acts',
      summary: 'Some of a batch was used or thrown away, or it was counted.',
      allow: MAY_KEEP,
      params: thingPath,
      body: stockActRequestSchema,
      response: stockItemSchema,
      handle: async ({ params: { id }, body, caller }) => ({ body: await stock.act(signedIn(caller), id, body) }),
    }),
  ]
}
