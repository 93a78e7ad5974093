import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FleetApi } from '../api/fleet-api.ts'
import { useConsole } from '../console-context.ts'

/** Everything that is known of the fleet: whoever changed something asks for all that is shown again. */
export const EVERY_FLEET = ['fleet'] as const

/** What gateways and rollouts do by themselves: asked again when the live connection says that it is another. Keys of it begin so. */
export const FLEET_LIVE = 'live'

/** What gateways say comes by itself: a page that is open asks again this often. */
export const FLEET_REFETCH_MS = 5_000

interface FleetQuery<Answer> {
  /** Tells it from all other questions about the fleet. */
  key: readonly unknown[]
  ask: (api: FleetApi, signal: AbortSignal) => Promise<Answer>
  /** Absent: only after acts. */
  everyMs?: number | ((answer: Answer | undefined) => number | false)
  isWanted?: boolean
  /** The answer to another question of the same kind stays until this one is there. */
  keepBefore?: boolean
}

/** A question about the fleet. */
export function useFleet<Answer>({ key, ask, everyMs, isWanted = true, keepBefore = false }: FleetQuery<Answer>) {
  const { api } = useConsole()
  return useQuery<Answer>({
    queryKey: [...EVERY_FLEET, ...key],
    queryFn: ({ signal }) => ask(api.fleet, signal),
    enabled: isWanted,
    refetchInterval: query => (typeof everyMs === 'function' ? everyMs(query.state.data) : (everyMs ?? false)),
    ...(keepBefore && { placeholderData: keepPreviousData }),
  })
}

/** An act on the fleet; whatever is shown of it is asked for again. */
export function useFleetAct<Input, Answer>(act: (api: FleetApi, input: Input) => Promise<Answer>) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(api.fleet, input),
    onSettled: () => void client.invalidateQueries({ queryKey: EVERY_FLEET }),
  })
}
