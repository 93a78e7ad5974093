import {
  dateSchema,
  energyReportSchema,
  heatMapSchema,
  idSchema,
  openingTruthDaysSchema,
  openingTruthReportSchema,
  stationUsageSchema,
  tariffSchema,
  tariffsSchema,
  usageDoubtsSchema,
  usageEditAskedSchema,
  usageEditSchema,
  usageEditsSchema,
  usageJudgementsSchema,
  usageReportSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import {
  MAY_SEE,
  MAY_SET,
  energyQuerySchema,
  heatMapQuerySchema,
  periodSchema,
  reportQuerySchema,
  truthDaysQuerySchema,
  truthQuerySchema,
} from './usage-queries.ts'
import { usageFiles } from './usage-files.routes.ts'
import { doubtsIn, editUsage, editsOf } from './edits.ts'
import { type EnergyDeps, energyReport } from './energy-report.ts'
import { heatMap } from './heat-map.ts'
import { judgementsOf } from './judgements.ts'
import { openingTruth, openingTruthDays } from './opening-truth.ts'
import { stationUsage } from './station-usage.ts'
import type { Tariffs } from './tariffs.ts'
import { usageReport } from './usage-report.ts'

const CACHE = 'private, no-cache'

export interface UsageRoutesDeps extends EnergyDeps {
  tariffs: Tariffs
  faultyAppliances: ReadonlySet<string>
  newId: () => string
}

/** Use, energy and the truth of opening, on the screen and as tables. */
export function usageRoutes(deps: UsageRoutesDeps): Route[] {
  const { tariffs } = deps
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/usage',
      summary: 'What stations were used for, in your scope: each figure with its error band and how much was observed.',
      allow: MAY_SEE,
      service: 'read',
      query: reportQuerySchema,
      response: usageReportSchema,
      handle: async ({ query, caller }) => ({
        body: await usageReport(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/usage/heat-map',
      summary: 'Visits and people inside by hour and weekday.',
      allow: MAY_SEE,
      query: heatMapQuerySchema,
      response: heatMapSchema,
      handle: async ({ query, caller }) => ({
        body: await heatMap(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/usage/judgements',
      summary: 'Stations that are little used or too full, and why.',
      allow: MAY_SEE,
      query: periodSchema,
      response: usageJudgementsSchema,
      handle: async ({ query, caller }) => ({
        body: await judgementsOf(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/usage/doubts',
      summary: 'Days whose counts are implausible, newest first.',
      allow: MAY_SEE,
      query: periodSchema,
      response: usageDoubtsSchema,
      handle: async ({ query, caller }) => ({
        body: await doubtsIn(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/usage/edits',
      summary: 'Figures that were set by hand, with what was measured, newest first.',
      allow: MAY_SEE,
      query: periodSchema,
      response: usageEditsSchema,
      handle: async ({ query, caller }) => ({
        body: { edits: await editsOf(deps.db, signedIn(caller), query) },
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/usage/edits',
      summary: 'Sets a figure of a station’s day by hand, or takes that back; the reason is kept for ever.',
      allow: MAY_SET,
      body: usageEditAskedSchema,
      response: usageEditSchema,
      handle: async ({ body, caller }) => ({ body: await editUsage(deps, signedIn(caller), body), status: 201 }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/usage/stations/{id}',
      summary: 'A station’s use day by day.',
      allow: MAY_SEE,
      service: 'read',
      params: z.object({ id: idSchema }),
      query: z.object({ from: dateSchema, to: dateSchema }),
      response: stationUsageSchema,
      handle: async ({ params, query, caller }) => ({
        body: await stationUsage(deps, signedIn(caller), { ...params, ...query }),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/energy',
      summary: 'Energy, its cost, CO2 and waste, today against usual, and what automation saved.',
      allow: MAY_SEE,
      service: 'read',
      query: energyQuerySchema,
      response: energyReportSchema,
      handle: async ({ query, caller }) => ({
        body: await energyReport(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/energy/tariffs',
      summary: 'Prices of energy and emission factors of your districts.',
      allow: MAY_SEE,
      response: tariffsSchema,
      handle: async ({ caller }) => ({ body: await tariffs.list(signedIn(caller)), cacheControl: CACHE }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/energy/tariffs',
      summary: 'Sets a district’s prices from a day on; days of the last 100 are reckoned anew.',
      allow: MAY_SET,
      body: tariffSchema,
      response: tariffsSchema,
      handle: async ({ body, caller }) => {
        const person = signedIn(caller)
        await tariffs.set(person, body)
        return { body: await tariffs.list(person) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/opening-truth',
      summary: 'Posted hours against observed opening.',
      allow: MAY_SEE,
      service: 'read',
      query: truthQuerySchema,
      response: openingTruthReportSchema,
      handle: async ({ query, caller }) => ({
        body: await openingTruth(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/opening-truth/days',
      summary: 'Single days of stations, as they were posted and as they were kept.',
      allow: MAY_SEE,
      query: truthDaysQuerySchema,
      response: openingTruthDaysSchema,
      handle: async ({ query, caller }) => ({
        body: await openingTruthDays(deps, signedIn(caller), query),
        cacheControl: CACHE,
      }),
    }),
    ...usageFiles(deps),
  ]
}
