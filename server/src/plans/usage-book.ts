import type { UsageMeter } from '@harbor/protocol'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { DAY_MS, measureDays } from './meter.ts'
import type { TargetAppliance } from './plan-row.ts'

/** A gateway that was cut off brings seven days with it: as many are counted anew, and a day more, */
const LATE_DAYS = 8
/** so often (chosen); in between only today and yesterday are. */
const RECOUNT_EVERY_MS = 12 * 3_600_000

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
  /** When each appliance was counted with its late days, by meter. Bounded by the fleet. */
  const recounted = new Map<string, number>()

  return {
    count: async (targets, meter, sinceMs) => {
      const now = nowMs()
      const today = dayOf(now)
      const devicesOf = Map.groupBy(
        [...directory.devices.values()].map(({ record }) => record),
        ({ appliance }) => appliance,
      )
      for (const { id, kind } of targets) {
        const devices = (devicesOf.get(id) ?? []).map(device => device.id)
        if (devices.length === 0) continue
        const key = `${meter} ${id}`
        const isRecount = now - (recounted.get(key) ?? 0) >= RECOUNT_EVERY_MS
        const fromMs = Math.max(dayOf(sinceMs), today - (isRecount ? LATE_DAYS : 1) * DAY_MS)
        const days = await measureDays(store, { devices, meter, kind, fromMs, toMs: now })
        for (const { dayMs, amount } of days)
          await db
            .insertInto('appliance_usage')
            .values({ appliance: id, meter, day_ms: dayMs, amount })
            .onConflict(conflict => conflict.columns(['appliance', 'meter', 'day_ms']).doUpdateSet({ amount }))
            .execute()
        if (isRecount) recounted.set(key, now)
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
