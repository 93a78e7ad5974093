import { hoursChangeListSchema, hoursChangeRequestSchema, hoursChangeSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { MAY_CLOSE } from '../alerts/may-quieten.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { HoursChanges } from './hours-changes.ts'

const changePath = z.object({ id: z.string().min(1).max(100) })

/** Other hours for some days: heat, closures, seasons, notices. */
export function hoursChangeRoutes({ changes, nowMs }: { changes: HoursChanges; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/hours-changes',
      summary: 'Changes of hours in your districts, latest first, at most 500.',
      allow: 'staff',
      service: 'read',
      query: z.object({
        station: idSchema.optional().meta({ description: 'Its own and those of its district.' }),
        state: z
          .enum(['current', 'all'])
          .default('current')
          .meta({ description: '`current`: holding or still to come.' }),
      }),
      response: hoursChangeListSchema,
      handle: async ({ query: { station, state }, caller }) => ({
        body: {
          at: new Date(nowMs()).toISOString(),
          changes: await changes.list(signedIn(caller), { station, withPast: state === 'all' }),
        },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/hours-changes',
      summary: 'Other hours, or none, for a station or a whole district and some days; it holds at once.',
      allow: MAY_CLOSE,
      body: hoursChangeRequestSchema,
      response: hoursChangeSchema,
      handle: async ({ body, caller }) => ({ body: await changes.add(signedIn(caller), body) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/hours-changes/{id}',
      summary: 'End a change of hours now, or take it back before it begins. It stays in the history.',
      allow: MAY_CLOSE,
      params: changePath,
      response: hoursChangeSchema,
      handle: async ({ params, caller }) => ({ body: await changes.end(signedIn(caller), params.id) }),
    }),
  ]
}
