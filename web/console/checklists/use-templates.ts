import type { ChecklistTemplateRequest } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'

/** Every checklist in its newest version, with those that are no longer offered. */
export function useEveryTemplate() {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...queryKeys.everyChecklist, 'with-retired'],
    queryFn: ({ signal }) => api.checklists.everyTemplate(signal),
  })
}

/** Every version of one, the newest first. */
export function useVersions(id: string, isEnabled: boolean) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.checklistVersions(id),
    queryFn: ({ signal }) => api.checklists.versions(id, signal),
    enabled: isEnabled,
  })
}

/** Making the next version. */
export function useSaveTemplate(id: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: ChecklistTemplateRequest) => api.checklists.put(id, request),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.everyChecklist }),
  })
}
