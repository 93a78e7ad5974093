import type { StationView } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type StationEntry, createStationBook } from '../registry/station-book.ts'
import { stationPage } from './station-page.ts'

test('pages put together are all stations of the district, each once, in order, whatever their length', () => {
  const stationsArb = fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^[a-z0-9-]{1,4}$/), district: fc.constantFrom('500103', '500112') }),
    { selector: ({ id }) => id, maxLength: 30 },
  )
  const districtArb = fc.option(fc.constantFrom('500103', '500112', '510104'), { nil: undefined })
  fc.assert(
    fc.property(stationsArb, districtArb, fc.integer({ min: 1, max: 7 }), (given, district, limit) => {
      const sorted = given.toSorted((a, b) => (a.id < b.id ? -1 : 1))
      // In the order in which they came to be known.
      const book = createStationBook(given.map(record => ({ record, state: 'open' }) as unknown as StationEntry))
      const deps = {
        directory: book,
        latest: { view: (id: string) => ({ id }) as StationView },
        nowMs: () => 0,
      }
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = stationPage(deps, { district, after, limit })
        expect(page.stations.length).toBeLessThanOrEqual(limit)
        seen.push(...page.stations.map(({ id }) => id))
        after = page.next
      } while (after !== undefined)
      expect(seen).toEqual(
        sorted.filter(record => district === undefined || record.district === district).map(({ id }) => id),
      )
    }),
  )
})
