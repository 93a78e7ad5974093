import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import type { ManagementApi } from '../api/management-api.ts'

/** Figures are counted every few minutes; asking more often tells nothing new. */
const STALE_MS = 60_000

/** What the methods of the API that take a query are called. */
type Question = {
  [Name in keyof ManagementApi]: ManagementApi[Name] extends (query: URLSearchParams, signal?: AbortSignal) => unknown
    ? Name
    : never
}[keyof ManagementApi]

/** One of the answers that are computed of use, energy and opening; the one before stays while the next is on its way. */
export function useMeasure<Name extends Question>(name: Name, query: URLSearchParams) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.measure(name, query.toString()),
    queryFn: ({ signal }) => api.management[name](query, signal) as Promise<Awaited<ReturnType<ManagementApi[Name]>>>,
    staleTime: STALE_MS,
    placeholderData: keepPreviousData,
  })
}
