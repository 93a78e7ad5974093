import type { AlertView } from '@harbor/protocol'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SeenView } from '../../shared/map/map-types.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { applyAlert } from '../live/live-cache.ts'
import { type InboxFilters, type Place, USUAL_INBOX, inboxMapQuery, inboxQuery } from './inbox-filters.ts'

/** Beside the live events, in case one is lost with nobody noticing. */
const REFETCH_MS = 60_000

/** Stations in trouble; the answer before stays while the next is on its way. */
export function useInbox(filters: InboxFilters, page: { limit: number; near: Place | undefined }) {
  const { api } = useConsole()
  const query = inboxQuery(filters, page)
  return useQuery({
    queryKey: queryKeys.inbox(query),
    queryFn: ({ signal }) => api.inboxes.inbox(query, signal),
    refetchInterval: REFETCH_MS,
    placeholderData: keepPreviousData,
  })
}

/**
 * What is wrong in a part of the map; the view before stays while the next is on its way.
 *
 * @param seen undefined: the map is not needed, or has not come to rest yet
 */
export function useInboxMap(filters: InboxFilters, seen: Pick<SeenView, 'box' | 'zoom'> | undefined) {
  const { api } = useConsole()
  const query = seen === undefined ? '' : inboxMapQuery(filters, seen)
  return useQuery({
    queryKey: queryKeys.inbox(`map?${query}`),
    queryFn: ({ signal }) => api.inboxes.map(query, signal),
    refetchInterval: REFETCH_MS,
    placeholderData: keepPreviousData,
    enabled: seen !== undefined,
  })
}

/** How many alerts are open that nobody silenced; undefined until it is known. */
export function useOpenAlertCount(): number | undefined {
  return useInbox(USUAL_INBOX, { limit: 1, near: undefined }).data?.totalAlerts
}

/** The alerts of one station. */
export function useStationAlerts(station: string, state: 'open' | 'suppressed') {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.stationAlerts(station, state),
    queryFn: ({ signal }) => api.inboxes.alertsOf(station, state, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Taking several alerts in hand, one after the other; tells how many could not be taken. */
export function useAcknowledgeAll() {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (alerts: readonly AlertView[]) => {
      let failed = 0
      for (const { id } of alerts) {
        try {
          const changed = await api.acknowledge(id)
          if (changed !== undefined) applyAlert(client, changed)
        } catch {
          failed += 1 // Somebody was faster, or there is no network: how many is told, and the list says which.
        }
      }
      return { failed, taken: alerts.length - failed }
    },
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.everyInbox }),
  })
}

/** What was repaired before. */
export function useRepairs(alert: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.repairs(alert),
    queryFn: ({ signal }) => api.inboxes.repairs(alert, signal),
    staleTime: REFETCH_MS,
  })
}

/** Where the person is: read when they tap, never by itself, and kept nowhere. */
export function useHere() {
  const [here, setHere] = useState<Place & { accuracyM: number }>()
  const [state, setState] = useState<'idle' | 'asking' | 'refused'>('idle')
  const ask = () => {
    setState('asking')
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: latDeg, longitude: lngDeg, accuracy: accuracyM } }) => {
        setHere({ latDeg, lngDeg, accuracyM })
        setState('idle')
      },
      () => setState('refused'),
      { enableHighAccuracy: false, timeout: 10_000, maximumAge: 60_000 },
    )
  }
  const forget = () => setHere(undefined)
  return { here, state, ask, forget }
}
