import {
  type PhotoMoment,
  type WorkOrderActRequest,
  type WorkOrderCandidates,
  type WorkOrderDetail,
  type WorkOrderList,
  type WorkOrderRequest,
  workOrderCandidatesSchema,
  workOrderDetailSchema,
  workOrderListSchema,
} from '@harbor/protocol'
import type { z } from 'zod'

/** What a list of work orders is asked for. */
export interface OrderListQuery {
  choice: 'open' | 'closed' | 'all'
  sort: 'due' | 'newest'
  isMine: boolean
  isOverdue: boolean
  /** A district, or a street. */
  region?: string | undefined
  severities: readonly string[]
  limit: number
  alert?: string
  appliance?: string
}

/** What is told of a photo beside its bytes. */
export interface AboutPhoto {
  key: string
  moment: PhotoMoment | undefined
  madeAt: string
}

/** Work orders in the HTTP API. Every method rejects with a RequestError. */
export interface WorkOrdersApi {
  list: (query: OrderListQuery, signal?: AbortSignal) => Promise<WorkOrderList>
  detail: (id: string, signal?: AbortSignal) => Promise<WorkOrderDetail>
  create: (request: WorkOrderRequest) => Promise<WorkOrderDetail>
  /** With a key of its own each press: sent twice, after a lost answer, it is done once. */
  act: (id: string, act: WorkOrderActRequest & { key: string }) => Promise<WorkOrderDetail>
  addPhoto: (id: string, photo: Blob, about: AboutPhoto) => Promise<WorkOrderDetail>
  candidates: (id: string, signal?: AbortSignal) => Promise<WorkOrderCandidates>
  /** The same for an order that is not made yet. */
  candidatesAt: (at: { station: string; appliance?: string }, signal?: AbortSignal) => Promise<WorkOrderCandidates>
}

/** Asks below the API's root and reads the answer by its schema. */
export type Ask = <Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options?: { method?: 'POST' | 'PUT' | 'DELETE'; body?: unknown; signal?: AbortSignal | undefined },
) => Promise<z.output<Schema>>

export function createWorkOrdersApi(ask: Ask): WorkOrdersApi {
  const path = (id: string, rest = '') => `work-orders/${encodeURIComponent(id)}${rest}`
  return {
    list: (query, signal) => ask(`work-orders?${toSearch(query)}`, workOrderListSchema, { signal }),
    detail: (id, signal) => ask(path(id), workOrderDetailSchema, { signal }),
    create: body => ask('work-orders', workOrderDetailSchema, { method: 'POST', body }),
    act: (id, body) => ask(path(id, '/acts'), workOrderDetailSchema, { method: 'POST', body }),
    addPhoto: (id, body, { moment, ...about }) => {
      const search = new URLSearchParams({ ...about, ...(moment !== undefined && { moment }) })
      return ask(path(id, `/photos?${search}`), workOrderDetailSchema, { method: 'POST', body })
    },
    candidatesAt: (at, signal) =>
      ask(`work-order-candidates?${new URLSearchParams(at)}`, workOrderCandidatesSchema, { signal }),
    candidates: (id, signal) => ask(path(id, '/candidates'), workOrderCandidatesSchema, { signal }),
  }
}

function toSearch({
  choice,
  sort,
  isMine,
  isOverdue,
  region,
  severities,
  limit,
  alert,
  appliance,
}: OrderListQuery): URLSearchParams {
  const search = new URLSearchParams({ choice, sort, limit: String(limit) })
  if (isMine) search.set('assignee', 'me')
  if (isOverdue) search.set('overdue', 'true')
  if (region !== undefined) search.set('region', region)
  if (severities.length > 0) search.set('severity', severities.join(','))
  if (alert !== undefined) search.set('alert', alert)
  if (appliance !== undefined) search.set('appliance', appliance)
  return search
}
