import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Person, displayAddressSchema, displaySchema, idSchema, type StationView } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { maySeeStation } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { WeatherBook } from '../weather/weather-book.ts'
import type { Notices } from './notices.ts'
import { MAY_ISSUE } from './notices.routes.ts'

/** 20 characters of base64url: 120 bits. */
const KEY_LENGTH = 20

export interface DisplaysDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  notices: Pick<Notices, 'publicAt' | 'displayed'>
  weather: Pick<WeatherBook, 'of' | 'heatWarning'>
  viewOf: (station: string) => StationView | undefined
  /** The text of the secret `visitor-key`. */
  secret: string
  timeZone: string
  nowMs: () => number
}

/**
 * The key of a station's display: it follows from this server's secret, so nothing of it is stored but how often it was made anew.
 */
export function displayKey(secret: string, station: string, rotation: number): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(rotation === 0 ? ['display', station] : ['display', station, rotation]))
    .digest('base64url')
    .slice(0, KEY_LENGTH)
}

/** Screens in stations: they read what everybody may know, with a key of their own and no account. */
export function displayRoutes(deps: DisplaysDeps): Route[] {
  const { db, directory, notices, weather, viewOf, secret, timeZone, nowMs } = deps
  const keyOf = async (station: string) => {
    const row = await db.selectFrom('display_key').select('rotation').where('station', '=', station).executeTakeFirst()
    return displayKey(secret, station, row?.rotation ?? 0)
  }
  const checkReach = (person: Person, id: string) => {
    const record = directory.stations.get(id)?.record
    if (record === undefined || !maySeeStation(person, record))
      throw new ApiProblem('not_found', `there is no station ${id} in your districts`)
  }
  const addressOf = async (origin: string, id: string) => ({ url: `${origin}/display/${id}?key=${await keyOf(id)}` })
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/displays/{station}',
      summary: 'What the screen in a station shows. The key is in the address that staff open it with.',
      allow: 'anyone',
      params: z.object({ station: idSchema }),
      query: z.object({ key: z.string().max(100) }),
      response: displaySchema,
      handle: async ({ params: { station }, query: { key } }) => {
        const view = isSame(key, await keyOf(station)) ? viewOf(station) : undefined
        // The same words for a wrong key and an unknown station.
        if (view === undefined) throw new ApiProblem('not_found', 'there is no such display')
        await notices.displayed(station)
        const now = weather.of(view.district)
        const signal = weather.heatWarning(view.district)?.signal
        return {
          body: {
            at: new Date(nowMs()).toISOString(),
            timeZone,
            station: view,
            notices: [...notices.publicAt(station)],
            ...(now !== undefined && !now.isStale && { outdoorC: now.outdoorC }),
            ...(signal !== undefined && { heatSignal: signal }),
          },
          cacheControl: 'no-cache',
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/display',
      summary: 'The address of a station’s display, for whoever sets the screen up.',
      allow: [...MAY_ISSUE, 'keeper', 'hardware'],
      params: z.object({ id: idSchema }),
      response: displayAddressSchema,
      handle: async ({ params: { id }, caller }) => {
        checkReach(signedIn(caller), id)
        return { body: await addressOf(caller.origin, id) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/display/renew',
      summary: 'Make the address of a station’s display anew: whoever has the old one sees nothing any more.',
      allow: MAY_ISSUE,
      params: z.object({ id: idSchema }),
      response: displayAddressSchema,
      handle: async ({ params: { id }, caller }) => {
        const person = signedIn(caller)
        checkReach(person, id)
        const made = { at_ms: nowMs(), actor: person.login }
        await db
          .insertInto('display_key')
          .values({ station: id, rotation: 1, ...made })
          .onConflict(conflict =>
            conflict.column('station').doUpdateSet(eb => ({ rotation: eb('display_key.rotation', '+', 1), ...made })),
          )
          .execute()
        return { body: await addressOf(caller.origin, id) }
      },
    }),
  ]
}

/** Compares in a time that does not tell how much is right. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
