import {
  FINDER_FILTERS,
  type FinderFilter,
  MAX_NEAR,
  cityCodeSchema,
  cityListSchema,
  cityOverviewSchema,
  foundStationsSchema,
  mapViewSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute } from '../http/route.ts'
import type { Finder } from './finder.ts'
import type { PublicLimits } from './public-limits.ts'

/** What an answer costs of an address' share, in tenths of a millisecond of work or so. */
const POINTS = { view: 1, near: 2, search: 5, cities: 1, list: 5 } as const
/** Kept by the browser, but asked about each time, by ETag. */
const ASK_AGAIN = 'no-cache'
/** Nobody types more; what is beyond is not looked at anyway. */
const MAX_TYPED = 100

const EXPECTED_FILTERS = `expected some of ${FINDER_FILTERS.join(', ')} with commas between`
const filtersParameter = z
  .string()
  .max(200)
  .default('')
  .transform((text, context): FinderFilter[] => {
    const names = [...new Set(text.split(',').filter(name => name !== ''))]
    if (names.every(name => (FINDER_FILTERS as readonly string[]).includes(name))) return names as FinderFilter[]
    context.addIssue({ code: 'custom', message: EXPECTED_FILTERS })
    return z.NEVER
  })
  .meta({ description: EXPECTED_FILTERS, example: 'open,space' })

const degrees = (limit: number) => z.coerce.number().min(-limit).max(limit)
const latParameter = degrees(90).optional().meta({ description: 'WGS-84; with lng', example: 29.559 })
const lngParameter = degrees(180).optional().meta({ description: 'WGS-84; with lat', example: 106.574 })
const limitParameter = z.coerce.number().int().min(1).max(MAX_NEAR).default(20)

const EXPECTED_BOX = 'expected west,south,east,north in degrees, WGS-84'
const boxParameter = z
  .string()
  .max(100)
  .transform((text, context) => {
    const parts = text.split(',').map(part => (part.trim() === '' ? Number.NaN : Number(part)))
    const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN] = parts
    const isBox = parts.length === 4 && west < east && south < north && Math.abs(south) <= 90 && Math.abs(north) <= 90
    // A map that was turned round the world is wider than it.
    if (isBox && west >= -540 && east <= 540) return [west, south, east, north] as const
    context.addIssue({ code: 'custom', message: EXPECTED_BOX })
    return z.NEVER
  })
  .meta({ description: EXPECTED_BOX, example: '106.5,29.5,106.6,29.6' })

const placeParameters = { lat: latParameter, lng: lngParameter, f: filtersParameter, limit: limitParameter }

/** The public side of the finder: protocol/src/finder.ts says what each address answers. */
export function finderRoutes({ finder, limits }: { finder: Finder; limits: PublicLimits }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/near',
      summary:
        'The stations to go to from a place, the most useful first: by distance, with a detour for one with room.',
      allow: 'anyone',
      query: z.object({ ...placeParameters, city: cityCodeSchema.optional() }),
      response: foundStationsSchema,
      handle: async ({ query: { lat, lng, city, f, limit }, caller }) => {
        await limits.take(caller.address, POINTS.near)
        const found = finder.near({ at: positionOf(lat, lng), city, filters: f, limit })
        if (found === undefined) throw new ApiProblem('not_found', `there is no station in a city ${city}`)
        return { body: found, cacheControl: ASK_AGAIN }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/search',
      summary:
        'Stations by what people type: names, addresses, districts, codes; Chinese, pinyin, its first letters, English.',
      allow: 'anyone',
      query: z.object({ ...placeParameters, q: z.string().max(MAX_TYPED) }),
      response: foundStationsSchema,
      handle: async ({ query: { q, lat, lng, f, limit }, caller }) => {
        await limits.take(caller.address, POINTS.search)
        const found = finder.search({ text: q, at: positionOf(lat, lng), filters: f, limit })
        if (found === undefined)
          throw new ApiProblem(
            'unavailable',
            'the names of the stations are still being indexed; try again in a moment',
            {
              retryAfterS: 5,
            },
          )
        return { body: found, cacheControl: ASK_AGAIN }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/view',
      summary: 'What a map shows of a part of the world: single stations, or what stands close together as one.',
      allow: 'anyone',
      query: z.object({ box: boxParameter, zoom: z.coerce.number().min(0).max(22), f: filtersParameter }),
      response: mapViewSchema,
      handle: async ({ query: { box, zoom, f }, caller }) => {
        await limits.take(caller.address, POINTS.view)
        return { body: finder.view({ box, zoom, filters: f }), cacheControl: ASK_AGAIN }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/cities',
      summary: 'The cities that have stations, those with most first.',
      allow: 'anyone',
      response: cityOverviewSchema,
      handle: async ({ caller }) => {
        await limits.take(caller.address, POINTS.cities)
        return { body: finder.cities(), cacheControl: ASK_AGAIN }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/cities/{code}/stations',
      summary:
        'All stations of a city with what does not change by the minute, for a phone to keep; small, and by ETag.',
      allow: 'anyone',
      params: z.object({ code: cityCodeSchema }),
      response: cityListSchema,
      handle: async ({ params: { code }, caller }) => {
        await limits.take(caller.address, POINTS.list)
        const packed = await finder.cityList(code)
        if (packed === undefined) throw new ApiProblem('not_found', `there is no station in a city ${code}`)
        return { packed, cacheControl: ASK_AGAIN }
      },
    }),
  ]
}

/** @throws ApiProblem `invalid_request` when one of the two is missing. */
function positionOf(latDeg: number | undefined, lngDeg: number | undefined) {
  if (latDeg === undefined && lngDeg === undefined) return undefined
  if (latDeg === undefined || lngDeg === undefined)
    throw new ApiProblem('invalid_request', 'query: lat and lng: expected both or neither')
  return { latDeg, lngDeg }
}
