import type { MonthlyReportList } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'

export function useReports() {
  const { api } = useConsole()
  return useQuery({ queryKey: queryKeys.reports, queryFn: ({ signal }) => api.reports.list(signal) })
}

/** Makes the report of a month that is over. */
export function useMakeReport() {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const { say } = useWords()
  return useMutation({
    mutationFn: (key: { district: string; month: string }) => api.reports.make(key),
    onSuccess: () => announce(say('reports.isMade')),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.reports }),
  })
}

/** Chooses whose reports are sent to oneself. */
export function useMailed() {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const { say } = useWords()
  return useMutation({
    // One after the other: each says the whole choice, and the last one counts.
    scope: { id: 'reports-mailed' },
    mutationFn: (districts: readonly string[]) => api.reports.setMailed(districts),
    onSuccess: (list: MonthlyReportList) => {
      client.setQueryData(queryKeys.reports, list)
      announce(say('reports.saved'))
    },
  })
}
