import {
  type DistrictWeather,
  type Person,
  type Weather,
  type WeatherRequest,
  type WeatherWarning,
  decodeJson,
  errorText,
  filters,
  parseTopic,
  weatherSchema,
} from '@harbor/protocol'
import { dateOfWall } from '@harbor/protocol/opening-at'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'
import { ApiProblem } from '../errors.ts'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import { governs } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { toWall } from '../stations/wall-clock.ts'

/** A temperature older than this is the weather no more (chosen: stations report every hour, one may be missed). */
export const STALE_MS = 3 * 3_600_000
/** A clock may be ahead by so much. */
const AHEAD_MS = 5 * 60_000
/** Districts of the country are some 3,000 (GB/T 2260). */
const MAX_DISTRICTS = 4_000
const ONCE_A_MINUTE_MS = 60_000

/** The weather by district. */
export interface WeatherBook {
  /** Reads what was known, and listens. Before the bus starts. */
  start: () => Promise<void>
  /** What a topic or a person says; what is older than what is known changes nothing. */
  take: (district: string, weather: Weather, typedBy?: string) => Promise<void>
  /** @throws ApiProblem `not_found` for a district that the person does not govern; `invalid_request`. */
  type: (person: Person, request: WeatherRequest) => Promise<DistrictWeather>
  of: (district: string) => DistrictWeather | undefined
  /** The warning of heat that stands or was announced: yellow, orange or red. */
  heatWarning: (district: string) => HeatWarning | undefined
  list: (person: Person) => DistrictWeather[]
}

export type HeatWarning = WeatherWarning & { signal: 'yellow' | 'orange' | 'red' }

interface Known {
  weather: Weather
  typedBy: string | undefined
}

export interface WeatherDeps {
  db: RegistryDb
  bus: Pick<MessageBus, 'subscribe'>
  /** Empty: all. */
  districts: readonly string[]
  timeZone: string
  nowMs: () => number
  /** A district's weather is another. */
  onChanged: (district: string) => void
  log: Logger
}

export function createWeatherBook(deps: WeatherDeps): WeatherBook {
  const { db, bus, districts, timeZone, nowMs, onChanged, log } = deps
  const known = new Map<string, Known>()
  const limiter = createLogLimiter({ everyMs: ONCE_A_MINUTE_MS, maxKeys: 100 }, nowMs)

  const view = (district: string, { weather, typedBy }: Known): DistrictWeather => {
    const { warning, ...rest } = weather
    const standing = warning !== undefined && Date.parse(warning.to) > nowMs() ? warning : undefined
    return {
      ...rest,
      ...(standing !== undefined && { warning: standing }),
      district,
      ...(typedBy !== undefined && { typedBy }),
      isStale: nowMs() - Date.parse(weather.at) > STALE_MS,
    }
  }
  const of = (district: string) => {
    const one = known.get(district)
    return one === undefined ? undefined : view(district, one)
  }
  const take: WeatherBook['take'] = async (district, weather, typedBy) => {
    const atMs = Date.parse(weather.at)
    const before = known.get(district)
    if (before !== undefined && Date.parse(before.weather.at) > atMs) return
    if (before === undefined && known.size >= MAX_DISTRICTS) return
    known.set(district, { weather, typedBy })
    const row = { weather: JSON.stringify(weather), at_ms: atMs, typed_by: typedBy ?? null }
    const date = dateOfWall(toWall(atMs, timeZone))
    const { outdoorC } = weather
    await db.transaction().execute(async tx => {
      await tx
        .insertInto('weather_now')
        .values({ district, ...row })
        .onConflict(conflict => conflict.column('district').doUpdateSet(row))
        .execute()
      const day = await tx
        .selectFrom('weather_day')
        .selectAll()
        .where('district', '=', district)
        .where('date', '=', date)
        .executeTakeFirst()
      if (day === undefined)
        await tx.insertInto('weather_day').values({ district, date, max_c: outdoorC, min_c: outdoorC }).execute()
      else if (outdoorC > day.max_c || outdoorC < day.min_c)
        await tx
          .updateTable('weather_day')
          .set({ max_c: Math.max(day.max_c, outdoorC), min_c: Math.min(day.min_c, outdoorC) })
          .where('district', '=', district)
          .where('date', '=', date)
          .execute()
    })
    onChanged(district)
  }

  return {
    start: async () => {
      for (const { district, weather, typed_by: typedBy } of await db.selectFrom('weather_now').selectAll().execute()) {
        const parsed = weatherSchema.safeParse(JSON.parse(weather))
        if (parsed.success) known.set(district, { weather: parsed.data, typedBy: typedBy ?? undefined })
      }
      for (const one of districts.length === 0 ? [undefined] : districts)
        bus.subscribe(filters.weather(one), async ({ topic, payload }) => {
          const parsed = parseTopic(topic)
          if (parsed?.kind !== 'weather') return
          const { district } = parsed
          let weather: Weather
          try {
            weather = decodeJson(weatherSchema, payload)
          } catch (error) {
            if (limiter.admit(district) !== undefined)
              log.warn({ district, reason: errorText(error) }, 'weather that cannot be read')
            return
          }
          if (Date.parse(weather.at) > nowMs() + AHEAD_MS) {
            if (limiter.admit(district) !== undefined) log.warn({ district, at: weather.at }, 'weather from the future')
            return
          }
          await take(district, weather)
        })
    },
    take,
    type: async (person, { district, warning, ...weather }) => {
      if (!governs(person, district))
        throw new ApiProblem('not_found', `there is no district ${district} that you govern`)
      if (warning !== undefined && Date.parse(warning.to) <= Date.parse(warning.from))
        throw new ApiProblem('invalid_request', `body: warning: to: expected later than ${warning.from}`)
      const at = new Date(nowMs()).toISOString()
      await take(district, { at, ...weather, ...(warning !== undefined && { warning }) }, person.name)
      return view(district, {
        weather: { at, ...weather, ...(warning !== undefined && { warning }) },
        typedBy: person.name,
      })
    },
    of,
    heatWarning: district => {
      const warning = of(district)?.warning
      if (warning?.kind !== 'heat') return undefined
      const { signal } = warning
      return signal === 'blue' ? undefined : { ...warning, signal }
    },
    list: person =>
      [...known.keys()].sort().flatMap(district => {
        const isShown = person.districts.length === 0 || person.districts.includes(district)
        const one = of(district)
        return isShown && one !== undefined ? [one] : []
      }),
  }
}
