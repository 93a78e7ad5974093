import {
  type EnergyReport,
  type OpeningTruthDays,
  type OpeningTruthReport,
  type Overview,
  type OverviewStations,
  type Regions,
  type StationUsage,
  type Tariff,
  type UsageDoubts,
  type UsageEdit,
  type UsageHeatMap,
  type UsageJudgements,
  type UsageReport,
  type usageEditAskedSchema,
  energyReportSchema,
  heatMapSchema,
  openingTruthDaysSchema,
  openingTruthReportSchema,
  overviewSchema,
  overviewStationsSchema,
  regionsSchema,
  stationUsageSchema,
  tariffsSchema,
  usageDoubtsSchema,
  usageEditSchema,
  usageEditsSchema,
  usageJudgementsSchema,
  usageReportSchema,
} from '@harbor/protocol'
import type { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** A district's tariffs with who set them. */
export type KnownTariff = z.infer<typeof tariffsSchema>['tariffs'][number]

/** What sees to regions in the HTTP API. A `query` is what the server's routes take. Every method rejects with a RequestError. */
export interface ManagementApi {
  regions: (signal?: AbortSignal) => Promise<Regions>
  /** `region` undefined: all that the person may see. */
  overview: (region: string | undefined, signal?: AbortSignal) => Promise<Overview>
  overviewStations: (region: string | undefined, signal?: AbortSignal) => Promise<OverviewStations>
  usage: (query: URLSearchParams, signal?: AbortSignal) => Promise<UsageReport>
  heatMap: (query: URLSearchParams, signal?: AbortSignal) => Promise<UsageHeatMap>
  judgements: (query: URLSearchParams, signal?: AbortSignal) => Promise<UsageJudgements>
  doubts: (query: URLSearchParams, signal?: AbortSignal) => Promise<UsageDoubts>
  edits: (query: URLSearchParams, signal?: AbortSignal) => Promise<{ edits: UsageEdit[] }>
  edit: (asked: z.input<typeof usageEditAskedSchema>) => Promise<UsageEdit>
  stationUsage: (station: string, query: URLSearchParams, signal?: AbortSignal) => Promise<StationUsage>
  energy: (query: URLSearchParams, signal?: AbortSignal) => Promise<EnergyReport>
  tariffs: (signal?: AbortSignal) => Promise<{ tariffs: KnownTariff[] }>
  setTariff: (tariff: Tariff) => Promise<{ tariffs: KnownTariff[] }>
  openingTruth: (query: URLSearchParams, signal?: AbortSignal) => Promise<OpeningTruthReport>
  openingDays: (query: URLSearchParams, signal?: AbortSignal) => Promise<OpeningTruthDays>
}

export function createManagementApi(ask: Ask): ManagementApi {
  const within = (region: string | undefined) => (region === undefined ? '' : `?region=${region}`)
  return {
    regions: signal => ask('regions', regionsSchema, { signal }),
    overview: (region, signal) => ask(`overview${within(region)}`, overviewSchema, { signal }),
    overviewStations: (region, signal) => ask(`overview/stations${within(region)}`, overviewStationsSchema, { signal }),
    usage: (query, signal) => ask(`usage?${query}`, usageReportSchema, { signal }),
    heatMap: (query, signal) => ask(`usage/heat-map?${query}`, heatMapSchema, { signal }),
    judgements: (query, signal) => ask(`usage/judgements?${query}`, usageJudgementsSchema, { signal }),
    doubts: (query, signal) => ask(`usage/doubts?${query}`, usageDoubtsSchema, { signal }),
    edits: (query, signal) => ask(`usage/edits?${query}`, usageEditsSchema, { signal }),
    edit: body => ask('usage/edits', usageEditSchema, { method: 'POST', body }),
    stationUsage: (station, query, signal) =>
      ask(`usage/stations/${encodeURIComponent(station)}?${query}`, stationUsageSchema, { signal }),
    energy: (query, signal) => ask(`energy?${query}`, energyReportSchema, { signal }),
    tariffs: signal => ask('energy/tariffs', tariffsSchema, { signal }),
    setTariff: body => ask('energy/tariffs', tariffsSchema, { method: 'PUT', body }),
    openingTruth: (query, signal) => ask(`opening-truth?${query}`, openingTruthReportSchema, { signal }),
    openingDays: (query, signal) => ask(`opening-truth/days?${query}`, openingTruthDaysSchema, { signal }),
  }
}
