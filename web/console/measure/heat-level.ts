/** Steps of colour above none. */
const LEVELS = 5

/** The step of colour of a value: `none` where nothing was observed, 0 for nothing at all, else 1 to 5 by its share of the most. */
export function heatLevel(value: number | null, most: number): number | 'none' {
  if (value === null) return 'none'
  return value <= 0 || most <= 0 ? 0 : Math.min(LEVELS, Math.max(1, Math.ceil((value / most) * LEVELS)))
}
