import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { base32, codeAt, otpauthUri, stepAt, stepOf } from './totp.ts'

/** The secret of RFC 6238, appendix B, and of RFC 4226, appendix D. */
const SECRET = new TextEncoder().encode('12345678901234567890')

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('RFC 6238, appendix B: %d s after 1970 the code is %s (the last six of its eight digits)', (seconds, code) => {
  expect(codeAt(SECRET, stepAt(seconds * 1_000))).toBe(code)
})

test('RFC 4226, appendix D: the codes of the first ten counters', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  expect(codes.map((_, counter) => codeAt(SECRET, counter))).toEqual(codes)
})

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('RFC 4648, section 10: %j in Base32 is %j', (text, encoded) => {
  expect(base32(new TextEncoder().encode(text))).toBe(encoded)
})

test('a code is taken in its step and in those beside it, and in no other', () => {
  const nowMs = 1_800_000_010_000
  const taken = [-3, -2, -1, 0, 1, 2, 3].filter(
    off => stepOf(codeAt(SECRET, stepAt(nowMs) + off), { secret: SECRET, nowMs, lastStep: 0 }) !== undefined,
  )
  expect(taken).toEqual([-1, 0, 1])
})

test('what was taken is never taken again, nor what is older', () => {
  fc.assert(
    fc.property(
      fc.nat(2_000_000_000),
      fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 20 }),
      (seconds, offs) => {
        const nowMs = seconds * 1_000 + 120_000
        let lastStep = 0
        for (const off of offs) {
          const step = stepOf(codeAt(SECRET, stepAt(nowMs) + off), { secret: SECRET, nowMs, lastStep })
          if (step === undefined) continue
          expect(step).toBeGreaterThan(lastStep)
          lastStep = step
        }
      },
    ),
  )
})

test('the address names the system, the login and the secret, and nothing in a login breaks out of it', () => {
  const uri = new URL(otpauthUri(SECRET, 'li mei&secret=AAAA/#?'))
  expect(decodeURIComponent(uri.pathname)).toBe("/Workers' Harbor:li mei&secret=AAAA/#?")
  expect([...uri.searchParams]).toEqual([
    ['secret', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
    ['issuer', "Workers' Harbor"],
  ])
})
