import { useQuery } from '@tanstack/react-query'
import { useConsole } from '../console-context.ts'

/** Checklists that can be filled in; they change seldom. */
export function useTemplates() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['checklists'],
    queryFn: ({ signal }) => api.checklists.templates(signal),
    staleTime: 5 * 60_000,
  })
}

/** What was filled in, the newest first. */
export function useFills(query: Readonly<Record<string, string>>) {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['checklist-fills', query],
    queryFn: ({ signal }) => api.checklists.fills(query, signal),
  })
}

/** One of them, line by line. */
export function useFill(key: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['checklist-fills', 'one', key],
    queryFn: ({ signal }) => api.checklists.fill(key, signal),
  })
}
