import type { Person, Plan, PlanSchedule, PlanTarget } from '@harbor/protocol'
import { type Kysely, type Selectable, sql } from 'kysely'
import { governs, withinScope } from '../people/scope.ts'
import type { RegistryTables } from '../registry/schema.ts'

type Db = Kysely<RegistryTables>

const APPLIANCE_OF_PLAN = sql<string | null>`json_extract(plan.target, '$.appliance')`

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

/** Plans that are not ended, oldest first; of a person, those that touch what they may see. */
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
    .$if(person?.streets !== undefined, query =>
      // One for a single appliance is only for who may see where that stands.
      query.where(eb =>
        eb.or([
          eb(APPLIANCE_OF_PLAN, 'is', null),
          eb(APPLIANCE_OF_PLAN, 'in', of =>
            of
              .selectFrom('appliance')
              .innerJoin('station', 'station.id', 'appliance.station')
              .select('appliance.id')
              .where(withinScope(person as Person, { district: 'station.district', station: 'station.id' })),
          ),
        ]),
      ),
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

/** The appliances that a plan is for now, of a person those within their scope: what is retired or gone is none of them. */
export async function targetsOf(
  db: Db,
  { target, districts }: Pick<StoredPlan, 'target' | 'districts'>,
  person?: Person,
): Promise<TargetAppliance[]> {
  const rows = await db
    .selectFrom('appliance')
    .innerJoin('asset', 'asset.appliance', 'appliance.id')
    .innerJoin('station', 'station.id', 'appliance.station')
    .select(['appliance.id', 'appliance.kind', 'appliance.station', 'asset.asset_tag'])
    .select(['station.district', 'station.name_zh', 'station.name_en'])
    .where('asset.retired_on', 'is', null)
    .$if(person !== undefined, query =>
      query.where(withinScope(person as Person, { district: 'station.district', station: 'station.id' })),
    )
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

/** Whether a person may change a plan that they see: all of it lies within their scope. */
export function mayChange(person: Person, { districts, target }: Pick<StoredPlan, 'districts' | 'target'>): boolean {
  if (!PLAN_ROLES.some(role => role === person.role)) return false
  // Who is limited to streets sees of such plans only those of appliances there.
  if (person.streets !== undefined) return 'appliance' in target
  return districts.length === 0 ? governs(person, undefined) : districts.every(district => governs(person, district))
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
