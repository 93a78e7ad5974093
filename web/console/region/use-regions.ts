import { useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'

/** Streets and stations are founded rarely. */
const STALE_MS = 5 * 60_000

/** The regions that the person may look at. */
export function useRegions() {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.regions,
    queryFn: ({ signal }) => api.management.regions(signal),
    staleTime: STALE_MS,
  })
}
