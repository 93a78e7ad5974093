import type { Metric, SafetyCause } from '@harbor/protocol'

/** What was seen against a plug: `metric` of `source` was beyond `threshold` from `fromMs` on. Times are milliseconds since 1970. */
export interface Evidence {
  cause: SafetyCause
  source: string
  metric: Metric
  threshold: number
  observed: number
  fromMs: number
  /** When it had lasted for long enough. */
  atMs: number
}

export interface PlugMoment {
  /** Milliseconds since 1970: what is told goes by this. */
  clockMs: number
  /** Milliseconds, never set back: what waits goes by this. */
  stopwatchMs: number
}
