/** No value. */
export const NO_BYTE = 255
const MAX_BYTE = 254
/** Steps that double the value: neighbours are 3.5 % apart. */
const STEPS_PER_OCTAVE = 20

/** A quantity of 0 to about 6,600 units in one byte, on a logarithmic scale with steps of 3.5 %. */
export function toLogByte(value: number, unit: number): number {
  return Math.min(MAX_BYTE, Math.round(STEPS_PER_OCTAVE * Math.log2(1 + Math.max(0, value) / unit)))
}

/** The quantity that `toLogByte` wrote; undefined for none. */
export function fromLogByte(byte: number | undefined, unit: number): number | undefined {
  return byte === undefined || byte === NO_BYTE ? undefined : (2 ** (byte / STEPS_PER_OCTAVE) - 1) * unit
}

/** The middle of what is there; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}
