import { useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'

/** Opening and space change by the clock and by people; the staff's live events carry alerts and readings alone. */
const REFETCH_MS = 30_000

export function useStations() {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.stations,
    queryFn: ({ signal }) => api.stations(signal),
    refetchInterval: REFETCH_MS,
  })
}

/** @param isEnabled false: nothing is asked. */
export function useStation(id: string, isEnabled = true) {
  const { api } = useConsole()
  return useQuery({
    enabled: isEnabled,
    queryKey: queryKeys.station(id),
    queryFn: ({ signal }) => api.station(id, signal),
    refetchInterval: REFETCH_MS,
  })
}
