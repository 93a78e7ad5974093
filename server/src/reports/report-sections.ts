import { figureTable } from '../figures/figure-table.ts'
import { figureReport } from '../figures/figures.ts'
import { type EnergyDeps, energyReport } from '../usage/energy-report.ts'
import { dayOfDate, startOfDay } from '../usage/local-day.ts'
import { openingTruth } from '../usage/opening-truth.ts'
import { energyTable, openingTruthTable, usageTable } from '../usage/tables.ts'
import { usageReport } from '../usage/usage-report.ts'
import type { ReportSection } from './report-book.ts'

/** Stations of one district in a report: more than any district of China has. */
const MAX_ROWS = 5_000

/** What a monthly report is made of, in its order: the same tables as the pages', each with its method below it. */
export function reportSections(deps: EnergyDeps): ReportSection[] {
  const byStation = { by: 'station', limit: MAX_ROWS } as const
  return [
    async (asker, period) =>
      usageTable(await usageReport(deps, asker, { ...period, ...byStation, compare: 'previous', rank: 'visits' })),
    async (asker, period) => openingTruthTable(await openingTruth(deps, asker, { ...period, by: 'station' })),
    async (asker, period) =>
      energyTable(await energyReport(deps, asker, { ...period, ...byStation, compare: 'previous', rank: 'energyKWh' })),
    async (asker, { region, from, to }) => {
      const instantOf = (date: string, daysOn: number) => startOfDay(dayOfDate(date) + daysOn, deps.timeZone)
      const asked = { fromMs: instantOf(from, 0), toMs: instantOf(to, 1), by: 'station', district: region } as const
      return figureTable(await figureReport(deps, asker, asked), deps.timeZone)
    },
  ]
}
