import {
  dateSchema,
  idSchema,
  myRotaSchema,
  regionCodeSchema,
  rotaGapListSchema,
  rotaMemberAddedSchema,
  rotaMemberRequestSchema,
  rotaWeekSchema,
  servedHoursSchema,
  shiftActRequestSchema,
  shiftRequestSchema,
  shiftSchema,
  stationRotaSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import { addMember, endMember } from './members.ts'
import { GAP_DAYS, findGaps } from './rota-gaps.ts'
import { ROTA_ROLES } from './rota-row.ts'
import { rotaGapsTable, rotaWeekTable, servedHoursTable } from './rota-tables.ts'
import { rotaWeek } from './rota-week.ts'
import type { Rota, RotaDeps } from './rota.ts'

/** Who has to do with a station's day. */
const ON_SITE = ['keeper', 'maintainer', 'manager', 'administrator'] as const
const stationPath = z.object({ id: idSchema })
const longPath = z.object({ id: z.string().min(1).max(60) })
const placeQuery = z.object({ region: regionCodeSchema.optional(), station: idSchema.optional() })
const weekQuery = z.object({ region: regionCodeSchema.optional(), from: dateSchema.optional() })
const hoursQuery = placeQuery.extend({ person: z.string().max(100).optional(), from: dateSchema, to: dateSchema })
const PRIVATE = 'private, no-cache'

/** Rotas: shifts, swaps, presence, gaps, hours. */
export function rotaRoutes(rota: Rota, deps: RotaDeps): Route[] {
  const { timeZone, nowMs } = deps
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/rota/mine',
      summary: 'Your shifts, and those that you could have.',
      allow: ON_SITE,
      response: myRotaSchema,
      handle: async ({ caller }) => ({ body: await rota.mine(signedIn(caller)), cacheControl: PRIVATE }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/rota/gaps',
      summary: 'Posted hours of the next 14 days that nobody covers, soonest first.',
      allow: ON_SITE,
      service: 'read',
      query: placeQuery,
      response: rotaGapListSchema,
      handle: async ({ query, caller }) => {
        const atMs = nowMs()
        const { gaps, stations } = await findGaps(deps, { person: signedIn(caller), ...query, atMs })
        const body = { at: new Date(atMs).toISOString(), gaps: gaps.map(({ view }) => view), stations }
        return { body, cacheControl: PRIVATE }
      },
    }),
    ...tableRoutes(
      {
        path: '/api/v1/rota/gaps',
        summary: 'Posted hours of the next 14 days that nobody covers.',
        allow: ON_SITE,
        query: placeQuery,
        table: async (person, query) => {
          const { gaps } = await findGaps(deps, { person, ...query, atMs: nowMs() })
          return rotaGapsTable(
            gaps.map(({ view }) => view),
            { days: GAP_DAYS },
          )
        },
      },
      { timeZone, nowMs },
    ),
    defineRoute({
      method: 'get',
      path: '/api/v1/rota/week',
      summary: 'Seven days of every station that somebody has to open: shifts, and hours that nobody covers.',
      allow: ROTA_ROLES,
      query: weekQuery,
      response: rotaWeekSchema,
      handle: async ({ query, caller }) => ({
        body: await rotaWeek(deps, signedIn(caller), { ...query, atMs: nowMs() }),
        cacheControl: PRIVATE,
      }),
    }),
    ...tableRoutes(
      {
        path: '/api/v1/rota/week',
        summary: 'Seven days of every station that somebody has to open.',
        allow: ROTA_ROLES,
        query: weekQuery,
        table: async (person, query) => rotaWeekTable(await rotaWeek(deps, person, { ...query, atMs: nowMs() })),
      },
      { timeZone, nowMs },
    ),
    defineRoute({
      method: 'get',
      path: '/api/v1/rota/hours',
      summary: 'Served hours: your own, or as a manager those of your districts.',
      allow: ON_SITE,
      query: hoursQuery,
      response: z.object({ lines: z.array(servedHoursSchema) }).meta({ id: 'ServedHoursList' }),
      handle: async ({ query, caller }) => ({
        body: { lines: await rota.served(signedIn(caller), query) },
        cacheControl: PRIVATE,
      }),
    }),
    ...tableRoutes(
      {
        path: '/api/v1/rota/hours',
        summary: 'Served hours, with what a certificate of volunteer service is written from.',
        allow: ON_SITE,
        query: hoursQuery,
        table: async (person, query) =>
          servedHoursTable(await rota.served(person, query), { from: query.from, to: query.to, issuer: person.name }),
      },
      { timeZone, nowMs },
    ),
    defineRoute({
      method: 'get',
      path: '/api/v1/rota/calendar/{key}',
      summary: 'One volunteer’s shifts as iCalendar, for whoever has the key.',
      allow: 'anyone',
      params: z.object({ key: z.string().regex(/^[0-9a-f]{32}$/) }),
      response: z.string(),
      textType: 'text/calendar; charset=utf-8',
      handle: async ({ params: { key } }) => ({ body: await rota.calendar(key), cacheControl: PRIVATE }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/rota',
      summary: 'A station’s rota of seven days, with who serves there and what nobody covers.',
      allow: ON_SITE,
      params: stationPath,
      query: z.object({ from: dateSchema.optional() }),
      response: stationRotaSchema,
      handle: async ({ params: { id }, query: { from }, caller }) => ({
        body: await rota.station(signedIn(caller), id, from),
        cacheControl: PRIVATE,
      }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/stations/{id}/rota',
      summary: 'Say whether somebody has to open the station.',
      allow: ROTA_ROLES,
      params: stationPath,
      body: z.strictObject({ needsKeeper: z.boolean() }),
      handle: async ({ params: { id }, body: { needsKeeper }, caller }) => {
        await rota.setNeeds(signedIn(caller), id, needsKeeper)
        return {}
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/rota/members',
      summary: 'Put somebody on the rota: who signs in, or a volunteer by name.',
      allow: ROTA_ROLES,
      params: stationPath,
      body: rotaMemberRequestSchema,
      response: rotaMemberAddedSchema,
      handle: async ({ params: { id }, body, caller }) => ({
        body: await addMember(deps, signedIn(caller), { station: id, request: body }),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/stations/{id}/rota/members',
      summary: 'Take somebody off the rota; their shifts that are to come are open again.',
      allow: ROTA_ROLES,
      params: stationPath,
      query: z.object({ person: z.string().min(1).max(100) }),
      handle: async ({ params: { id }, query: { person }, caller }) => {
        await endMember(deps, signedIn(caller), { station: id, person })
        return {}
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/rota/shifts',
      summary: 'Make a shift, or one of every week.',
      allow: ROTA_ROLES,
      params: stationPath,
      body: shiftRequestSchema,
      handle: async ({ params: { id }, body, caller }) => {
        await rota.addShift(signedIn(caller), id, body)
        return {}
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/rota/patterns/{id}',
      summary: 'End a weekly shift; what of it is to come is cancelled.',
      allow: ROTA_ROLES,
      params: longPath,
      handle: async ({ params: { id }, caller }) => {
        await rota.endPattern(signedIn(caller), id)
        return {}
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/rota/shifts/{id}/acts',
      summary: 'Sign up, swap, check in, check out, and what a manager does to a shift.',
      allow: ON_SITE,
      params: longPath,
      body: shiftActRequestSchema,
      response: shiftSchema,
      handle: async ({ params: { id }, body, caller }) => ({ body: await rota.act(signedIn(caller), id, body) }),
    }),
  ]
}
