import type { FaultInput } from '../../src/faults/transition.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type Random, SECOND_MS, between } from './course.ts'

/** What reaches the server of what the devices said, in the order in which it does. */
export interface Disturbed {
  inputs: FaultInput[]
  /** How many readings were lost, and how many came when they were history. */
  lost: number
  late: number
}

const LOSS_SHARE = 0.01
const SLIGHTLY_LATE_SHARE = 0.05
const VERY_LATE_SHARE = 0.003
const GAPS_PER_DAY = 0.5

/** Loses readings, makes gaps of 6 to 30 min, delays some by up to 25 s and some by hours, and repeats a few. */
export function disturb(inputs: readonly FaultInput[], random: Random): Disturbed {
  const first = inputs[0]?.timeMs ?? 0
  const last = inputs.at(-1)?.timeMs ?? 0
  const gaps: [number, number][] = []
  for (let at = first; at < last; at += DAY_MS / GAPS_PER_DAY) {
    const fromMs = at + random() * (DAY_MS / GAPS_PER_DAY)
    gaps.push([fromMs, fromMs + between(random, 6, 30) * MINUTE_MS])
  }
  let [lost, late] = [0, 0]
  const arrivals: { atMs: number; input: FaultInput }[] = []
  let gap = 0
  for (const input of inputs) {
    while (gap < gaps.length && (gaps[gap]?.[1] ?? 0) < input.timeMs) gap += 1
    // Where a clock is wrong the readings say by themselves when they are sent.
    const sentMs = input.receivedAtMs ?? input.timeMs
    const isGap = input.timeMs >= (gaps[gap]?.[0] ?? Infinity)
    if (isGap || random() < LOSS_SHARE) {
      lost += 1
      continue
    }
    const chance = random()
    const isVeryLate = chance < VERY_LATE_SHARE
    const delayMs = isVeryLate
      ? between(random, 3 * MINUTE_MS, 5 * HOUR_MS)
      : chance < SLIGHTLY_LATE_SHARE
        ? random() * 25 * SECOND_MS
        : 0
    if (isVeryLate) late += 1
    arrivals.push({ atMs: sentMs + delayMs, input })
    if (random() < 0.005) arrivals.push({ atMs: sentMs + random() * MINUTE_MS, input })
  }
  arrivals.sort((a, b) => a.atMs - b.atMs)
  return { inputs: arrivals.map(({ atMs, input }) => ({ ...input, receivedAtMs: atMs })), lost, late }
}
