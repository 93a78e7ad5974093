import { USAGE_DEFINITIONS, type UsageFigure, type UsageValue } from '@harbor/protocol'
import type { Say } from '../words/words.tsx'

interface TextStyle {
  say: Say
  locale: string
}

/** A figure as people read it, with its unit; a dash where nothing was observed. */
export function usageText(figure: UsageFigure, value: number | undefined, { say, locale }: TextStyle): string {
  if (value === undefined) return '–'
  const number = (digits: number) => value.toLocaleString(locale, { maximumFractionDigits: digits })
  const digits = Math.abs(value) < 100 ? 1 : 0
  switch (USAGE_DEFINITIONS[figure].unit) {
    case 'count':
      return number(0)
    case 'hours':
      return say('measure.hours', { amount: number(digits) })
    case 'kWh':
      return `${number(digits)} kWh`
    case 'kg':
      return `${number(digits)} kg`
    case 'fen':
      return (value / 100).toLocaleString(locale, { style: 'currency', currency: 'CNY' })
    case 'share':
      return `${(Math.floor(value * 1_000) / 10).toLocaleString(locale)} %`
  }
}

/** The error band, as "1,020–1,380"; undefined where the figure is counted from records and has none. */
export function bandText(figure: UsageFigure, { low, high }: UsageValue, style: TextStyle): string | undefined {
  if (low === high) return undefined
  return `${usageText(figure, low, style)} – ${usageText(figure, high, style)}`
}

/** A figure's name in the reader's language. */
export function figureName(figure: UsageFigure, language: 'zh' | 'en'): string {
  return USAGE_DEFINITIONS[figure][language === 'zh' ? 'nameZh' : 'nameEn']
}
