import type { FeedbackList, FeedbackView } from '@harbor/protocol'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FeedbackApi } from '../api/feedback-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { type FeedbackFilters, readFeedbackFilters, writeFeedbackFilters } from './feedback-filters.ts'
import { mergeFeedback } from './merge-feedback.ts'

/** Beside the live events, in case one is lost with nobody noticing. */
const REFETCH_MS = 60_000

/** Visitors' reports of the person's districts. */
export function useFeedback(filters: FeedbackFilters) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.feedback(writeFeedbackFilters(filters).toString()),
    queryFn: ({ signal }) => api.feedback.list(filters, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Shows a report as it now is in every list that is held. True when none of them had it. */
export function applyFeedback(client: QueryClient, fresh: FeedbackView): boolean {
  const lists = client.getQueriesData<FeedbackList>({ queryKey: queryKeys.everyFeedbackList })
  const isNew = lists.every(([, list]) => list?.feedback.every(({ id }) => id !== fresh.id) ?? true)
  for (const [key, list] of lists) {
    const filters = readFeedbackFilters(new URLSearchParams(String(key[1] ?? '')))
    if (list !== undefined) client.setQueryData(key, mergeFeedback(list, fresh, filters))
  }
  return isNew
}

/**
 * One act on a report. What the page shows follows the server's answer, not the press; `said` is read out to those who do not see it.
 */
export function useFeedbackAct<Input>(act: (api: FeedbackApi, input: Input) => Promise<FeedbackView>, said: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (input: Input) => act(api.feedback, input),
    onSuccess: changed => {
      applyFeedback(client, changed)
      announce(said)
    },
    // Somebody was faster, or it is gone: what is shown here is old.
    onError: () => void client.invalidateQueries({ queryKey: queryKeys.everyFeedbackList }),
  })
}
