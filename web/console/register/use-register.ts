import type { RegisterCheckRequest, RegisterDetail, RegisterFilter, StationState } from '@harbor/protocol'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import type { ImportRun, RegisterApi } from '../api/register-api.ts'
import { useConsole } from '../console-context.ts'

const EVERY_LIST = ['register'] as const
const stationKey = (id: string) => ['register-station', id] as const

/** A page of the register; the one before stays while the next is on its way. */
export function useRegister(filters: RegisterFilter, limit: number) {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...EVERY_LIST, JSON.stringify([filters, limit])],
    queryFn: ({ signal }) => api.register.list(filters, limit, signal),
    placeholderData: keepPreviousData,
  })
}

/** One station with its life and history. */
export function useRegisterStation(id: string) {
  const { api } = useConsole()
  return useQuery({ queryKey: stationKey(id), queryFn: ({ signal }) => api.register.detail(id, signal) })
}

/** An act that answers with the station as it then is. */
export function useRegisterAct<Input>(act: (api: RegisterApi, input: Input) => Promise<RegisterDetail>) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(api.register, input),
    onSuccess: station => {
      client.setQueryData(stationKey(station.id), station)
      void client.invalidateQueries({ queryKey: EVERY_LIST })
      void client.invalidateQueries({ queryKey: queryKeys.stations })
      void client.invalidateQueries({ queryKey: queryKeys.station(station.id) })
    },
  })
}

/** The next step of a station's life. */
export function useStep(id: string) {
  const { api } = useConsole()
  return useRegisterAct(async (register, to: { state: StationState; reason: string }) => {
    await register.step(id, to)
    return api.register.detail(id)
  })
}

/** What the server says of hours or of a position; asked when `request` is there. */
export function useCheck(request: RegisterCheckRequest | undefined) {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['register-check', JSON.stringify(request)],
    queryFn: ({ signal }) => api.register.check(request as RegisterCheckRequest, signal),
    enabled: request !== undefined,
    placeholderData: keepPreviousData,
  })
}

/** A dry run, or the import itself. */
export function useRegisterImport() {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (run: ImportRun) => api.register.importTable(run),
    onSuccess: result => {
      if (result.isDone) void client.invalidateQueries({ queryKey: EVERY_LIST })
    },
  })
}
