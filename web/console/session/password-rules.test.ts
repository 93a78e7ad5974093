import { describe, expect, it } from 'vitest'
import { passwordFault } from './password-rules.ts'

describe('passwordFault', () => {
  it.each([
    ['', 'passwordTooShort'],
    ['elevenchars', 'passwordTooShort'],
    ['twelve chars', undefined],
    ['我家住在嘉陵江边上的老街', undefined],
    ['我家住在嘉陵江边上的老', 'passwordTooShort'],
    ['a'.repeat(12), 'passwordGuessable'],
    ['abababababab', 'passwordGuessable'],
    ['li-meili-meili-mei', 'passwordGuessable'],
    ['li-mei likes hot pot', undefined],
    [`${'ab c'.repeat(50)}d`, 'passwordTooLong'],
  ])('finds in %j: %s', (password, fault) => {
    expect(passwordFault(password, 'li-mei')).toBe(fault)
  })

  it('asks for no capitals, digits or symbols (NIST SP 800-63B)', () => {
    expect(passwordFault('correct horse battery', '')).toBeUndefined()
  })
})
