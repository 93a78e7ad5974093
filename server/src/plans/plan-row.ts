import type { Person, Plan, PlanSchedule, PlanTarget } from '@harbor/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'

type Db = Kysely<RegistryTables>

export type PlanRow = Selectable<RegistryTables['plan']>

/** A plan as it is carried out. */
export interface StoredPlan {
  row: PlanRow
  target: PlanTarget
  schedule: PlanSchedule
  /** Empty: all. */
  districts: readonly string[]
}

/** An appliance that a plan is for. */
export interface TargetAppliance {
  id: string
  kind: RegistryTables['appliance']['kind']
  assetTag: string
  station: string
  stationNameZh: string
  stationNameEn: string
  district: string
}

/** Plans that are not ended, oldest first; of a person, those that touch their districts. */
export async function readPlans(db: Db, person?: Person): Promise<StoredPlan[]> {
  const rows = await db
    .selectFrom('plan')
    .selectAll()
    .where('ended_at_ms', 'is', null)
    .$if(person !== undefined && person.districts.length > 0, query =>
      query.where(eb => {
        const limits = eb
          .selectFrom('plan_district')
          .select('plan_district.plan')
          .whereRef('plan_district.plan', '=', 'plan.id')
        return eb.or([
          eb.not(eb.exists(limits)),
          eb.exists(limits.where('plan_district.district', 'in', person?.districts ?? [])),
        ])
      }),
    )
    .orderBy('created_at_ms')
    .orderBy('id')
    .execute()
  const limits = await db.selectFrom('plan_district').selectAll().execute()
  return rows.map(row => ({
    row,
    target: JSON.parse(row.target) as PlanTarget,
    schedule: JSON.parse(row.schedule) as PlanSchedule,
    districts: limits.flatMap(({ plan, district }) => (plan === row.id ? [district] : [])),
  }))
}

/** The appliances that a plan is for now: what is retired or gone is none of them. */
export async function targetsOf(
  db: Db,
  { target, districts }: Pick<StoredPlan, 'target' | 'districts'>,
): Promise<TargetAppliance[]> {
  const rows = await db
    .selectFrom('appliance')
    .innerJoin('asset', 'asset.appliance', 'appliance.id')
    .innerJoin('station', 'station.id', 'appliance.station')
    .select(['appliance.id', 'appliance.kind', 'appliance.station', 'asset.asset_tag'])
    .select(['station.district', 'station.name_zh', 'station.name_en'])
    .where('asset.retired_on', 'is', null)
    .$if(districts.length > 0, query => query.where('station.district', 'in', districts))
    .$if('appliance' in target, query =>
      query.where('appliance.id', '=', 'appliance' in target ? target.appliance : ''),
    )
    .$if('kind' in target, query =>
      'kind' in target
        ? query
            .where('appliance.kind', '=', target.kind)
            .$if(target.model !== undefined, q => q.where('appliance.model', '=', target.model ?? ''))
            .$if(target.district !== undefined, q => q.where('station.district', '=', target.district ?? ''))
            .$if(target.station !== undefined, q => q.where('station.id', '=', target.station ?? ''))
        : query,
    )
    .orderBy('appliance.id')
    .execute()
  return rows.map(({ asset_tag: assetTag, name_zh: stationNameZh, name_en: stationNameEn, ...rest }) => ({
    ...rest,
    assetTag,
    stationNameZh,
    stationNameEn,
  }))
}

/** Who makes and changes plans. */
export const PLAN_ROLES = ['manager', 'administrator'] as const

/** Whether a person may change a plan: all of it lies within their districts. */
export function mayChange(person: Person, { districts }: Pick<StoredPlan, 'districts'>): boolean {
  if (!PLAN_ROLES.some(role => role === person.role)) return false
  return (
    person.districts.length === 0 ||
    (districts.length > 0 && districts.every(district => person.districts.includes(district)))
  )
}

/** What of a plan's view stands in its own row. */
export function plainView({
  row,
  target,
  schedule,
}: StoredPlan): Pick<
  Plan,
  'id' | 'title' | 'note' | 'severity' | 'target' | 'schedule' | 'createdAt' | 'createdBy' | 'pausedAt'
> {
  const isoTime = (ms: number) => new Date(Number(ms)).toISOString()
  return {
    id: row.id,
    title: row.title,
    ...(row.note !== null && { note: row.note }),
    severity: row.severity,
    target,
    schedule,
    createdAt: isoTime(row.created_at_ms),
    createdBy: row.created_by,
    ...(row.paused_at_ms !== null && { pausedAt: isoTime(row.paused_at_ms) }),
  }
}
