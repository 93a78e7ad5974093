import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimLink, claimTokenSchema, tryParseClaimText } from './claim.ts'

const LETTERS = [...'0123456789abcdefghjkmnpqrstvwxyz']
const token = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 26, maxLength: 26 })
  .map(letters => `harbor1-${letters.join('')}`)

describe('a claim token', () => {
  it('is read alone and out of its link, whatever the case and the blanks around', () => {
    fc.assert(
      fc.property(token, fc.boolean(), fc.webAuthority(), (text, isUpper, host) => {
        const typed = ` ${isUpper ? text.toUpperCase() : text}\n`
        expect(tryParseClaimText(typed)).toEqual({ token: text, serverUrl: undefined })
        const link = claimLink(`https://${host}/`, text)
        expect(tryParseClaimText(link)).toEqual({ token: text, serverUrl: `https://${host}` })
      }),
    )
  })

  it('is in the fragment of its link, so that a browser that opens it sends it to nobody', () => {
    const text = `harbor1-${'0'.repeat(26)}`
    expect(new URL(claimLink('https://harbor.example/base', text)).hash).toBe(`#${text}`)
  })

  it.each([
    '',
    'harbor1-',
    `harbor1-${'0'.repeat(25)}`,
    `harbor1-${'0'.repeat(27)}`,
    `harbor2-${'0'.repeat(26)}`,
    `harbor1-${'l'.repeat(26)}`, // left out of the alphabet, for it looks like 1
    `ftp://x/claim#harbor1-${'0'.repeat(26)}`,
    `https://#harbor1-${'0'.repeat(26)}`,
  ])('is not %j', text => {
    expect(tryParseClaimText(text)).toBeUndefined()
  })

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const read = tryParseClaimText(text)
        expect(read === undefined || claimTokenSchema.safeParse(read.token).success).toBe(true)
      }),
    )
  })
})
