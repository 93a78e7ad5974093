import type { Person, Tariff, tariffsSchema } from '@harbor/protocol'
import type { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { governs } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { type LocalDay, dateOfDay, dayOfDate } from './local-day.ts'

/** What a kWh costs by the hour of the day, and what the grid emits for it. */
export interface Price {
  fenPerKWh: readonly number[]
  co2KgPerKWh: number
}

/**
 * Until a district says its own. 80 fen is chosen: no more than the order of a general commercial price, to be replaced. The emission
 * factor is the national mean of 2022, 0.5366 kg a kWh (Ministry of Ecology and Environment, announcement 2024 no. 33).
 */
export const DEFAULT_PRICE: Price & { source: string } = {
  fenPerKWh: Array.from({ length: 24 }, () => 80),
  co2KgPerKWh: 0.5366,
  source:
    '默认值，待替换 / default, to be replaced: 80 fen chosen; 0.5366 kg/kWh 生态环境部公告 2024 年第 33 号（2022 年全国平均）',
}

/** Prices of all districts, in memory: a few a year each. */
export interface Tariffs {
  start: () => Promise<void>
  priceOf: (district: string, day: LocalDay) => Price
  list: (person: Person) => Promise<z.input<typeof tariffsSchema>>
  /** @throws ApiProblem `not_found` for a district that the person does not govern. */
  set: (person: Person, tariff: Tariff) => Promise<void>
}

export interface TariffsDeps {
  db: RegistryDb
  nowMs: () => number
  newId: () => string
  /** Prices of a district changed from a day on. */
  onChanged: (district: string, fromDay: LocalDay) => void
}

export function createTariffs({ db, nowMs, newId, onChanged }: TariffsDeps): Tariffs {
  /** By district, the newest day first; of the same day the one set last. */
  let known = new Map<string, { fromDay: LocalDay; price: Price }[]>()
  const read = async () => {
    const rows = await db
      .selectFrom('tariff')
      .selectAll()
      .orderBy('from_day', 'desc')
      .orderBy('set_at_ms', 'desc')
      .orderBy('id')
      .execute()
    known = Map.groupBy(
      rows.map(row => ({
        district: row.district,
        fromDay: row.from_day,
        price: { fenPerKWh: JSON.parse(row.fen_per_kwh) as number[], co2KgPerKWh: row.co2_kg_per_kwh },
      })),
      ({ district }) => district,
    )
    return rows
  }
  return {
    start: async () => void (await read()),
    priceOf: (district, day) => known.get(district)?.find(({ fromDay }) => fromDay <= day)?.price ?? DEFAULT_PRICE,
    list: async person => {
      const [rows, districts] = await Promise.all([read(), db.selectFrom('region').select('district').execute()])
      const own = districts.map(({ district }) => district).filter(district => governs(person, district))
      const set = rows
        .filter(({ district }) => own.includes(district))
        .map(row => ({
          district: row.district,
          from: dateOfDay(row.from_day),
          fenPerKWh: JSON.parse(row.fen_per_kwh) as number[],
          co2KgPerKWh: row.co2_kg_per_kwh,
          source: row.source,
          isDefault: false,
          setBy: row.set_by,
          setAt: new Date(Number(row.set_at_ms)).toISOString(),
        }))
      const defaults = own
        .filter(district => !known.has(district))
        .map(district => ({
          district,
          from: '2000-01-01',
          ...DEFAULT_PRICE,
          fenPerKWh: [...DEFAULT_PRICE.fenPerKWh],
          isDefault: true,
        }))
      return { tariffs: [...set, ...defaults] }
    },
    set: async (person, { district, from, fenPerKWh, co2KgPerKWh, source }) => {
      const place = await db.selectFrom('region').select('district').where('district', '=', district).executeTakeFirst()
      if (place === undefined || !governs(person, district))
        throw new ApiProblem('not_found', `district ${district} is not among yours`)
      await db
        .insertInto('tariff')
        .values({
          id: newId(),
          district,
          from_day: dayOfDate(from),
          fen_per_kwh: JSON.stringify(fenPerKWh),
          co2_kg_per_kwh: co2KgPerKWh,
          source,
          set_by: person.login,
          set_at_ms: nowMs(),
        })
        .execute()
      await read()
      onChanged(district, dayOfDate(from))
    },
  }
}
