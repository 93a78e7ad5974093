import { type AlertView } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import { useConsole } from '../console-context.ts'
import { applyAlert } from '../live/live-cache.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'
import { alertRuleText } from './alert-words.ts'

/** Beside the live events, in case one is lost with nobody noticing. */
const REFETCH_MS = 60_000

/** The alerts of the person's districts. */
export function useAlerts(state: 'open' | 'all') {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.alerts(state),
    queryFn: ({ signal }) => api.alerts(state, signal),
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
  return useMutation({
    mutationFn: () => api.acknowledge(alert.id),
    async onSuccess(acknowledged) {
      if (acknowledged === undefined) await client.invalidateQueries({ queryKey: queryKeys.everyAlertList })
      else applyAlert(client, acknowledged)
      announce(say('alerts.acknowledged', { rule: alertRuleText(alert, say) }))
    },
    onError(error) {
      // Somebody was faster, or it is gone: what is shown here is old.
      if (error instanceof RequestError && (error.code === 'API_CONFLICT' || error.code === 'API_NOT_FOUND'))
        void client.invalidateQueries({ queryKey: queryKeys.everyAlertList })
    },
  })
}
