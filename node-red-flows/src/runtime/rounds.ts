import {
  type DistrictWeather,
  type NotifyRequest,
  type Regions,
  type StationView,
  figureReportSchema,
  heatProposalSchema,
  noticeListSchema,
  overviewSchema,
  regionsSchema,
  stationDetailSchema,
  stationPageSchema,
  weatherListSchema,
} from '@harbor/protocol'
import { type ClosingReport, closingFailed, closingRound, unswitchedMark } from '../closing/closing.ts'
import { REMIND_AFTER_MS, heatRequest, heatWarnings, isDealtWith } from '../heat/heat.ts'
import type { MarkBook } from '../ledger/mark-book.ts'
import { digestDay, reportWeek, streetDigest, weeklyReport } from '../reports/reports.ts'
import type { Api } from './api.ts'

/** Something that people are to be told, once: `mark` is set when they were. */
export interface ToTell {
  request: NotifyRequest
  mark: string
}

/** What the flows look up at the server in their rounds. Each gives what is to be done now, and nothing of what was done already. */
export interface Rounds {
  /** Undefined: the round before still runs. */
  closing: (precoolFromC: number) => Promise<ClosingReport | undefined>
  /** A command of such a round came to nothing. */
  closingFailed: (command: { station: string; action: string }) => void
  heat: () => Promise<ToTell[]>
  /** @param atTime on the stations' clock, as 18:00. */
  digest: (atTime: string) => Promise<ToTell[]>
  /** @param onWeekday 1: Monday, 7: Sunday. */
  weekly: (when: { atTime: string; onWeekday: number }) => Promise<ToTell[]>
  told: (mark: string) => void
}

export interface RoundsDeps {
  api: Api
  marks: MarkBook
  /** Districts whose stations may be switched; `all`: every one. */
  switchDistricts: readonly string[] | 'all'
  timeZone: string
  nowMs: () => number
}

/** Pages of stations of one round: no city has more. */
const MAX_PAGES = 40
const DAY_MS = 24 * 3_600_000
const WEEK_MS = 7 * DAY_MS

export function createRounds({ api, marks, switchDistricts, timeZone, nowMs }: RoundsDeps): Rounds {
  let isClosingRunning = false
  const get = { method: 'GET' } as const

  async function stations(): Promise<StationView[]> {
    const found: StationView[] = []
    for (const district of switchDistricts === 'all' ? [undefined] : switchDistricts) {
      let after: string | undefined
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const query = new URLSearchParams({ ...(district && { district }), ...(after && { after }) })
        const answer = await api.ask({ ...get, path: `/api/v1/stations?${query}`, answer: stationPageSchema })
        found.push(...answer.stations)
        after = answer.next
        if (after === undefined) break
      }
    }
    return found
  }
  const weather = async (): Promise<DistrictWeather[]> =>
    (await api.ask({ ...get, path: '/api/v1/weather', answer: weatherListSchema })).districts
  const regions = (): Promise<Regions> => api.ask({ ...get, path: '/api/v1/regions', answer: regionsSchema })
  /** Those of them that were not told yet. */
  const fresh = (flow: string, requests: NotifyRequest[]): ToTell[] =>
    requests
      .map(request => ({ request, mark: `told/${flow}/${request.dedupeKey}` }))
      .filter(({ mark }) => marks.at(mark) === undefined)

  return {
    closing: async precoolFromC => {
      if (isClosingRunning) return undefined
      isClosingRunning = true
      try {
        const outside = new Map(
          (await weather()).filter(({ isStale }) => !isStale).map(one => [one.district, one.outdoorC]),
        )
        return await closingRound(
          {
            stations,
            detail: id => api.ask({ ...get, path: `/api/v1/stations/${id}`, answer: stationDetailSchema }),
            outdoorC: district => outside.get(district),
          },
          marks,
          { nowMs: nowMs(), precoolFromC },
        )
      } finally {
        isClosingRunning = false
      }
    },
    closingFailed: command => closingFailed(marks, command, nowMs()),
    heat: async () => {
      const warnings = heatWarnings(await weather(), nowMs())
      if (warnings.length === 0) return []
      const { notices } = await api.ask({ ...get, path: '/api/v1/notices', answer: noticeListSchema })
      const told: ToTell[] = []
      for (const one of warnings) {
        if (isDealtWith(notices, one.district)) continue
        const path = `/api/v1/heat/proposal?district=${one.district}`
        const proposal = await api.ask({ ...get, path, answer: heatProposalSchema })
        const first = heatRequest(one, proposal, false)
        const firstTold = first && marks.at(`told/heat/${first.dedupeKey}`)
        const isReminder = firstTold !== undefined && nowMs() - firstTold >= REMIND_AFTER_MS
        const request = isReminder ? heatRequest(one, proposal, true) : first
        if (request !== undefined) told.push(...fresh('heat', [request]))
      }
      return told
    },
    digest: async atTime => {
      const day = digestDay(nowMs(), { timeZone, atTime })
      // The whole city is asked once a day, not in every round.
      if (day === undefined || marks.at(`digest/${day}`) !== undefined) return []
      const requests: NotifyRequest[] = []
      for (const { district, streets } of (await regions()).districts) {
        if (streets.length === 0) continue
        const path = `/api/v1/overview?region=${district}`
        const { parts } = await api.ask({ ...get, path, answer: overviewSchema })
        requests.push(
          ...parts
            .filter(part => part.stations > 0)
            .map(part => streetDigest(part, day, marks.count(unswitchedMark(district, ''), nowMs() - DAY_MS))),
        )
      }
      const told = fresh('digest', requests)
      if (told.length === 0) marks.set(`digest/${day}`, nowMs())
      return told
    },
    weekly: async when => {
      const week = reportWeek(nowMs(), { timeZone, ...when })
      if (week === undefined || marks.at(`weekly/${week}`) !== undefined) return []
      const requests: NotifyRequest[] = []
      for (const district of (await regions()).districts) {
        const query = new URLSearchParams({
          from: new Date(nowMs() - WEEK_MS).toISOString(),
          to: new Date(nowMs()).toISOString(),
          district: district.district,
        })
        const figures = await api.ask({ ...get, path: `/api/v1/figures?${query}`, answer: figureReportSchema })
        requests.push(weeklyReport(district, figures, week))
      }
      const told = fresh('weekly', requests)
      if (told.length === 0) marks.set(`weekly/${week}`, nowMs())
      return told
    },
    told: mark => void marks.set(mark, nowMs()),
  }
}
