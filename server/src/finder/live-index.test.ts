import * as fc from 'fast-check'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ListedStation } from './city-lists.ts'
import { createLiveIndex } from './live-index.ts'
import { createPinyin } from './pinyin.ts'

const station = (id: string, east: number, nameZh: string): ListedStation => ({
  record: { id, district: '500103', nameZh, nameEn: id, latDeg: 29.5, lngDeg: 106 + east / 1_000, facilities: [] },
  districtNameZh: '渝中区',
  districtNameEn: 'Yuzhong',
  appliances: [],
})

test('whatever comes, goes, moves or is renamed, soon every station is found where it is, by its name, and no other', async () => {
  const changeArb = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    east: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    nameZh: fc.constantFrom('解放碑', '朝天门', '七星岗'),
  })
  const pinyin = createPinyin()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(changeArb, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async batches => {
      const stations = new Map([['a', station('a', 0, '解放碑')]])
      const filled: string[][] = []
      const live = createLiveIndex({
        stations,
        nameOf: () => undefined,
        pinyin,
        fill: async ({ places }) => void filled.push([...places.ids]),
        onSwapped: () => undefined,
        log: pino({ level: 'silent' }),
      })
      await live.start()
      try {
        for (const batch of batches) {
          for (const { id, east, nameZh } of batch) {
            if (east === undefined) stations.delete(id)
            else stations.set(id, station(id, east, nameZh))
          }
          live.changed(batch.map(({ id }) => id))
          await Promise.resolve()
        }
        await vi.waitFor(
          () => {
            const { places, stationOf } = live.current()
            const known = places.ids.map((id, number) => [id, places.lngDeg[number], stationOf(number).record.nameZh])
            const wanted = [...stations.values()].map(({ record: r }) => [r.id, r.lngDeg, r.nameZh])
            expect(known.sort()).toEqual(wanted.sort())
            const searched = live.searched()
            const hits = searched?.text.find('朝天门').numbers ?? []
            const found = [...hits].map(number => searched?.index.places.ids[number])
            const named = wanted.filter(([, , name]) => name === '朝天门').map(([id]) => id)
            expect(found.sort()).toEqual(named.sort())
          },
          { timeout: 5_000, interval: 5 },
        )
        // Every index that answers was told how its stations stand.
        expect(filled.map(ids => ids.join())).toContain(live.current().places.ids.join())
      } finally {
        live.stop()
      }
    }),
    { numRuns: 25 },
  )
})

test('a name that changes while an index is in the making is not lost with it', async () => {
  const stations = new Map([['a', station('a', 0, '解放碑')]])
  let whileBuilding: (() => void) | undefined
  const live = createLiveIndex({
    stations,
    // Cities are named after the stations were read.
    nameOf: () => {
      whileBuilding?.()
      whileBuilding = undefined
      return undefined
    },
    pinyin: createPinyin(),
    fill: () => Promise.resolve(),
    onSwapped: () => undefined,
    log: pino({ level: 'silent' }),
  })
  await live.start()
  onTestFinished(() => live.stop())
  whileBuilding = () => {
    stations.set('a', station('a', 0, '朝天门'))
    live.changed(['a'])
  }
  stations.set('b', station('b', 1, '七星岗'))
  live.changed(['b'])
  await vi.waitFor(
    () => {
      const { places, stationOf } = live.current()
      const names = places.ids.map((_, number) => stationOf(number).record.nameZh)
      expect(names.sort()).toEqual(['七星岗', '朝天门'].sort())
    },
    { timeout: 5_000, interval: 5 },
  )
})
