import type { AlertView, MaintenanceRequest, SilenceRequest } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AlertChoice } from '../api/api-client.ts'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import { useConsole } from '../console-context.ts'
import { applyAlert } from '../live/live-cache.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'
import { useRuleText } from './use-rules.ts'

/** Beside the live events, in case one is lost with nobody noticing. */
const REFETCH_MS = 60_000

/** The alerts of the person's districts. */
export function useAlerts(choice: AlertChoice) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.alerts(choice),
    queryFn: ({ signal }) => api.alerts(choice, signal),
    refetchInterval: REFETCH_MS,
  })
}

/**
 * Acknowledging one alert. The alert shows as acknowledged when the server has said so, not before; until then the button
 * says that it is on its way.
 */
export function useAcknowledge(alert: AlertView) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const { say } = useWords()
  const ruleText = useRuleText()
  return useMutation({
    mutationFn: () => api.acknowledge(alert.id),
    async onSuccess(acknowledged) {
      if (acknowledged === undefined) await client.invalidateQueries({ queryKey: queryKeys.everyAlertList })
      else applyAlert(client, acknowledged)
      announce(say('alerts.acknowledged', { rule: ruleText(alert) }))
    },
    onError(error) {
      // Somebody was faster, or it is gone: what is shown here is old.
      if (error instanceof RequestError && (error.code === 'API_CONFLICT' || error.code === 'API_NOT_FOUND'))
        void client.invalidateQueries({ queryKey: queryKeys.everyAlertList })
    },
  })
}

/** One alert with its whole life. */
export function useAlert(id: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.alert(id),
    queryFn: ({ signal }) => api.alert(id, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Windows of a station that are not over. */
export function useMaintenance(station: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.maintenance(station),
    queryFn: ({ signal }) => api.maintenance(station, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Silencing an alert, or ending its silence (undefined). */
export function useSilence(alert: AlertView) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: SilenceRequest | undefined) =>
      request === undefined ? api.unsilence(alert.id) : api.silence(alert.id, request),
    onSuccess: changed => applyAlert(client, changed),
    onError: () => void client.invalidateQueries({ queryKey: queryKeys.alert(alert.id) }),
  })
}

/** Opening a maintenance window, or ending the one of this id. */
export function useMaintain(station: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: MaintenanceRequest | string) =>
      typeof request === 'string' ? api.endMaintenance(request) : api.openMaintenance(request),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.maintenance(station) }),
  })
}
