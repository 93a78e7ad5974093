import { USAGE_FIGURES } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { bandText, usageText } from './usage-text.ts'
import type { Say } from '../words/words.tsx'

const style = { say: ((key, values) => `${values?.['amount'] ?? key} h`) as Say, locale: 'en' }

describe('a figure in words', () => {
  it('is a dash where nothing was observed, and never a zero', () => {
    for (const figure of USAGE_FIGURES) expect(usageText(figure, undefined, style)).toBe('–')
  })

  it('has its unit', () => {
    expect(usageText('visits', 1_234.4, style)).toBe('1,234')
    expect(usageText('peopleHours', 12.34, style)).toBe('12.3 h')
    expect(usageText('energyKWh', 1_234.5, style)).toBe('1,235 kWh')
    expect(usageText('costFen', 12_345, style)).toBe('CN¥123.45')
    expect(usageText('co2Kg', 3.21, style)).toBe('3.2 kg')
  })

  it('has a band only where it may be wrong', () => {
    const coverage = 1
    expect(bandText('visits', { value: 100, low: 85, high: 115, coverage }, style)).toBe('85 – 115')
    expect(bandText('checkIns', { value: 7, low: 7, high: 7, coverage }, style)).toBeUndefined()
  })
})
