import { describe, expect, it } from 'vitest'
import { chooseLanguage } from './language.ts'

describe('chooseLanguage', () => {
  it.each([
    { asked: 'en', saved: 'zh', preferred: ['zh-CN'], expected: 'en', rule: 'takes the address before all else' },
    {
      asked: null,
      saved: 'en',
      preferred: ['zh-CN'],
      expected: 'en',
      rule: 'takes an earlier choice before the browser',
    },
    { asked: 'fr', saved: 'zh', preferred: ['en'], expected: 'zh', rule: 'passes over a language it does not have' },
    {
      asked: null,
      saved: null,
      preferred: ['fr', 'zh-TW', 'en'],
      expected: 'zh',
      rule: "takes the browser's best known",
    },
    { asked: null, saved: null, preferred: ['de'], expected: 'en', rule: 'gives English to a reader of neither' },
    { asked: null, saved: null, preferred: [], expected: 'zh', rule: 'gives Chinese when nothing is said' },
  ])('$rule', ({ expected, rule: _rule, ...hints }) => {
    expect(chooseLanguage(hints)).toBe(expected)
  })
})
