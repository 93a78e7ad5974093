import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { translatorFor } from './texts.ts'
import { zh } from './zh.ts'

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted()

describe('texts', () => {
  it.each(Object.keys(zh) as (keyof typeof zh)[])('asks for the same values in both languages: %s', key => {
    expect(placeholders(en[key])).toEqual(placeholders(zh[key]))
  })

  it('has no empty text', () => {
    expect([...Object.values(zh), ...Object.values(en)].filter(text => text.trim() === '')).toEqual([])
  })

  it('has no Han character in English', () => {
    expect(Object.values(en).filter(text => /\p{Script=Han}/u.test(text))).toEqual([])
  })
})

describe('translatorFor', () => {
  it('fills values in as they are, without escaping', () => {
    expect(translatorFor('en')('opening.until', { time: "<'22:00'>" })).toBe("Open until <'22:00'>")
  })

  it.each([
    { count: 1, expected: '1 of 1 station open' },
    { count: 2, expected: '1 of 2 stations open' },
  ])('chooses the English plural for $count', ({ count, expected }) => {
    expect(translatorFor('en')('list.summary', { open: 1, count })).toBe(expected)
  })
})
