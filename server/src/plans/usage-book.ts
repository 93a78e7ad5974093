import type { UsageMeter } from '@harbor/protocol'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { DAY_MS, measure } from './meter.ts'
import type { TargetAppliance } from './plan-row.ts'

/** A gateway that was cut off brings seven days with it: as many are counted anew, and a day more. */
const LATE_DAYS = 8

/** What appliances are used, day by day, counted from readings. */
export interface UsageBook {
  /** Counts what came since, and, now and then, what may have come late. `sinceMs`: no day before is needed. */
  count: (targets: readonly TargetAppliance[], meter: UsageMeter, sinceMs: number) => Promise<void>
}

export interface UsageBookDeps {
  db: RegistryDb
  directory: Pick<Directory, 'devices'>
  store: Pick<TelemetryStore, 'series'>
  nowMs: () => number
}

/** A day's count is always made of all of its readings, so that counting it again changes nothing. */
export function createUsageBook({ db, directory, store, nowMs }: UsageBookDeps): UsageBook {
  return {
    count: async (targets, meter, sinceMs) => {
      const now = nowMs()
      const today = dayOf(now)
      const firstDay = Math.max(dayOf(sinceMs), today - LATE_DAYS * DAY_MS)
      const devicesOf = Map.groupBy(
        [...directory.devices.values()].map(({ record }) => record),
        ({ appliance }) => appliance,
      )
      for (const { id, kind } of targets) {
        const devices = (devicesOf.get(id) ?? []).map(device => device.id)
        if (devices.length === 0) continue
        for (let day = firstDay; day <= today; day += DAY_MS) {
          const amount = await measure(store, { devices, meter, kind, fromMs: day, toMs: Math.min(day + DAY_MS, now) })
          const row = { appliance: id, meter, day_ms: day, amount }
          await db
            .insertInto('appliance_usage')
            .values(row)
            .onConflict(conflict => conflict.columns(['appliance', 'meter', 'day_ms']).doUpdateSet({ amount }))
            .execute()
        }
      }
    },
  }
}

/** What each appliance has done since a day. */
export async function totalsOf(db: RegistryDb, meter: UsageMeter, sinceMs: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('appliance_usage')
    .select(['appliance', eb => eb.fn.sum<number>('amount').as('total')])
    .where('meter', '=', meter)
    .where('day_ms', '>=', dayOf(sinceMs))
    .groupBy('appliance')
    .execute()
  return new Map(rows.map(({ appliance, total }) => [appliance, Number(total)]))
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}
