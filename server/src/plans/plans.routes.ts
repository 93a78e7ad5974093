import {
  planListSchema,
  planPreviewSchema,
  planRequestSchema,
  planSchema,
  planScheduleSchema,
  planTargetSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { PLAN_ROLES } from './plan-row.ts'
import type { Plans } from './plans.ts'

const planPath = z.object({ id: z.string().min(1).max(100) })
const doneSchema = z.object({ id: z.string() }).meta({ id: 'PlanChanged' })

/** Preventive plans of a person's districts. */
export function planRoutes({ plans, nowMs }: { plans: Plans; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/plans',
      summary: 'Preventive plans that touch your districts.',
      allow: 'staff',
      response: planListSchema,
      handle: async ({ caller }) => ({
        body: { at: new Date(nowMs()).toISOString(), plans: await plans.list(signedIn(caller)) },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/plans/preview',
      summary: 'What a plan would be for, and its next five days. Nothing is made.',
      allow: PLAN_ROLES,
      body: z.strictObject({ target: planTargetSchema, schedule: planScheduleSchema }),
      response: planPreviewSchema,
      handle: async ({ body, caller }) => ({ body: await plans.preview(signedIn(caller), body) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/plans',
      summary: 'Make a preventive plan: by calendar, by use, or when an alert says so.',
      allow: PLAN_ROLES,
      body: planRequestSchema,
      response: planSchema,
      handle: async ({ body, caller }) => ({ body: await plans.create(signedIn(caller), body), status: 201 }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/plans/{id}/acts',
      summary: 'Pause a plan, resume it, or end it for good. Orders that it made stay.',
      allow: PLAN_ROLES,
      params: planPath,
      body: z.strictObject({ act: z.enum(['pause', 'resume', 'end']) }),
      response: doneSchema,
      handle: async ({ params: { id }, body: { act }, caller }) => {
        await plans.change(signedIn(caller), id, act)
        return { body: { id } }
      },
    }),
  ]
}
