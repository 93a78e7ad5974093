import type { WorkOrder, WorkOrderDetail } from '@harbor/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useLiveStatus } from '../live/live-context.tsx'
import { useSession } from '../session/use-session.ts'
import { projectOrder } from './projected-order.ts'
import type { WaitingAct } from './waiting-act.ts'

/** Between two tries while something waits: a phone may have a network of which the browser says nothing. */
const RETRY_MS = 20_000
/** Of one's own orders, so many can be opened without a network, whether they were opened before or not. */
const MAX_READ_AHEAD = 20
const READ_AHEAD_FRESH_MS = 10 * 60_000

/** The acts of whoever is signed in that the server has not taken, oldest first. */
export function useUnsent(): readonly WaitingAct[] {
  const { offline } = useConsole()
  const login = useSession().data?.login
  const { acts } = useSyncExternalStore(offline.outbox.subscribe, offline.outbox.getState)
  return useMemo(() => acts.filter(act => act.login === login), [acts, login])
}

/** Sends what waits whenever a network may have come. */
export function useSendingLater(): void {
  const { offline } = useConsole()
  const login = useSession().data?.login
  const { state } = useLiveStatus()
  const isWaiting = useUnsent().some(({ refused }) => refused === undefined)
  useEffect(() => {
    if (login === undefined || !isWaiting) return
    const send = () => void offline.outbox.flush(login)
    if (state === 'connected') send()
    const timer = setInterval(send, RETRY_MS)
    window.addEventListener('online', send)
    document.addEventListener('visibilitychange', send)
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', send)
      document.removeEventListener('visibilitychange', send)
    }
  }, [offline, login, isWaiting, state])
}

/** An order with this phone's waiting acts on it. */
export function useProjected(order: WorkOrderDetail): WorkOrderDetail {
  const me = useSession().data
  const unsent = useUnsent()
  return useMemo(() => (me == null ? order : projectOrder(order, unsent, me)), [order, unsent, me])
}

/** Fetches the orders of a list in the background, so that they open without a network. */
export function useReadAhead(orders: readonly WorkOrder[] | undefined, isWanted: boolean): void {
  const { api } = useConsole()
  const client = useQueryClient()
  const { state } = useLiveStatus()
  const ids = isWanted && state === 'connected' ? (orders ?? []).slice(0, MAX_READ_AHEAD).map(({ id }) => id) : []
  const wanted = ids.join(' ')
  useEffect(() => {
    const read = async () => {
      // One after the other: what the person looks at comes first.
      for (const id of wanted.split(' '))
        if (id !== '')
          await client.prefetchQuery({
            queryKey: queryKeys.order(id),
            queryFn: ({ signal }) => api.workOrders.detail(id, signal),
            staleTime: READ_AHEAD_FRESH_MS,
          })
    }
    void read()
  }, [api, client, wanted])
}
