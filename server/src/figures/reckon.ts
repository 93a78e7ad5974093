import type { Figures } from '@harbor/protocol'
import type { ApplianceFact, OrderFact, Place, Span } from './facts.ts'

/** A repair that did not last so long was none. */
export const REPEAT_WITHIN_MS = 30 * 24 * 3_600_000

/** A part of the period, for figures by day, week or month; one part alone otherwise. In order, without gaps. */
export interface Bucket extends Span {
  key: string
}

/** What is asked for. */
export interface Asked {
  buckets: readonly Bucket[]
  /** Nothing is known of what comes after. */
  nowMs: number
  /** By what the figures are split; undefined: by the buckets. */
  keyOf: ((place: Place) => string) | undefined
}

/** What a row is summed up from. */
interface Tally {
  faults: number
  ordersMade: number
  ordersVerified: number
  taken: number
  takenMs: number
  repairedMs: number
  pausedMs: number
  fixedAtOnce: number
  repeats: number
  costFen: number
  watchedMs: number
  downMs: number
}

/**
 * The figures by row, as FIGURE_DEFINITIONS says in words. A pure function of the facts; they may reach beyond the period.
 */
export function reckonFigures(
  facts: { orders: readonly OrderFact[]; appliances: readonly ApplianceFact[] },
  { buckets, nowMs, keyOf }: Asked,
): Map<string, Figures> {
  const tallies = new Map<string, Tally>()
  const tallyOf = (place: Place, bucket: Bucket) => {
    const key = keyOf === undefined ? bucket.key : keyOf(place)
    const known = tallies.get(key)
    if (known !== undefined) return known
    const made = newTally()
    tallies.set(key, made)
    return made
  }
  if (keyOf === undefined) for (const { key } of buckets) tallies.set(key, newTally())
  const verifications = verificationsByThing(facts.orders)
  for (const order of facts.orders) {
    const detected = bucketAt(buckets, order.detectedMs)
    if (detected !== undefined && !order.isCancelled) {
      const tally = tallyOf(order, detected)
      tally.ordersMade += 1
      if (order.takenMs !== undefined) {
        tally.taken += 1
        tally.takenMs += order.takenMs - order.detectedMs
      }
      if (order.cameBack || wasRepairedBefore(order, verifications)) tally.repeats += 1
    }
    const verified = order.verifiedMs === undefined ? undefined : bucketAt(buckets, order.verifiedMs)
    if (verified !== undefined && order.verifiedMs !== undefined) {
      const tally = tallyOf(order, verified)
      tally.ordersVerified += 1
      tally.repairedMs += order.verifiedMs - order.detectedMs
      tally.pausedMs += order.pausedMs
      if (!order.wasReopened) tally.fixedAtOnce += 1
    }
    for (const { atMs, fen } of order.costs) {
      const bucket = bucketAt(buckets, atMs)
      if (bucket !== undefined) tallyOf(order, bucket).costFen += fen
    }
  }
  for (const appliance of facts.appliances) watch(appliance, { buckets, nowMs, tallyOf })
  return new Map([...tallies].map(([key, tally]) => [key, figuresOf(tally)]))
}

function watch(
  appliance: ApplianceFact,
  { buckets, nowMs, tallyOf }: Pick<Asked, 'buckets' | 'nowMs'> & { tallyOf: (of: Place, bucket: Bucket) => Tally },
): void {
  for (const bucket of buckets) {
    const fromMs = Math.max(bucket.fromMs, appliance.sinceMs)
    const toMs = Math.min(bucket.toMs, appliance.untilMs, nowMs)
    if (fromMs < toMs) tallyOf(appliance, bucket).watchedMs += toMs - fromMs
  }
  for (const span of appliance.down) {
    for (let index = indexAt(buckets, span.fromMs); index < buckets.length; index += 1) {
      const bucket = buckets[index] as Bucket
      if (bucket.fromMs >= Math.min(span.toMs, nowMs)) break
      const fromMs = Math.max(bucket.fromMs, appliance.sinceMs, span.fromMs)
      const toMs = Math.min(bucket.toMs, appliance.untilMs, nowMs, span.toMs)
      if (fromMs >= toMs) continue
      const tally = tallyOf(appliance, bucket)
      tally.downMs += toMs - fromMs
      if (span.fromMs === fromMs) tally.faults += 1
    }
  }
}

/** The first bucket that ends after an instant. */
function indexAt(buckets: readonly Bucket[], atMs: number): number {
  let low = 0
  let high = buckets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((buckets[middle] as Bucket).toMs > atMs) high = middle
    else low = middle + 1
  }
  return low
}

function bucketAt(buckets: readonly Bucket[], atMs: number): Bucket | undefined {
  const bucket = buckets[indexAt(buckets, atMs)]
  return bucket !== undefined && bucket.fromMs <= atMs ? bucket : undefined
}

/** When each thing was verified as repaired, in order. */
function verificationsByThing(orders: readonly OrderFact[]): Map<string, number[]> {
  const byThing = new Map<string, number[]>()
  for (const { thing, verifiedMs } of orders) {
    if (verifiedMs === undefined) continue
    const known = byThing.get(thing)
    if (known === undefined) byThing.set(thing, [verifiedMs])
    else known.push(verifiedMs)
  }
  return byThing
}

function wasRepairedBefore({ thing, detectedMs }: OrderFact, verifications: ReadonlyMap<string, number[]>): boolean {
  // Orders of one thing are few: one at a time.
  return (verifications.get(thing) ?? []).some(atMs => atMs <= detectedMs && detectedMs - atMs <= REPEAT_WITHIN_MS)
}

function newTally(): Tally {
  return {
    faults: 0,
    ordersMade: 0,
    ordersVerified: 0,
    taken: 0,
    takenMs: 0,
    repairedMs: 0,
    pausedMs: 0,
    fixedAtOnce: 0,
    repeats: 0,
    costFen: 0,
    watchedMs: 0,
    downMs: 0,
  }
}

function figuresOf(tally: Tally): Figures {
  const { faults, ordersMade, ordersVerified, watchedMs, downMs } = tally
  return {
    faults,
    ordersMade,
    ordersVerified,
    costFen: tally.costFen,
    ...(tally.taken > 0 && { mttaMs: tally.takenMs / tally.taken }),
    ...(ordersVerified > 0 && {
      mttrMs: tally.repairedMs / ordersVerified,
      pausedMs: tally.pausedMs / ordersVerified,
      firstTimeFix: tally.fixedAtOnce / ordersVerified,
    }),
    ...(faults > 0 && { mtbfMs: (watchedMs - downMs) / faults }),
    ...(watchedMs > 0 && { availability: (watchedMs - downMs) / watchedMs }),
    ...(ordersMade > 0 && { repeats: tally.repeats / ordersMade }),
  }
}
