import {
  idSchema,
  maintenanceChangeSchema,
  maintenanceListSchema,
  maintenanceRequestSchema,
  maintenanceSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { MaintenanceBook } from './maintenance.ts'
import { MAY_QUIETEN } from './may-quieten.ts'

const windowPath = z.object({ id: z.string().min(1).max(100) })

/** Maintenance windows of appliances and stations. */
export function maintenanceRoutes({ book, nowMs }: { book: MaintenanceBook; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/maintenance',
      summary: 'Maintenance windows of your districts, latest first, at most 500.',
      allow: 'staff',
      service: 'read',
      query: z.object({
        station: idSchema.optional(),
        state: z
          .enum(['current', 'all'])
          .default('current')
          .meta({ description: '`current`: running or still to come.' }),
      }),
      response: maintenanceListSchema,
      handle: async ({ query: { station, state }, caller }) => ({
        body: {
          at: new Date(nowMs()).toISOString(),
          windows: await book.list(signedIn(caller), { station, withPast: state === 'all' }),
        },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/maintenance',
      summary: 'Open a maintenance window: faults within it are kept, and told only if they still stand at its end.',
      allow: MAY_QUIETEN,
      body: maintenanceRequestSchema,
      response: maintenanceSchema,
      handle: async ({ body: { station, appliance, from, to, reason }, caller }) => ({
        body: await book.add(signedIn(caller), {
          station,
          appliance,
          fromMs: Date.parse(from),
          toMs: Date.parse(to),
          reason,
        }),
      }),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/v1/maintenance/{id}',
      summary: 'Change the span or the reason of a maintenance window that is not over.',
      allow: MAY_QUIETEN,
      params: windowPath,
      body: maintenanceChangeSchema,
      response: maintenanceSchema,
      handle: async ({ params, body: { from, to, reason }, caller }) => ({
        body: await book.change(signedIn(caller), params.id, {
          ...(from !== undefined && { fromMs: Date.parse(from) }),
          ...(to !== undefined && { toMs: Date.parse(to) }),
          ...(reason !== undefined && { reason }),
        }),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/maintenance/{id}',
      summary: 'End a maintenance window now, or take it back before it begins. It stays in the history.',
      allow: MAY_QUIETEN,
      params: windowPath,
      response: maintenanceSchema,
      handle: async ({ params, caller }) => ({ body: await book.end(signedIn(caller), params.id) }),
    }),
  ]
}
