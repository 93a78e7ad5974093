import type { RegistryDb } from '../registry/open-registry.ts'
import type { DayHours } from './facts.ts'
import { type LocalDay, dayAt } from './local-day.ts'
import { costOf } from './station-day.ts'
import { addUp } from './sums.ts'
import type { Tariffs } from './tariffs.ts'

/** Reckons the cost of a district's days anew, as far back as their hours are kept; older days keep the cost that they had. */
export async function repriceDays(
  {
    db,
    tariffs,
    timeZone,
    nowMs,
  }: { db: RegistryDb; tariffs: Pick<Tariffs, 'priceOf'>; timeZone: string; nowMs: () => number },
  { district, fromDay }: { district: string; fromDay: LocalDay },
): Promise<void> {
  const today = dayAt(nowMs(), timeZone)
  const days = await db
    .selectFrom('usage_day')
    .select('day')
    .distinct()
    .where('district', '=', district)
    .where('day', '>=', fromDay)
    .where('hours', 'is not', null)
    .execute()
  for (const { day } of days) {
    const price = tariffs.priceOf(district, day)
    const rows = await db
      .selectFrom('usage_day')
      .select(['station', 'hours'])
      .where('district', '=', district)
      .where('day', '=', day)
      .where('hours', 'is not', null)
      .execute()
    await db.transaction().execute(async tx => {
      for (const { station, hours } of rows) {
        if (hours === null) continue
        const { kWh } = JSON.parse(hours) as DayHours
        await tx
          .updateTable('usage_day')
          .set(costOf(kWh, price))
          .where('station', '=', station)
          .where('day', '=', day)
          .execute()
      }
    })
    await addUp(db, { district, day }, day < today)
  }
}
