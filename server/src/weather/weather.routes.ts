import { districtWeatherSchema, weatherListSchema, weatherRequestSchema } from '@harbor/protocol'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { WeatherBook } from './weather-book.ts'

/** The weather of districts: read by staff, typed in by whoever governs the district. */
export function weatherRoutes({ weather, nowMs }: { weather: WeatherBook; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/weather',
      summary: 'The weather of your districts as last told, with the warnings that stand.',
      allow: 'staff',
      service: 'read',
      response: weatherListSchema,
      handle: async ({ caller }) => ({
        body: { at: new Date(nowMs()).toISOString(), districts: weather.list(signedIn(caller)) },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/weather',
      summary: 'Type in the weather of a district, with a warning or without; it counts until something newer comes.',
      allow: ['manager', 'administrator'],
      body: weatherRequestSchema,
      response: districtWeatherSchema,
      handle: async ({ body, caller }) => ({ body: await weather.type(signedIn(caller), body) }),
    }),
  ]
}
