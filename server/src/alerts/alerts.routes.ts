import { alertListSchema, alertViewSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { Alerts } from './alerts.ts'

/** The alerts of a person's districts. */
export function alertRoutes({ alerts, nowMs }: { alerts: Alerts; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/alerts',
      summary: 'Alerts of your districts, newest first, at most 5,000.',
      allow: 'staff',
      query: z.object({
        state: z.enum(['open', 'all']).default('open').meta({ description: '`open`: raised or acknowledged.' }),
      }),
      response: alertListSchema,
      handle: async ({ query, caller }) => ({
        body: { at: new Date(nowMs()).toISOString(), alerts: await alerts.list(signedIn(caller), query.state) },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/alerts/{id}/acknowledge',
      summary: 'Say that you take care of an alert.',
      allow: 'staff',
      params: z.object({ id: z.string().min(1).max(100) }),
      response: alertViewSchema,
      handle: async ({ params, caller }) => ({ body: await alerts.acknowledge(params.id, signedIn(caller)) }),
    }),
  ]
}
