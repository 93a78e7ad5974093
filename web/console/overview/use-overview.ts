import type { Overview } from '@harbor/protocol'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useLookedOver } from '../live/live-context.tsx'

/** What is not live on the one screen, and its map, are asked for this often. */
export const REFETCH_MS = 30_000

/** The one screen of a region (undefined: all that the person may see); its counts follow live. */
export function useOverview(region: string | undefined) {
  const { api } = useConsole()
  const client = useQueryClient()
  useLookedOver(region)
  return useQuery({
    queryKey: queryKeys.overview(region),
    queryFn: async ({ signal }) => {
      const told = await api.management.overview(region, signal)
      return withNewerCounts(told, client.getQueryData<Overview>(queryKeys.overview(region)))
    },
    refetchInterval: REFETCH_MS,
    // A wall stands in the background of nothing, but its browser may think so.
    refetchIntervalInBackground: true,
    staleTime: 0,
  })
}

/** An answer that a live update has overtaken on its way keeps the update's counts. */
export function withNewerCounts(told: Overview, known: Overview | undefined): Overview {
  if (known === undefined || known.at <= told.at) return told
  const { at, counts, parts } = known
  return { ...told, at, counts, parts }
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
