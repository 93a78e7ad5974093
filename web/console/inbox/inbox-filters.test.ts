import { APPLIANCE_KINDS, FAULT_AGES, SEVERITIES, type TroubledStation } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  INBOX_STATES,
  type InboxFilters,
  USUAL_INBOX,
  inboxQuery,
  metresBetween,
  readInboxFilters,
  sortedStations,
  writeInboxFilters,
} from './inbox-filters.ts'

const filters: fc.Arbitrary<InboxFilters> = fc.record({
  view: fc.constantFrom('list', 'map'),
  state: fc.constantFrom(...INBOX_STATES),
  // All of them is the same as none.
  severities: fc.subarray([...SEVERITIES], { maxLength: 3 }),
  kind: fc.option(fc.constantFrom(...APPLIANCE_KINDS, 'other' as const), { nil: undefined }),
  district: fc.option(fc.constantFrom('500103', '500112'), { nil: undefined }),
  street: fc.constant(undefined),
  age: fc.option(fc.constantFrom(...FAULT_AGES), { nil: undefined }),
  isMine: fc.boolean(),
  withSilenced: fc.boolean(),
})

test('an address shows others the same', () => {
  fc.assert(
    fc.property(filters, chosen => {
      const address = writeInboxFilters(chosen).toString()
      expect(readInboxFilters(new URLSearchParams(address))).toEqual(chosen)
    }),
  )
})

test('a street goes with its district, and one of another is passed over', () => {
  const street = { ...USUAL_INBOX, district: '500103', street: '500103001' }
  expect(readInboxFilters(writeInboxFilters(street))).toEqual(street)
  expect(readInboxFilters(new URLSearchParams('street=500103001')).street).toBe('500103001')
  expect(readInboxFilters(new URLSearchParams('district=500112&street=500103001')).street).toBeUndefined()
})

test('what is as usual is not in the address, and what it says wrongly is passed over', () => {
  expect(writeInboxFilters(USUAL_INBOX).toString()).toBe('')
  expect(readInboxFilters(new URLSearchParams('state=x&severity=P9,P0x&kind=car&district=1&mine=yes'))).toEqual(
    USUAL_INBOX,
  )
})

test('the server is told a position to about a kilometre, and no more', () => {
  const near = { latDeg: 29.556_789, lngDeg: 106.554_321 }
  expect(new URLSearchParams(inboxQuery(USUAL_INBOX, { limit: 50, near })).get('near')).toBe('29.56,106.55')
  // A hundredth of a degree: at most half of it off each way, 1.112 km and 0.967 km at this latitude.
  expect(metresBetween(near, { latDeg: 29.56, lngDeg: 106.55 })).toBeLessThan(740)
})

// One degree of latitude is 2π · 6371.0088 km / 360 = 111.195 km.
test.each([
  [{ latDeg: 29, lngDeg: 106 }, { latDeg: 30, lngDeg: 106 }, 111_195],
  [{ latDeg: 0, lngDeg: 106 }, { latDeg: 0, lngDeg: 107 }, 111_195],
  [{ latDeg: 29, lngDeg: 106 }, { latDeg: 29, lngDeg: 106 }, 0],
])('from %j to %j it is %i m', (a, b, metres) => {
  expect(Math.abs(metresBetween(a, b) - metres)).toBeLessThan(1)
})

test('the nearest comes first once it is known where one is; before, the order is the server’s', () => {
  const at = (station: string, latDeg: number) => ({ station, latDeg, lngDeg: 106 }) as TroubledStation
  const stations = [at('far', 30), at('near', 29.01), at('middle', 29.5)]
  expect(sortedStations(stations, undefined).map(({ station }) => station)).toEqual(['far', 'near', 'middle'])
  const here = { latDeg: 29, lngDeg: 106 }
  expect(sortedStations(stations, here).map(({ station }) => station)).toEqual(['near', 'middle', 'far'])
})
