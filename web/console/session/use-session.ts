import { useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'

/** Who is signed in: a person, or null for nobody; undefined while that is not known. */
export function useSession() {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.session,
    queryFn: ({ signal }) => api.session(signal),
    staleTime: 60_000,
  })
}
