import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { KeepersApi } from '../api/keepers-api.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'

/** Others sign up, too. */
const REFETCH_MS = 60_000
const ROTA = ['rota'] as const

export function useMyRota() {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...ROTA, 'mine'],
    queryFn: ({ signal }) => api.keepers.mine(signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Posted hours of the next 14 days that nobody covers. */
export function useGaps(
  { region, station }: { region?: string | undefined; station?: string | undefined },
  isWanted = true,
) {
  const { api } = useConsole()
  const query = new URLSearchParams({
    ...(region !== undefined && { region }),
    ...(station !== undefined && { station }),
  })
  return useQuery({
    queryKey: [...ROTA, 'gaps', query.toString()],
    queryFn: ({ signal }) => api.keepers.gaps(query, signal),
    refetchInterval: REFETCH_MS,
    enabled: isWanted,
  })
}

/** Seven days of many stations. */
export function useRotaWeek(query: URLSearchParams) {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...ROTA, 'week', query.toString()],
    queryFn: ({ signal }) => api.keepers.week(query, signal),
    refetchInterval: REFETCH_MS,
    placeholderData: keepPreviousData,
  })
}

/** A station's seven days from a day on. */
export function useStationRota(station: string, from: string | undefined) {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...ROTA, 'station', station, from ?? ''],
    queryFn: ({ signal }) => api.keepers.station(station, from, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** One act on a rota; `said` is read out to those who do not see what became of it. */
export function useRotaAct<Input, Output>(act: (api: KeepersApi, input: Input) => Promise<Output>, said: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (input: Input) => act(api.keepers, input),
    onSuccess: () => announce(said),
    onSettled: () => client.invalidateQueries({ queryKey: ROTA }),
  })
}
