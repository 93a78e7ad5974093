import type { RegistryDb } from '../registry/open-registry.ts'
import { type LocalDay, dateOfDay } from './local-day.ts'

/** The hottest it was outdoors on each date, anywhere in some districts; dates of which nothing is known are absent. */
export async function weatherOf(
  db: RegistryDb,
  districts: ReadonlySet<string>,
  { fromDay, toDay }: { fromDay: LocalDay; toDay: LocalDay },
): Promise<Map<string, { maxTemperatureC: number; source: string }>> {
  if (districts.size === 0) return new Map()
  const rows = await db
    .selectFrom('weather_day')
    .select(['date', eb => eb.fn.max<number>('max_c').as('max')])
    .where('district', 'in', [...districts])
    .where('date', '>=', dateOfDay(fromDay))
    .where('date', '<=', dateOfDay(toDay))
    .groupBy('date')
    .execute()
  return new Map(rows.map(({ date, max }) => [date, { maxTemperatureC: max, source: 'weather_day' }]))
}
