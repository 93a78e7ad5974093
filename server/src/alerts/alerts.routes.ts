import {
  APPLIANCE_KINDS,
  SEVERITIES,
  alertCommentSchema,
  alertDetailSchema,
  alertListSchema,
  alertViewSchema,
  idSchema,
  ruleListSchema,
  silenceRequestSchema,
  type RuleView,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { ALERT_CHOICES } from './alert-queries.ts'
import type { Alerts } from './alerts.ts'
import { MAY_QUIETEN } from './may-quieten.ts'

/** Alerts on one page: what a phone shows and one answer carries without being felt. */
const PAGE = 500
const MAX_PAGE = 1_000

const severitiesSchema = z
  .string()
  .transform(text => text.split(','))
  .pipe(z.array(z.enum(SEVERITIES)))

const querySchema = z.object({
  state: z.enum(ALERT_CHOICES).default('open').meta({
    description: '`open`: raised or acknowledged; `standing`: those and the suppressed ones.',
  }),
  severity: severitiesSchema.optional().meta({ description: 'One or more of P0 to P3, with commas between.' }),
  kind: z.enum(APPLIANCE_KINDS).optional(),
  station: idSchema.optional(),
  appliance: idSchema.optional(),
  rule: z.string().min(1).max(60).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
  after: z.string().max(120).optional().meta({ description: 'The `next` of the page before.' }),
})

const alertPath = z.object({ id: z.string().min(1).max(100) })

export interface AlertRoutesDeps {
  alerts: Alerts
  rules: readonly RuleView[]
  nowMs: () => number
}

/** The alerts of a person's districts, and the rules that raise them. */
export function alertRoutes({ alerts, rules, nowMs }: AlertRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/rules',
      summary: 'Every rule that can raise an alert: its names, and what a person checks first.',
      allow: 'staff',
      service: 'read',
      response: ruleListSchema,
      handle: async () => ({ body: { rules: [...rules] }, cacheControl: 'private, no-cache' }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/alerts',
      summary: 'Alerts of your districts, newest first, a page at a time.',
      allow: 'staff',
      service: 'read',
      query: querySchema,
      response: alertListSchema,
      handle: async ({ query: { severity, ...query }, caller }) => {
        const { alerts: page, next } = await alerts.list(signedIn(caller), { ...query, severities: severity })
        const at = new Date(nowMs()).toISOString()
        return {
          body: { at, alerts: page, ...(next !== undefined && { next }) },
          cacheControl: 'private, no-cache',
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/alerts/{id}',
      summary: 'One alert with its whole life, earlier ones of the same, and those that it explains.',
      allow: 'staff',
      service: 'read',
      params: alertPath,
      response: alertDetailSchema,
      handle: async ({ params, caller }) => ({
        body: await alerts.detail(signedIn(caller), params.id),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/alerts/{id}/acknowledge',
      summary: 'Say that you take care of an alert.',
      allow: 'staff',
      service: 'alerts',
      params: alertPath,
      response: alertViewSchema,
      handle: async ({ params, caller }) => ({ body: await alerts.acknowledge(params.id, signedIn(caller)) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/alerts/{id}/silence',
      summary: 'Have nobody told of an alert again until a time, at most 30 days away. It stays in the list.',
      allow: MAY_QUIETEN,
      service: 'alerts',
      params: alertPath,
      body: silenceRequestSchema,
      response: alertViewSchema,
      handle: async ({ params, body, caller }) => {
        const asked = { untilMs: Date.parse(body.until), reason: body.reason }
        return { body: await alerts.silence(params.id, asked, signedIn(caller)) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/alerts/{id}/comment',
      summary: "Write a remark into an alert's history.",
      allow: 'staff',
      service: 'alerts',
      params: alertPath,
      body: alertCommentSchema,
      response: alertViewSchema,
      handle: async ({ params, body, caller }) => ({
        body: await alerts.comment(params.id, body.text, signedIn(caller)),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/alerts/{id}/silence',
      summary: 'End the silence of an alert.',
      allow: MAY_QUIETEN,
      service: 'alerts',
      params: alertPath,
      response: alertViewSchema,
      handle: async ({ params, caller }) => ({ body: await alerts.unsilence(params.id, signedIn(caller)) }),
    }),
  ]
}
