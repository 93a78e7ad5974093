import { applianceRuleRequestSchema, applianceRulesSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { OverrideBook } from './override-book.ts'

/** The rules that watch an appliance, and their numbers set apart for it. */
export function overrideRoutes({ book }: { book: OverrideBook }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/appliances/{id}/rules',
      summary: 'The rules that watch an appliance, with their numbers, what is set apart for it, and who did that.',
      allow: 'staff',
      params: z.object({ id: idSchema }),
      response: applianceRulesSchema,
      handle: async ({ params, caller }) => ({
        body: await book.list(signedIn(caller), params.id),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/appliances/{id}/rules/{rule}',
      summary: 'Set numbers of a rule apart for one appliance, at once; without any, take back what was set.',
      allow: ['maintainer', 'administrator'],
      params: z.object({ id: idSchema, rule: z.string().min(1).max(60) }),
      body: applianceRuleRequestSchema,
      response: applianceRulesSchema,
      handle: async ({ params: { id: appliance, rule }, body, caller }) => ({
        body: await book.set(signedIn(caller), { appliance, rule }, body),
      }),
    }),
  ]
}
