import type { CityOverview } from '@harbor/protocol'
import { inSlices } from '../in-slices.ts'
import type { Box, Places } from './places.ts'

/** A city's stations, by number. */
export interface City {
  /** First four digits of its districts' codes. */
  code: string
  nameZh: string
  nameEn: string
  numbers: Uint32Array
  box: Box
  middle: { latDeg: number; lngDeg: number }
}

/** What of a station says which city it is in. */
export interface Home {
  district: string
  districtNameZh: string
  districtNameEn: string
}

/** Side of the squares in which stations are counted to find where a city has most: about 2 km. */
const SQUARE_DEG = 0.02

/** The cities that have stations, those with most first; with pauses, for a country's take a quarter of a second. */
export async function citiesOf(
  places: Places,
  homeOf: (number: number) => Home,
  nameOf: (code: string) => { nameZh: string; nameEn: string } | undefined,
): Promise<City[]> {
  const byCode = new Map<string, number[]>()
  await inSlices(places.ids.keys(), number => {
    const code = homeOf(number).district.slice(0, 4)
    const members = byCode.get(code)
    if (members === undefined) byCode.set(code, [number])
    else members.push(number)
  })
  const cities: City[] = []
  await inSlices(byCode, ([code, members]) => {
    const numbers = Uint32Array.from(members)
    // A code that no table knows is named after its first district.
    const { districtNameZh: nameZh, districtNameEn: nameEn } = homeOf(numbers[0] ?? 0)
    cities.push({
      code,
      ...(nameOf(code) ?? { nameZh, nameEn }),
      numbers,
      box: boxOf(numbers, places),
      middle: densest(numbers, places),
    })
  })
  return cities.sort((a, b) => b.numbers.length - a.numbers.length || (a.code < b.code ? -1 : 1))
}

/** All cities as a page shows them, with how many stations are open now. */
export function overviewOf(cities: readonly City[], isOpen: (number: number) => boolean): CityOverview['cities'] {
  return cities.map(({ code, nameZh, nameEn, numbers, box, middle }) => ({
    code,
    nameZh,
    nameEn,
    stations: numbers.length,
    open: numbers.reduce((open, number) => open + (isOpen(number) ? 1 : 0), 0),
    box: [...box],
    middle,
  }))
}

function boxOf(numbers: Uint32Array, { latDeg, lngDeg }: Places): Box {
  let [west, south, east, north] = [180, 90, -180, -90]
  for (const number of numbers) {
    west = Math.min(west, lngDeg[number] ?? 0)
    east = Math.max(east, lngDeg[number] ?? 0)
    south = Math.min(south, latDeg[number] ?? 0)
    north = Math.max(north, latDeg[number] ?? 0)
  }
  return [round(west), round(south), round(east), round(north)]
}

/** The mean place of the stations in the square, of 3 × 3 of them, that holds most. */
function densest(numbers: Uint32Array, { latDeg, lngDeg }: Places): City['middle'] {
  const squareOf = (number: number) => [
    Math.floor((latDeg[number] ?? 0) / SQUARE_DEG),
    Math.floor((lngDeg[number] ?? 0) / SQUARE_DEG),
  ]
  const squares = Map.groupBy(numbers, number => squareOf(number).join(' '))
  const around = (number: number) => {
    const [row = 0, column = 0] = squareOf(number)
    return [-1, 0, 1].flatMap(up => [-1, 0, 1].flatMap(right => squares.get(`${row + up} ${column + right}`) ?? []))
  }
  let most: number[] = []
  for (const [first] of squares.values()) {
    const members = around(first ?? 0)
    if (members.length > most.length) most = members
  }
  const mean = (of: Float64Array) => round(most.reduce((sum, number) => sum + (of[number] ?? 0), 0) / most.length)
  return { latDeg: mean(latDeg), lngDeg: mean(lngDeg) }
}

/** To the fifth decimal: 1 m. */
function round(deg: number): number {
  return Math.round(deg * 1e5) / 1e5
}
