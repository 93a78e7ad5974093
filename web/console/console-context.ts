import { type ClientConfig } from '@harbor/protocol'
import { useQuery } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { ApiClient } from './api/api-client.ts'
import { queryKeys } from './api/query-keys.ts'
import type { Offline } from './offline/offline.ts'
import type { TimeStyle } from './time/format.ts'
import type { ServerClock } from './time/clock.ts'
import { useWords } from './words/words.tsx'

/** What every page is given. */
export interface ConsoleDeps {
  api: ApiClient
  clock: ServerClock
  offline: Offline
}

export const ConsoleContext = createContext<ConsoleDeps | undefined>(undefined)

export function useConsole(): ConsoleDeps {
  const deps = use(ConsoleContext)
  if (deps === undefined) throw new TypeError('useConsole: there is no ConsoleContext above this component')
  return deps
}

/** What the server says about itself; asked for once. */
export function useClientConfig() {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.clientConfig,
    queryFn: ({ signal }) => api.clientConfig(signal),
    staleTime: Infinity,
  })
}

/** The reader's language and the stations' zone. Until the server has told the zone: China's, the project's default. */
export function useTimeStyle(): TimeStyle {
  const { locale } = useWords()
  const config: ClientConfig | undefined = useClientConfig().data
  return { locale, timeZone: config?.timeZone ?? 'Asia/Shanghai' }
}
