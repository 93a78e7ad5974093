import { describe, expect, it } from 'vitest'
import { en as visitEn } from '../../report/texts/en.ts'
import { zh as visitZh } from '../../report/texts/zh.ts'
import { en as stationEn } from './en.ts'
import { zh as stationZh } from './zh.ts'

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted()

const sets: [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>][] = [
  ["a station's page", stationZh, stationEn],
  ['reports and check-ins', visitZh, visitEn],
]

describe.each(sets)('the texts of %s', (_what, zh, en) => {
  it('ask for the same values in both languages', () => {
    const differing = Object.keys(zh).filter(
      key => placeholders(zh[key] ?? '').join() !== placeholders(en[key] ?? '').join(),
    )
    expect(differing).toEqual([])
  })

  it('are never empty, and English has no Han character', () => {
    expect([...Object.values(zh), ...Object.values(en)].filter(text => text.trim() === '')).toEqual([])
    expect(Object.values(en).filter(text => /\p{Script=Han}/u.test(text))).toEqual([])
  })
})
