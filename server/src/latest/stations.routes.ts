import {
  type ClientConfig,
  MAX_STATIONS_PAGE,
  METRICS,
  busyHoursSchema,
  clientConfigSchema,
  districtSchema,
  idSchema,
  isPublicState,
  stationDetailSchema,
  stationPageSchema,
  telemetrySchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import type { PublicLimits } from '../finder/public-limits.ts'
import { type Caller, type Route, defineRoute } from '../http/route.ts'
import { maySeeStation } from '../people/scope.ts'
import type { LiveDirectory, StationEntry } from '../registry/directory.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { Busy } from './busy.ts'
import type { Latest } from './latest.ts'
import { stationPage } from './station-page.ts'
import { MAX_POINTS, parseTelemetrySpan, telemetryQuerySchema } from './telemetry-query.ts'

export interface StationRoutesDeps {
  latest: Latest
  busy: Busy
  directory: LiveDirectory
  store: Pick<TelemetryStore, 'series'>
  clientConfig: () => ClientConfig
  limits: PublicLimits
  nowMs: () => number
}

const stationPath = z.object({ id: idSchema })
/** Kept by the browser, but asked about each time, by ETag. */
const ASK_AGAIN = 'no-cache'
/** What a page of stations costs of an address' share: some milliseconds of work. */
const PAGE_POINTS = 10
/** What is usual is kept by anybody for an hour. */
const USUAL = 'public, max-age=3600'

/** The public side: where stations are, what they are like, and their history. */
export function stationRoutes({
  latest,
  busy,
  directory,
  store,
  clientConfig,
  limits,
  nowMs,
}: StationRoutesDeps): Route[] {
  /** A station that is not public is there for staff of its region alone. */
  const stationFor = ({ person }: Caller, id: string): StationEntry => {
    const entry = directory.stations.get(id)
    const isShown =
      entry !== undefined &&
      (isPublicState(entry.state) || (person !== undefined && maySeeStation(person, entry.record)))
    if (isShown) return entry
    throw new ApiProblem('not_found', `there is no station ${id}`)
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/client-config',
      summary: 'What a page needs to know before it draws anything.',
      allow: 'anyone',
      response: clientConfigSchema,
      handle: async () => ({ body: clientConfig(), cacheControl: ASK_AGAIN }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations',
      summary: 'All stations as they are now, or a district’s, by id, a page at a time.',
      allow: 'anyone',
      query: z.object({
        district: districtSchema.optional(),
        after: idSchema
          .optional()
          .meta({ description: 'Only stations with a greater id: the `next` of the page before.' }),
        limit: z.coerce.number().int().min(1).max(MAX_STATIONS_PAGE).default(MAX_STATIONS_PAGE),
      }),
      response: stationPageSchema,
      handle: async ({ query, caller }) => {
        await limits.take(caller.address, PAGE_POINTS)
        return { body: stationPage({ directory, latest, nowMs }, query), cacheControl: ASK_AGAIN }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}',
      summary: 'One station with the newest values of all its devices.',
      allow: 'anyone',
      params: stationPath,
      response: stationDetailSchema,
      handle: async ({ params: { id }, caller }) => {
        stationFor(caller, id)
        const detail = latest.detail(id)
        if (detail === undefined) throw new ApiProblem('not_found', `there is no station ${id}`)
        return { body: detail, cacheControl: ASK_AGAIN }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/busy',
      summary: 'How many people are usually there, by weekday and hour, from the last eight weeks.',
      allow: 'anyone',
      params: stationPath,
      response: busyHoursSchema,
      handle: async ({ params: { id }, caller }) => ({
        body: await busy.of(stationFor(caller, id).record.id),
        cacheControl: USUAL,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/telemetry',
      summary:
        'The history of one metric of a station, one series a device: readings, or windows with mean, min, max, count.',
      allow: 'anyone',
      params: stationPath,
      query: telemetryQuerySchema,
      response: telemetrySchema,
      handle: async ({ params: { id }, query, caller }) => {
        const station = stationFor(caller, id)
        const { metric } = query
        const { fromMs, toMs, everyMs } = parseTelemetrySpan(query, nowMs(), station.devices.length)
        const every = everyMs === undefined ? {} : { everyMs }
        const devices = station.devices.map(device => device.id)
        const found = await readSeries(store, { devices, metric, fromMs, toMs, ...every, limit: MAX_POINTS })
        const applianceOf = new Map(station.devices.map(device => [device.id, device.appliance]))
        const { unit } = METRICS[metric]
        return {
          body: {
            station: id,
            metric,
            ...(unit !== undefined && { unit }),
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
            ...(found.everyMs !== undefined && { everyMs: found.everyMs }),
            level: found.level,
            truncated: found.truncated,
            // Most devices of a station do not measure the metric asked for: those without a point are left out.
            series: found.series
              .filter(series => series.points.length > 0)
              .map(({ device, points }) => {
                const appliance = applianceOf.get(device)
                return { device, ...(appliance !== undefined && { appliance }), points }
              }),
          },
          cacheControl: ASK_AGAIN,
        }
      },
    }),
  ]
}

async function readSeries(store: Pick<TelemetryStore, 'series'>, query: Parameters<TelemetryStore['series']>[0]) {
  try {
    return await store.series(query)
  } catch (cause) {
    throw new ApiProblem('unavailable', 'the history cannot be read right now; try again', { cause })
  }
}
