import type { Regions } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { readRegion, wayTo } from './region-tree.ts'

const REGIONS: Regions = {
  isWholeCity: true,
  stations: 3,
  districts: [
    {
      district: '500103',
      nameZh: '渝中区',
      nameEn: 'Yuzhong',
      stations: 3,
      isWhole: true,
      streets: [{ street: '500103012', nameZh: '大坪街道', nameEn: 'Daping', stations: 2 }],
    },
  ],
}
const codes = (region: string | undefined) => wayTo(REGIONS, region)?.map(({ code }) => code)

describe('the way to a region', () => {
  it('leads from all through the district to the street', () => {
    expect(codes(undefined)).toEqual([undefined])
    expect(codes('500103')).toEqual([undefined, '500103'])
    expect(codes('500103012')).toEqual([undefined, '500103', '500103012'])
  })

  it("is not there for a region that is not the person's", () => {
    expect(codes('500105')).toBeUndefined()
    expect(codes('500103099')).toBeUndefined()
  })
})

describe('a region in an address', () => {
  it('has six digits or nine, and anything else is none', () => {
    const read = (text: string) => readRegion(new URLSearchParams(text))
    expect(read('region=500103')).toBe('500103')
    expect(read('region=500103012')).toBe('500103012')
    for (const wrong of ['', 'region=', 'region=5001', 'region=050103', 'region=50010301x'])
      expect(read(wrong)).toBeUndefined()
  })
})
