import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOON_MS, instant, sampleStation } from '../test/sample-stations.ts'
import { type StationNow, stationNow } from './station-now.ts'
import { keepOrder, listStation, orderStations } from './station-order.ts'

const HERE = { latDeg: 29.5586, lngDeg: 106.574 }
const NOWHERE = undefined
const DEG_A_METRE = 1 / 111_195

type Opening = StationNow['opening']
type Space = StationNow['space']

/** A station so many metres north of HERE. */
const station = (id: string, metres: number, [opening, space]: [Opening, Space?] = ['open']) =>
  listStation(
    stationNow(
      sampleStation({
        id,
        latDeg: HERE.latDeg + metres * DEG_A_METRE,
        opening: { state: opening },
        space: { state: space ?? 'free', people: 4, capacity: 12, countedAt: instant(0) },
      }),
      { nowMs: NOON_MS, heardServerAtMs: NOON_MS },
    ),
    HERE,
  )

const ids = (stations: readonly StationNow[]) => stations.map(({ view }) => view.id)

describe('orderStations with a position', () => {
  it('puts the nearest of equals first', () => {
    expect(ids(orderStations([station('far', 900), station('near', 100)], HERE))).toEqual(['near', 'far'])
  })

  it('prefers room that is known over a nearer station that is full, within a walk', () => {
    expect(ids(orderStations([station('full', 100, ['open', 'full']), station('room', 1_200)], HERE))).toEqual([
      'room',
      'full',
    ])
  })

  it('does not send anybody across town for it', () => {
    expect(ids(orderStations([station('room', 5_000), station('not-known', 100, ['open', 'unknown'])], HERE))).toEqual([
      'not-known',
      'room',
    ])
  })

  it('puts closed stations last however near, the nearest of them first', () => {
    const stations = [station('shut-far', 50, ['closed']), station('shut', 10, ['closed']), station('open', 9_000)]
    expect(ids(orderStations(stations, HERE))).toEqual(['open', 'shut', 'shut-far'])
  })
})

describe('orderStations without a position', () => {
  it('goes from open with room to closed', () => {
    const stations = [
      station('closed', 0, ['closed']),
      station('full', 0, ['open', 'full']),
      station('not-known', 0, ['unknown']),
      station('open', 0, ['open', 'unknown']),
      station('limited', 0, ['open', 'limited']),
      station('room', 0),
    ]
    expect(ids(orderStations(stations, NOWHERE))).toEqual(['room', 'limited', 'open', 'not-known', 'full', 'closed'])
  })

  it('puts those in the midst of most stations before equals in a far town', () => {
    const stations = [station('a-far', 90_000), station('b-edge', 3_000), station('c-mid', 100), station('d-mid', 0)]
    // The median latitude of four is the third: b-edge's.
    expect(ids(orderStations(stations, NOWHERE))).toEqual(['b-edge', 'c-mid', 'd-mid', 'a-far'])
  })

  it('puts more working appliances before the place', () => {
    const poor = { ...station('poor', 0), appliances: [] }
    expect(ids(orderStations([poor, station('rich', 5_000), poor], NOWHERE))[0]).toBe('rich')
  })
})

describe('orderStations around a place where the visitor is not', () => {
  it('goes by that place, and tells distances from the visitor', () => {
    const there = { latDeg: HERE.latDeg + 5_000 * DEG_A_METRE, lngDeg: HERE.lngDeg }
    const [first] = orderStations([station('here', 0), station('there', 5_000)], there)
    expect(first?.view.id).toBe('there')
    expect(first?.distanceM).toBeCloseTo(5_000, -1)
  })
})

describe('listStation', () => {
  it('tells the distance from the visitor, and none without one', () => {
    const { latDeg, lngDeg } = HERE
    expect(station('a', 350).distanceM).toBeCloseTo(350, 0)
    expect(listStation(station('a', 350), undefined).distanceM).toBeUndefined()
    expect(listStation(station('a', 350), { latDeg: latDeg + 1_000 * DEG_A_METRE, lngDeg }).distanceM).toBeCloseTo(
      650,
      0,
    )
  })
})

describe('order', () => {
  const anyStation = fc.record({
    metres: fc.nat(20_000),
    opening: fc.constantFrom<Opening>('open', 'closing_soon', 'closed', 'unknown'),
    space: fc.constantFrom<Space>('free', 'limited', 'full', 'unknown'),
  })

  it('is the same whatever order the stations come in', () => {
    fc.assert(
      fc.property(fc.array(anyStation, { maxLength: 12 }), fc.boolean(), (list, located) => {
        const stations = list.map(({ metres, opening, space }, index) =>
          station(`s-${index}`, metres, [opening, space]),
        )
        const from = located ? HERE : NOWHERE
        expect(ids(orderStations(stations.toReversed(), from))).toEqual(ids(orderStations(stations, from)))
      }),
    )
  })

  it('is kept while hands are at the page, unless stations came or went', () => {
    const listed = orderStations([station('a', 1), station('b', 2)], HERE)
    expect(ids(keepOrder(listed, ['b', 'a']))).toEqual(['b', 'a'])
    expect(ids(keepOrder(listed, ['b']))).toEqual(['a', 'b'])
    expect(ids(keepOrder(listed, ['c', 'b', 'a']))).toEqual(['b', 'a'])
  })
})
