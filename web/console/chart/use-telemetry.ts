import { useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import type { Range } from '../stations/ranges.ts'

/** Live readings make a series grow; it is still fetched again, for late readings and for windows that have closed. */
const REFETCH_RAW_MS = 5 * 60_000

/** One metric of a station over a span that ends now. */
export function useTelemetry(query: { station: string; metric: string; range: Range; isWanted: boolean }) {
  const { station, metric, range, isWanted } = query
  const { api, clock } = useConsole()
  return useQuery({
    queryKey: queryKeys.telemetry(station, metric, range.id),
    enabled: isWanted,
    refetchInterval: range.everyMs ?? REFETCH_RAW_MS,
    queryFn: ({ signal }) => {
      const toMs = clock.now()
      const { spanMs, everyMs } = range
      const span = { fromMs: toMs - spanMs, toMs, ...(everyMs === undefined ? {} : { everyMs }) }
      return api.telemetry({ station, metric, ...span }, signal)
    },
  })
}
