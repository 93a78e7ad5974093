/** A source of numbers in [0, 1). Handed in wherever chance plays, so that a seed repeats a run. */
export type Random = () => number

/** A generator for `seed`: the same seed gives the same numbers, another seed unrelated ones. Not for secrets. */
export function createRandom(seed: string): Random {
  let state = hashText(seed)
  // A Weyl sequence through a 32-bit finalizer: period 2^32, ample for a demo, one multiply-add a number.
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    return mix(state) / 2 ** 32
  }
}

/** A 32-bit hash of a text (FNV-1a, finalized): stable between runs and machines. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return mix(hash >>> 0)
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Evenly spread over [min, max). */
export function uniform(random: Random, min: number, max: number): number {
  return min + (max - min) * random()
}

/** Standard normal (Box-Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Whether an event with `ratePerS` a second happens within `dtS` seconds (Poisson; more than one counts as one). */
export function happens(random: Random, ratePerS: number, dtS: number): boolean {
  return random() < 1 - Math.exp(-ratePerS * dtS)
}

/** One of `items`. */
export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0]
}
