import type { Opening } from '../stations/opening.ts'
import type { Stretch } from './facts.ts'
import { type LocalDay, MINUTE_MS, startOfDay } from './local-day.ts'

/** Stretches that a day has at most; hours with more are no hours. */
const MAX_CHANGES = 50

/** When a station should be open on a day by what is posted; undefined: some of it is not known. */
export function postedDay(
  openingAt: (atMs: number) => Opening,
  day: LocalDay,
  timeZone: string,
): readonly Stretch[] | undefined {
  const fromMs = startOfDay(day, timeZone)
  const endMs = startOfDay(day + 1, timeZone)
  const stretches: [number, number][] = []
  let atMs = fromMs
  for (let changes = 0; atMs < endMs; changes++) {
    const { state, changesAtMs } = openingAt(atMs)
    if (state === 'unknown' || changes > MAX_CHANGES) return undefined
    const nextMs = Math.min(changesAtMs ?? endMs, endMs)
    if (state !== 'closed') {
      const [from, to] = [(atMs - fromMs) / MINUTE_MS, (nextMs - fromMs) / MINUTE_MS]
      const last = stretches.at(-1)
      if (last?.[1] === from) last[1] = to
      else stretches.push([from, to])
    }
    atMs = nextMs
  }
  return stretches
}
