import type { CrewRequest } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CrewsApi } from '../api/crews-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'

/** Crews of the person's districts. */
export function useCrews() {
  const { api } = useConsole()
  return useQuery({ queryKey: queryKeys.crews, queryFn: ({ signal }) => api.crews.list(signal) })
}

/** Who can be in a crew; asked for by who may set one up. */
export function useCrewPeople(isEnabled: boolean) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.crewPeople,
    queryFn: ({ signal }) => api.crews.people(signal),
    enabled: isEnabled,
  })
}

/** Making, changing or removing a crew; `said` is read out to those who do not see what became of it. */
export function useCrewAct<Input>(act: (api: CrewsApi, input: Input) => Promise<unknown>, said: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (input: Input) => act(api.crews, input),
    onSuccess: () => announce(said),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.crews }),
  })
}

/** A crew as it is sent. */
export interface SentCrew {
  id: string
  crew: CrewRequest
}
