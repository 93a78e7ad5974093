import type { HoursChange } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { HoursApi } from '../api/hours-api.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'

/** Who may change hours: as the server's table of routes says. */
export const MAY_CHANGE_HOURS: readonly string[] = ['manager', 'administrator']
/** Others change them, too. */
const REFETCH_MS = 60_000
const EVERY_LIST = ['hours-changes'] as const

/** Changes of hours that hold or are to come, of the person's districts or of one station. */
export function useHoursChanges(station: string | undefined) {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...EVERY_LIST, station ?? ''],
    queryFn: ({ signal }) => api.hours.list(station, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** One act on changes of hours; `said` is read out to those who do not see what became of it. */
export function useHoursAct<Input>(act: (api: HoursApi, input: Input) => Promise<HoursChange>, said: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (input: Input) => act(api.hours, input),
    onSuccess: () => announce(said),
    onSettled: () => client.invalidateQueries({ queryKey: EVERY_LIST }),
  })
}
