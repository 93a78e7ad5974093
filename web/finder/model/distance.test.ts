import { describe, expect, it } from 'vitest'
import { distanceM, roundDistance } from './distance.ts'

describe('distanceM', () => {
  it('is 111.195 km for a degree of latitude', () => {
    // 2π · 6371.0088 km / 360
    expect(distanceM({ latDeg: 29, lngDeg: 106 }, { latDeg: 30, lngDeg: 106 })).toBeCloseTo(111_195, 0)
  })

  it('shrinks a degree of longitude with the latitude', () => {
    // 111.195 km · cos 60° = 55.597 km; the great circle is a little shorter than the parallel.
    const metres = distanceM({ latDeg: 60, lngDeg: 0 }, { latDeg: 60, lngDeg: 1 })
    expect(metres).toBeGreaterThan(55_500)
    expect(metres).toBeLessThan(55_598)
  })

  it('is nothing from a place to itself, and half the earth to the other side', () => {
    expect(distanceM({ latDeg: 29.5, lngDeg: 106.5 }, { latDeg: 29.5, lngDeg: 106.5 })).toBe(0)
    expect(distanceM({ latDeg: 0, lngDeg: 0 }, { latDeg: 0, lngDeg: 180 })).toBeCloseTo(Math.PI * 6_371_008.8, 0)
  })
})

describe('roundDistance', () => {
  it.each([
    { metres: 0, unit: 'metres', value: 10 },
    { metres: 344, unit: 'metres', value: 340 },
    { metres: 994, unit: 'metres', value: 990 },
    { metres: 995, unit: 'kilometres', value: 1 },
    { metres: 1_249, unit: 'kilometres', value: 1.2 },
    { metres: 9_949, unit: 'kilometres', value: 9.9 },
    { metres: 9_950, unit: 'kilometres', value: 10 },
    { metres: 230_400, unit: 'kilometres', value: 230 },
  ])('says $value $unit for $metres m', ({ metres, unit, value }) => {
    expect(roundDistance(metres)).toEqual({ unit, value })
  })
})
