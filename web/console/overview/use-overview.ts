import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useLookedOver } from '../live/live-context.tsx'

/** What is not live on the one screen, and its map, are asked for this often. */
export const REFETCH_MS = 30_000

/** The one screen of a region (undefined: all that the person may see); its counts follow live. */
export function useOverview(region: string | undefined) {
  const { api } = useConsole()
  useLookedOver(region)
  return useQuery({
    queryKey: queryKeys.overview(region),
    queryFn: ({ signal }) => api.management.overview(region, signal),
    refetchInterval: REFETCH_MS,
    // A wall stands in the background of nothing, but its browser may think so.
    refetchIntervalInBackground: true,
    staleTime: 0,
  })
}

/** The region's stations as they now are. */
export function useOverviewStations(region: string | undefined) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.overviewStations(region),
    queryFn: ({ signal }) => api.management.overviewStations(region, signal),
    refetchInterval: REFETCH_MS,
    refetchIntervalInBackground: true,
    placeholderData: keepPreviousData,
  })
}
