import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskText } from './mask-text.ts'

test.each([
  ['请打13812345678找我', '请打***找我'],
  ['138 1234 5678 or 138-1234-5678', '*** or ***'],
  ['+86 13812345678', '***'],
  ['８６１３８１２３４５６７８', '***'],
  ['１３８１２３４５６７８', '***'],
  ['身份证 500103199001011234', '身份证 ***'],
  ['50010319900101123X。', '***。'],
  ['50010319900101123x', '***'],
  ['渝A12345 挡住了门', '*** 挡住了门'],
  ['渝A·12345', '***'],
  ['渝AD12345 新能源', '*** 新能源'],
  ['川 B 12345', '***'],
])('%s is shown as %s', (text, shown) => {
  expect(maskText(text)).toBe(shown)
})

test.each([
  '微波炉坏了，门锁着',
  '12345 热线',
  '电话 023-63810000',
  '9:00-17:00 应开放 2026-10-01',
  '订单 12812345678',
  '渝中区 A 座 12',
  '温度 38.5',
  'order 1381234567',
])('%s stays as it is', text => {
  expect(maskText(text)).toBe(text)
})

test('no mobile number comes through, whatever stands around it and between its digits', () => {
  const number = fc
    .tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 0, max: 999_999_999 }))
    .map(([second, rest]) => `1${second}${String(rest).padStart(9, '0')}`)
  const around = fc.string().map(text => text.replaceAll(/[\d０-９Xx]/gu, '') + ':')
  fc.assert(
    fc.property(number, around, fc.constantFrom('', ' ', '-', '·'), (digits, other, gap) => {
      const masked = maskText(`${other}${digits.split('').join(gap)}${other}`)
      expect(masked.replaceAll(/\D/gu, '')).not.toContain(digits.slice(3))
    }),
  )
})

test('masking what is masked changes nothing', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      expect(maskText(maskText(text))).toBe(maskText(text))
    }),
  )
})
