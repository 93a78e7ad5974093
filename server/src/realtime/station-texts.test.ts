import type { StationView } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStationTexts } from './station-texts.ts'

const view = (id: string, nameZh: string) => ({ id, nameZh }) as StationView

test('a list reads as its stations are at that time, whatever was written before and forgotten', () => {
  const viewArb = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), nameZh: fc.string({ unit: 'binary' }) })
  fc.assert(
    fc.property(
      fc.array(fc.array(viewArb, { maxLength: 6 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 3 }),
      (lists, limit) => {
        const texts = createStationTexts(limit)
        const at = '2026-07-29T08:00:00.000Z'
        for (const list of lists) {
          const stations = list.map(({ id, nameZh }) => view(id, nameZh))
          expect(texts.listOf(at, stations).toString()).toBe(JSON.stringify({ at, stations }))
        }
      },
    ),
  )
})

test('a station that did not change is written once for many lists', () => {
  const texts = createStationTexts(10)
  let written = 0
  const station = { ...view('a', '港湾'), toJSON: () => ({ id: 'a', written: (written += 1) }) } as StationView
  for (let n = 0; n < 3; n++) texts.listOf('', [station])
  expect(written).toBe(1)
})
