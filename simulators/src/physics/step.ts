import type { Random } from '../random.ts'

/** One step of a model: how long it is, and the chance in it. */
export interface Step {
  /** Seconds; models that need short steps split it themselves. */
  dtS: number
  random: Random
}

/** Runs `advance` over `dtS` in equal pieces of at most `longestS` seconds. */
export function inPieces<State>(
  state: State,
  { dtS, longestS }: { dtS: number; longestS: number },
  advance: (state: State, dtS: number) => State,
): State {
  const pieces = Math.max(1, Math.ceil(dtS / longestS))
  let next = state
  for (let piece = 0; piece < pieces; piece++) next = advance(next, dtS / pieces)
  return next
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
