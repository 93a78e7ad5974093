import { HOST_KINDS, STATION_STATES, type RegisterStation } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { registerPaper } from './register-paper.ts'

const textArb = fc.string({ minLength: 1, maxLength: 20 })
const stationArb: fc.Arbitrary<RegisterStation> = fc.record(
  {
    id: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
    code: fc.stringMatching(/^CQ-500103-\d{2}$/),
    district: fc.constant('500103'),
    districtNameZh: textArb,
    districtNameEn: textArb,
    streetNameZh: textArb,
    streetNameEn: textArb,
    nameZh: textArb,
    nameEn: textArb,
    addressZh: textArb,
    addressEn: textArb,
    latDeg: fc.double({ min: 29, max: 30, noNaN: true }),
    lngDeg: fc.double({ min: 106, max: 107, noNaN: true }),
    capacity: fc.integer({ min: 1, max: 99 }),
    facilities: fc.constant([]),
    hostKind: fc.constantFrom(...HOST_KINDS),
    state: fc.constantFrom(...STATION_STATES),
    revision: fc.nat(),
  },
  {
    requiredKeys: [
      'id',
      'code',
      'district',
      'districtNameZh',
      'districtNameEn',
      'nameZh',
      'nameEn',
      'latDeg',
      'lngDeg',
      'facilities',
      'state',
      'revision',
    ],
  },
)

test('every station is a row of words in both languages, with as many cells as columns, whatever is known of it', () => {
  fc.assert(
    fc.property(fc.array(stationArb, { maxLength: 5 }), fc.constantFrom('WGS84', 'GCJ02'), (stations, system) => {
      const { columns, rows } = registerPaper(stations, system)
      expect(rows.map(([code]) => code)).toEqual(stations.map(({ code }) => code))
      for (const [index, row] of rows.entries()) {
        expect(row).toHaveLength(columns.length)
        expect(row.at(-1)).toEqual({ zh: expect.stringMatching(/./), en: expect.stringMatching(/./) })
        expect(JSON.stringify(row)).not.toContain('undefined')
        const isAddressed = stations[index]?.addressZh ?? stations[index]?.addressEn
        expect(row[3] === undefined).toBe(isAddressed === undefined)
      }
    }),
  )
})
