/** The spans that a chart can show, with the width of the windows asked for: some 300 points each on a screen. */
export const RANGES = [
  { id: '1h', spanMs: 3_600_000, everyMs: undefined, word: 'chart.hour1' },
  { id: '6h', spanMs: 6 * 3_600_000, everyMs: 60_000, word: 'chart.hour6' },
  { id: '24h', spanMs: 24 * 3_600_000, everyMs: 5 * 60_000, word: 'chart.hour24' },
  { id: '7d', spanMs: 7 * 24 * 3_600_000, everyMs: 30 * 60_000, word: 'chart.day7' },
] as const
export type Range = (typeof RANGES)[number]

/** The span of that name, or the first. */
export function rangeOf(id: string | null): Range {
  return RANGES.find(range => range.id === id) ?? RANGES[0]
}
