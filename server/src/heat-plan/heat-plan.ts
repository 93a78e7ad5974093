import { type HeatProposal, type Person, type StationView, heatProposalSchema } from '@harbor/protocol'
import { dateOfWall, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'
import { z } from 'zod'
import { districtSchema } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { inSlices } from '../in-slices.ts'
import { minuteOf, stretchesOn } from '../notices/longer-hours.ts'
import { governs } from '../people/scope.ts'
import type { LiveDirectory, StationEntry } from '../registry/directory.ts'
import type { PostedHours } from '../stations/opening.ts'
import { toWall } from '../stations/wall-clock.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { WeatherBook } from '../weather/weather-book.ts'
import { type HeatFacts, proposeLonger } from './propose.ts'

const HOUR_MS = 3_600_000
/** People are looked at over one week: each weekday once. */
const LOOKED_AT_MS = 7 * 24 * HOUR_MS
/** So many counters are asked for at once, 8,400 hourly means of a week: others have their turn in between. */
const COUNTERS_AT_ONCE = 50
const MAX_POINTS = COUNTERS_AT_ONCE * 7 * 24
/** What a signal asks for (docs/domain.md 4, H1 to H3). */
const ASKED = {
  yellow: { openFrom: '06:00', openUntil: '21:00' },
  orange: { openFrom: '05:30', openUntil: '21:00' },
  red: { openFrom: '05:30', openUntil: '22:00' },
} as const

export interface HeatPlanDeps {
  directory: Pick<LiveDirectory, 'stations'>
  store: Pick<TelemetryStore, 'series'>
  posted: Pick<PostedHours, 'plan'>
  weather: Pick<WeatherBook, 'of' | 'heatWarning'>
  viewOf: (station: string) => StationView | undefined
  timeZone: string
  nowMs: () => number
}

/** Reads what is known and proposes. @throws ApiProblem `not_found` for a district that the person does not govern. */
export async function heatProposal(
  deps: HeatPlanDeps,
  person: Person,
  asked: { district: string; openUntil: string | undefined },
): Promise<HeatProposal> {
  const { directory, weather, timeZone, nowMs } = deps
  const { district } = asked
  const entries = [...directory.stations.values()].filter(({ record }) => record.district === district)
  if (!governs(person, district) || entries.length === 0)
    throw new ApiProblem('not_found', `there is no district ${district} that you govern`)
  const now = weather.of(district)
  const warning = weather.heatWarning(district)
  const today = dateOfWall(toWall(nowMs(), timeZone))
  const wish = ASKED[warning?.signal ?? 'orange']
  const openUntil = asked.openUntil ?? wish.openUntil
  const people = await peopleLate(deps, entries)
  const maxC = now?.maxTodayC ?? (now?.isStale === false ? now.outdoorC : undefined)
  const facts: HeatFacts[] = []
  await inSlices(entries, entry => void facts.push(factsOf(deps, entry, { today, people })))
  const candidates = proposeLonger(facts, { untilMin: minuteOf(openUntil), maxC, signal: warning?.signal })
  return {
    at: new Date(nowMs()).toISOString(),
    district,
    ...(warning !== undefined && { signal: warning.signal, warningTo: warning.to }),
    ...(now?.isStale === false && { outdoorC: now.outdoorC }),
    ...(now?.maxTodayC !== undefined && { maxTodayC: now.maxTodayC }),
    openFrom: wish.openFrom,
    openUntil,
    from: today,
    to: warning === undefined ? today : lastDay(dateOfWall(toWall(Date.parse(warning.to), timeZone)), today),
    candidates,
  }
}

function lastDay(end: string, today: string): string {
  return end > today ? end : today
}

function factsOf(
  { posted, viewOf, timeZone, nowMs }: HeatPlanDeps,
  { record, appliances, ...entry }: StationEntry,
  { today, people }: { today: string; people: ReadonlyMap<string, number> },
): HeatFacts {
  const plan = posted.plan({ hours: record.hours, atMs: nowMs(), timeZone })
  const stretches = plan === undefined ? [] : stretchesOn(plan, today, weekdayOfWall(wallOfDate(today)))
  const view = viewOf(record.id)
  const hasAc = appliances.some(({ kind }) => kind === 'air_conditioner')
  const states = view?.appliances.filter(({ kind }) => kind === 'air_conditioner').map(({ state }) => state) ?? []
  return {
    station: record.id,
    nameZh: record.nameZh,
    nameEn: record.nameEn,
    district: record.district,
    latDeg: record.latDeg,
    lngDeg: record.lngDeg,
    capacity: record.capacity,
    peopleLate: people.get(record.id),
    ac: acOf(hasAc, states),
    closesAtMin: stretches.length === 0 ? undefined : Math.max(...stretches.map(({ to }) => to)),
    isClosedDown: entry.state !== 'open',
  }
}

function acOf(hasAc: boolean, states: readonly string[]): HeatFacts['ac'] {
  if (!hasAc) return 'none'
  if (states.includes('working')) return 'works'
  return states.length > 0 && states.every(state => state === 'faulty') ? 'faulty' : 'unknown'
}

/** Mean of the counted people in each station's last two hours with anybody counted in a day, over the last week. */
async function peopleLate(
  { store, posted, timeZone, nowMs }: HeatPlanDeps,
  entries: readonly StationEntry[],
): Promise<ReadonlyMap<string, number>> {
  const stationOf = new Map(entries.flatMap(entry => entry.devices.map(({ id }) => [id, entry] as const)))
  const toMs = Math.floor(nowMs() / HOUR_MS) * HOUR_MS
  const counters = [...stationOf.keys()]
  if (counters.length === 0) return new Map()
  const span = { fromMs: toMs - LOOKED_AT_MS, toMs, everyMs: HOUR_MS, limit: MAX_POINTS }
  const found = new Map<string, number>()
  for (let from = 0; from < counters.length; from += COUNTERS_AT_ONCE) {
    const devices = counters.slice(from, from + COUNTERS_AT_ONCE)
    const { series } = await store.series({ devices, metric: 'people', ...span })
    await inSlices(series, ({ device, points }) => {
      const entry = stationOf.get(device)
      const plan = entry && posted.plan({ hours: entry.record.hours, atMs: nowMs(), timeZone })
      if (entry === undefined || plan === undefined) return
      const counts = points.flatMap(([startMs = 0, people = 0]) => {
        const wallMs = toWall(startMs, timeZone)
        const closes = Math.max(
          0,
          ...stretchesOn(plan, dateOfWall(wallMs), weekdayOfWall(wallMs)).map(stretch => Math.min(stretch.to, 1_440)),
        )
        const minute = ((wallMs / 60_000) % 1_440) + 60
        return minute > closes - 120 && minute <= closes + 59 ? [people] : []
      })
      if (counts.length > 0) found.set(entry.record.id, counts.reduce((sum, count) => sum + count, 0) / counts.length)
    })
  }
  return found
}

/** What the system proposes in heat. Confirming it is issuing a notice with hours: nothing happens without a person. */
export function heatRoutes(deps: HeatPlanDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/heat/proposal',
      summary: 'Which stations of a district to keep open longer in the heat, with the reasons. It changes nothing.',
      allow: ['manager', 'administrator'],
      service: 'read',
      query: z.object({
        district: districtSchema,
        until: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
          .optional()
          .meta({ description: 'Default as the signal asks.' }),
      }),
      response: heatProposalSchema,
      handle: async ({ query: { district, until }, caller }) => ({
        body: await heatProposal(deps, signedIn(caller), { district, openUntil: until }),
        cacheControl: 'private, no-cache',
      }),
    }),
  ]
}
