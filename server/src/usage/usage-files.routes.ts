import type { Route } from '../http/route.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import { doubtsIn } from './edits.ts'
import { type EnergyDeps, energyReport } from './energy-report.ts'
import { heatMap } from './heat-map.ts'
import { judgementsOf } from './judgements.ts'
import { openingTruth, openingTruthDays } from './opening-truth.ts'
import { doubtsTable, heatMapTable, judgementsTable, openingDaysTable, stationUsageTable } from './page-tables.ts'
import { stationUsage } from './station-usage.ts'
import { energyTable, openingTruthTable, usageTable } from './tables.ts'
import {
  MAY_SEE,
  energyQuerySchema,
  heatMapQuerySchema,
  periodSchema,
  reportQuerySchema,
  stationDaysQuerySchema,
  truthDaysQuerySchema,
  truthQuerySchema,
} from './usage-queries.ts'
import { usageReport } from './usage-report.ts'

/** Every table of use, energy and opening as files. */
export function usageFiles(deps: EnergyDeps & { faultyAppliances: ReadonlySet<string> }): Route[] {
  return [
    ...tableRoutes(
      {
        path: '/api/v1/usage',
        summary: 'What stations were used for.',
        allow: MAY_SEE,
        query: reportQuerySchema,
        table: async (person, query) => usageTable(await usageReport(deps, person, query)),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/energy',
        summary: 'Energy, its cost, CO2 and waste.',
        allow: MAY_SEE,
        query: energyQuerySchema,
        table: async (person, query) => energyTable(await energyReport(deps, person, query)),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/opening-truth',
        summary: 'Posted hours against observed opening.',
        allow: MAY_SEE,
        query: truthQuerySchema,
        table: async (person, query) => openingTruthTable(await openingTruth(deps, person, query)),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/usage/heat-map',
        summary: 'Visits and people inside by hour and weekday.',
        allow: MAY_SEE,
        query: heatMapQuerySchema,
        table: async (person, query) => heatMapTable(await heatMap(deps, person, query)),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/usage/judgements',
        summary: 'Stations that are little used or too full, and why.',
        allow: MAY_SEE,
        query: periodSchema,
        table: async (person, query) => judgementsTable(await judgementsOf(deps, person, query)),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/usage/doubts',
        summary: 'Days whose counts are implausible.',
        allow: MAY_SEE,
        query: periodSchema,
        table: async (person, query) => doubtsTable(await doubtsIn(deps, person, query), query),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/usage/station-days',
        summary: 'A station’s use day by day.',
        allow: MAY_SEE,
        query: stationDaysQuerySchema,
        table: async (person, { station, ...period }) =>
          stationUsageTable(await stationUsage(deps, person, { id: station, ...period })),
      },
      deps,
    ),
    ...tableRoutes(
      {
        path: '/api/v1/opening-truth/days',
        summary: 'Single days of stations, as they were posted and as they were kept.',
        allow: MAY_SEE,
        query: truthDaysQuerySchema,
        table: async (person, query) => openingDaysTable(await openingTruthDays(deps, person, query), query),
      },
      deps,
    ),
  ]
}
