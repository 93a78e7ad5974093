import { QueryClient } from '@tanstack/react-query'
import { queryKeys } from './query-keys.ts'
import { isRetryable } from './request-error.ts'

/** Tries beyond the first, for requests that may succeed unchanged; their waits double from 1 s. */
const MORE_TRIES = 2

/** The cache of everything that the API has told. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A station's network may have a server and no internet: the browser's idea of "offline" must not stop us.
        networkMode: 'always',
        retry: (failures, error) => failures < MORE_TRIES && isRetryable(error),
        staleTime: 10_000,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

/** Nobody is signed in any more: what was fetched for the one who was is forgotten, and the gate leads to the sign-in page. */
export function forgetSession(client: QueryClient): void {
  client.setQueryData(queryKeys.session, null)
  client.removeQueries({ predicate: query => isPersonal(query.queryKey) })
}

/** Whether a query's answer depends on who is signed in. */
export function isPersonal(queryKey: readonly unknown[]): boolean {
  return queryKey[0] !== queryKeys.session[0] && queryKey[0] !== queryKeys.clientConfig[0]
}
