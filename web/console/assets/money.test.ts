import { expect, test } from 'vitest'
import { fenOf, yuanOf } from './money.ts'

test.each([
  ['0', 0],
  ['1.5', 150],
  ['399.00', 39_900],
  ['0.29', 29],
  ['99999999.99', 9_999_999_999],
])('%s yuan are %i fen, and back', (...[text, fen]) => {
  expect(fenOf(text)).toBe(fen)
  expect(Number(yuanOf(fen))).toBe(Number(text))
})

test.each(['', '-1', '1.234', '1,5', '1e3', '¥1', '999999999'])('%j is no price', text => {
  expect(fenOf(text)).toBeUndefined()
})
