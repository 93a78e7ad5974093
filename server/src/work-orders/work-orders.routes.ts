import {
  SEVERITIES,
  WORK_ORDER_STATES,
  idSchema,
  regionCodeSchema,
  workOrderActSchema,
  workOrderCandidatesSchema,
  workOrderDetailSchema,
  workOrderListSchema,
  workOrderRequestSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { WORK_ORDER_ROLES } from './machine.ts'
import { ORDER_CHOICES } from './order-queries.ts'
import type { WorkOrders } from './work-orders.ts'

const PAGE = 100
const MAX_PAGE = 500

function someOf<Values extends readonly [string, ...string[]]>(values: Values) {
  return z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(values)))
}

const querySchema = z.object({
  choice: z.enum(ORDER_CHOICES).default('open').meta({ description: '`closed`: verified or cancelled.' }),
  state: someOf(WORK_ORDER_STATES).optional().meta({ description: 'One or more, with commas between.' }),
  severity: someOf(SEVERITIES).optional().meta({ description: 'One or more of P0 to P3, with commas between.' }),
  assignee: z.string().min(1).max(80).optional().meta({ description: 'A login; `me`: your own orders.' }),
  station: idSchema.optional(),
  region: regionCodeSchema.optional(),
  appliance: idSchema.optional(),
  alert: z.string().min(1).max(100).optional(),
  overdue: z.enum(['true']).optional().meta({ description: 'Only those whose next time has passed.' }),
  sort: z.enum(['due', 'newest']).default('due').meta({ description: '`due`: of open ones, what is due first.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
  after: z.string().max(120).optional().meta({ description: 'The `next` of the page before.' }),
})

const orderPath = z.object({ id: z.string().min(1).max(100) })

/** Work orders of a person's districts. */
export function workOrderRoutes({ orders, nowMs }: { orders: WorkOrders; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/work-orders',
      summary: 'Work orders of your districts, a page at a time.',
      allow: WORK_ORDER_ROLES,
      service: 'read',
      query: querySchema,
      response: workOrderListSchema,
      handle: async ({ query: { state, severity, assignee, overdue, ...query }, caller }) => {
        const person = signedIn(caller)
        const { orders: page, next } = await orders.list(person, {
          ...query,
          states: state,
          severities: severity,
          assignee: assignee === 'me' ? person.login : assignee,
          overdueAtMs: overdue === undefined ? undefined : nowMs(),
        })
        const at = new Date(nowMs()).toISOString()
        return { body: { at, orders: page, ...(next !== undefined && { next }) }, cacheControl: 'private, no-cache' }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/work-orders/{id}',
      summary: 'One work order with its whole life, and what you may do with it now.',
      allow: WORK_ORDER_ROLES,
      service: 'read',
      params: orderPath,
      response: workOrderDetailSchema,
      handle: async ({ params, caller }) => ({
        body: await orders.detail(signedIn(caller), params.id),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/work-orders',
      summary: 'Make a work order for an alert, or of something that you saw. An alert that has one keeps it.',
      allow: WORK_ORDER_ROLES,
      body: workOrderRequestSchema,
      response: workOrderDetailSchema,
      handle: async ({ body, caller }) => {
        const person = signedIn(caller)
        const { id, isNew } = await orders.create(person, body)
        return { body: await orders.detail(person, id), status: isNew ? 201 : 200 }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/work-orders/{id}/acts',
      summary: 'Do the next step of a work order. With an old revision it is refused, and says who was faster.',
      allow: WORK_ORDER_ROLES,
      params: orderPath,
      body: workOrderActSchema,
      response: workOrderDetailSchema,
      handle: async ({ params, body, caller }) => ({ body: await orders.act(signedIn(caller), params.id, body) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/work-order-candidates',
      summary: 'Who could do work at a station, or on an appliance of it, before there is an order of it.',
      allow: WORK_ORDER_ROLES,
      query: z.object({ station: idSchema, appliance: idSchema.optional() }),
      response: workOrderCandidatesSchema,
      handle: async ({ query, caller }) => ({ body: await orders.candidatesAt(signedIn(caller), query) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/work-orders/{id}/candidates',
      summary: 'Who could do a work order, the best first, with the reason.',
      allow: WORK_ORDER_ROLES,
      params: orderPath,
      response: workOrderCandidatesSchema,
      handle: async ({ params, caller }) => ({ body: await orders.candidates(signedIn(caller), params.id) }),
    }),
  ]
}
