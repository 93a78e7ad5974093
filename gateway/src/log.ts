/** What this package needs of a log; pino's logger is one. Facts first, then the sentence. */
export interface Log {
  info: (facts: object, message: string) => void
  warn: (facts: object, message: string) => void
  error: (facts: object, message: string) => void
}

/** Milliseconds since 1970, from outside, so that a test can set it. */
export type Clock = () => number

/** Milliseconds from any start, never set back: for waiting, not for dates. */
export type Stopwatch = () => number

/** A number from 0 up to, not including, 1. */
export type Random = () => number
