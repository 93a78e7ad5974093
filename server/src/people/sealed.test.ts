import { randomBytes } from 'node:crypto'
import { hasCode } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSeal } from './sealed.ts'

const seal = createSeal('5a'.repeat(32), randomBytes)

test('what is sealed comes back as it was, and looks another each time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), (secret, owner) => {
      const sealed = seal.close(secret, owner)
      expect(sealed).not.toBe(seal.close(secret, owner))
      expect(Buffer.from(seal.open(sealed, owner))).toEqual(Buffer.from(secret))
    }),
  )
})

test('with another key, for another person, changed or cut it does not open', () => {
  const sealed = seal.close(Buffer.from('secret'), 'li')
  const refused = (open: () => unknown) => {
    let problem: unknown
    try {
      open()
    } catch (error) {
      problem = error
    }
    expect(hasCode(problem, 'SECRET_MISSING')).toBe(true)
  }
  refused(() => createSeal('5b'.repeat(32), randomBytes).open(sealed, 'li'))
  refused(() => seal.open(sealed, 'wang'))
  refused(() => seal.open(sealed.slice(0, 20), 'li'))
  refused(() => seal.open(`${sealed.slice(0, -1)}${sealed.endsWith('A') ? 'Q' : 'A'}`, 'li'))
  refused(() => seal.open('', 'li'))
})

test.each(['', 'short', 'zz'.repeat(32), '5a'.repeat(33)])('a key that is %j stops the start', keyText => {
  expect(() => createSeal(keyText, randomBytes)).toThrow('expected 64 hex digits')
})
