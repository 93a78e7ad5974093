import type { PlanRequest } from '@harbor/protocol'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'

/** Orders are made of plans without anybody's press. */
const REFETCH_MS = 60_000

export function usePlans() {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.plans,
    queryFn: ({ signal }) => api.plans.list(signal),
    refetchInterval: REFETCH_MS,
  })
}

/** What a plan would be for, and when, while it is being written. */
export function usePlanPreview(request: Pick<PlanRequest, 'target' | 'schedule'> | undefined) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.planPreview(JSON.stringify(request)),
    queryFn: ({ signal }) => (request === undefined ? { targets: 0, dates: [] } : api.plans.preview(request, signal)),
    enabled: request !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
}

export function useMakePlan() {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: PlanRequest) => api.plans.create(request),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.plans }),
  })
}

export function useChangePlan(id: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (act: 'pause' | 'resume' | 'end') => api.plans.change(id, act),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.plans }),
  })
}
