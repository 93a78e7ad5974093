import { describe, expect, it } from 'vitest'
import { sizeText } from './size-text.ts'

describe('a size', () => {
  it.each([
    [0, '0 kB'],
    [812_400, '812.4 kB'],
    [999_999, '1,000 kB'],
    [1_000_000, '1 MB'],
    [16_777_216, '16.8 MB'],
  ])('%i bytes is %s', (sizeBytes, text) => expect(sizeText(sizeBytes, 'en')).toBe(text))
})
