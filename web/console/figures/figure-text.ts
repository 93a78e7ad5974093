import { FIGURE_DEFINITIONS, type FigureName } from '@harbor/protocol'
import type { Say } from '../words/words.tsx'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A figure as people read it; a dash where there is nothing to be computed of. */
export function figureText(
  figure: FigureName,
  value: number | undefined,
  { say, locale }: { say: Say; locale: string },
): string {
  if (value === undefined) return '–'
  switch (FIGURE_DEFINITIONS[figure].unit) {
    case 'count':
      return value.toLocaleString(locale)
    case 'fen':
      return (value / 100).toLocaleString(locale, { style: 'currency', currency: 'CNY' })
    case 'share':
      // 99.96 % is not "100 %".
      return `${(Math.floor(value * 1_000) / 10).toLocaleString(locale)} %`
    case 'ms': {
      const [amount, word] =
        value < HOUR_MS
          ? ([value / MINUTE_MS, 'figure.minutes'] as const)
          : value < 2 * DAY_MS
            ? ([value / HOUR_MS, 'figure.hours'] as const)
            : ([value / DAY_MS, 'figure.daysLong'] as const)
      return say(word, { amount: amount.toLocaleString(locale, { maximumFractionDigits: amount < 10 ? 1 : 0 }) })
    }
  }
}
