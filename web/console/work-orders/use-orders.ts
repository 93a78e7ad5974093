import type { WorkOrderDetail, WorkOrderRequest } from '@harbor/protocol'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import type { OrderListQuery } from '../api/work-orders-api.ts'
import { useConsole } from '../console-context.ts'
import { type Asked, newKey } from '../offline/waiting-act.ts'
import { useSession } from '../session/use-session.ts'

/** Beside the live events, in case one is lost with nobody noticing. */
const REFETCH_MS = 60_000

/** A page of work orders; the one before stays while the next is on its way. */
export function useOrders(query: OrderListQuery, options: { isEnabled?: boolean } = {}) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.orders(JSON.stringify(query)),
    queryFn: ({ signal }) => api.workOrders.list(query, signal),
    refetchInterval: REFETCH_MS,
    placeholderData: keepPreviousData,
    enabled: options.isEnabled ?? true,
  })
}

/** One work order with its whole life. */
export function useOrder(id: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.order(id),
    queryFn: ({ signal }) => api.workOrders.detail(id, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Who could do an order; asked for when somebody wants to choose. */
export function useCandidates(id: string, isEnabled: boolean) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.candidates(id),
    queryFn: ({ signal }) => api.workOrders.candidates(id, signal),
    enabled: isEnabled,
    staleTime: 0,
  })
}

/** Who could do an order that is not made yet; undefined station: nothing is asked. */
export function useCandidatesAt(station: string | undefined, appliance: string | undefined) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.candidatesAt(station ?? '', appliance ?? ''),
    queryFn: ({ signal }) =>
      station === undefined
        ? { people: [] }
        : api.workOrders.candidatesAt({ station, ...(appliance !== undefined && { appliance }) }, signal),
    enabled: station !== undefined,
    staleTime: 0,
  })
}

/** What a page sends: a step, or a photo. */
export type Sent = Asked

/**
 * Doing the next step of an order. It is on the phone before it is on its way: without a network it is sent later. Nothing shows as done
 * before the server has said so; what waits says that it waits.
 */
export function useAct({ id, revision, titleZh, titleEn }: WorkOrderDetail) {
  const { offline, clock } = useConsole()
  const client = useQueryClient()
  const login = useSession().data?.login ?? ''
  return useMutation({
    mutationFn: (asked: Sent) =>
      offline.outbox.add({
        key: newKey(),
        login,
        order: id,
        titleZh,
        titleEn,
        asked,
        revision,
        madeAtMs: clock.now(),
      }),
    onError(error) {
      // Somebody was faster, or it is gone: what is shown here is old.
      if (error instanceof RequestError && (error.code === 'API_CONFLICT' || error.code === 'API_NOT_FOUND'))
        void client.invalidateQueries({ queryKey: queryKeys.order(id) })
    },
  })
}

/** Making an order; that of an alert that has one is the one that it has. */
export function useMakeOrder() {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: WorkOrderRequest) => api.workOrders.create(request),
    onSuccess(made) {
      client.setQueryData(queryKeys.order(made.id), made)
      void client.invalidateQueries({ queryKey: queryKeys.everyOrderList })
    },
    // An appliance may have one that was not there a moment ago.
    onError: () => client.invalidateQueries({ queryKey: queryKeys.everyOrderList }),
  })
}
