/** Where a value axis begins and ends, and how far its marks are apart. */
export interface ValueAxis {
  min: number
  max: number
  step: number
}

/** Marks aimed at: few enough for a phone. */
const STEPS = 4

/**
 * A value axis that holds every value and limit, on round marks (1, 2 or 5 times a power of ten). At least `leastSpan` is
 * shown, so that small noise is not blown up to fill the chart; what is never negative gets no negative marks.
 */
export function valueAxis(values: readonly number[], leastSpan = 1): ValueAxis {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return { min: 0, max: 1, step: 1 }
  const air = Math.max((high - low) * 0.05, (leastSpan - (high - low)) / 2, 0)
  const bottom = low >= 0 ? Math.max(0, low - air) : low - air
  const top = Math.max(high + air, bottom + leastSpan)
  const step = roundStep((top - bottom) / STEPS)
  // Multiplying whole numbers keeps 0.1 + 0.2 off the axis.
  const trim = (marks: number) => Number((marks * step).toPrecision(12))
  return { min: trim(Math.floor(bottom / step)), max: trim(Math.ceil(top / step)), step }
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find(one => one * power >= least * (1 - 1e-9)) ?? 10
  return Number((factor * power).toPrecision(12))
}
