import { FINDER_FILTERS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FILTERS, parseQuestion, questionKey, questionPath, toggled } from './question.ts'

const anyFilters = fc.subarray([...FILTERS])

describe('filters', () => {
  it("are protocol's, in its order", () => {
    expect(FILTERS).toEqual(FINDER_FILTERS)
  })

  it('are as before when one is chosen twice, and stay in order', () => {
    fc.assert(
      fc.property(anyFilters, fc.constantFrom(...FILTERS), (filters, one) => {
        expect(toggled(toggled(filters, one), one)).toEqual(filters)
        expect(toggled(filters, one)).toEqual(FILTERS.filter(filter => toggled(filters, one).includes(filter)))
      }),
    )
  })
})

describe('the address of a question', () => {
  it('reads back what was asked, whatever was typed', () => {
    fc.assert(
      fc.property(anyFilters, fc.string({ unit: 'grapheme', maxLength: 20 }), (filters, typed) => {
        const question = { filters, text: typed.trim().slice(0, 60) }
        const path = questionPath(question)
        expect(parseQuestion(path.slice(path.indexOf('?') + 1 || path.length))).toEqual(question)
      }),
    )
  })

  it('writes filters with plain commas and keeps the rest of the address', () => {
    expect(questionPath({ text: '', filters: ['open', 'space'] }, '?lang=en&f=toilet')).toBe('/?lang=en&f=open,space')
    expect(questionPath({ text: '', filters: [] })).toBe('/')
  })

  it('passes over filters that it does not know', () => {
    expect(parseQuestion('?f=open,jacuzzi,,toilet').filters).toEqual(['open', 'toilet'])
  })
})

describe('questionKey', () => {
  const at = (latDeg: number) => questionKey({ place: { latDeg, lngDeg: 106.5 }, text: '', filters: [] })

  it('does not ask again for a step of a few metres', () => {
    expect(at(29.55861)).toBe(at(29.55862))
    expect(at(29.558)).not.toBe(at(29.56))
  })
})
