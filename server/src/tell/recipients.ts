import type { EscalationLevel, WorkOrder } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'

/** Whom a step of an order is for, by login. */
export async function recipientsOf(
  db: RegistryDb,
  order: Pick<WorkOrder, 'id' | 'district' | 'assignee'>,
  step: { act: 'assign' | 'remind' | 'escalate'; level: EscalationLevel | undefined },
): Promise<string[]> {
  if (step.act === 'assign') return order.assignee === undefined ? [] : [order.assignee]
  const level = step.act === 'remind' ? 'crew' : (step.level ?? 'crew')
  if (level === 'district' || level === 'city') return managersOf(db, order.district, level)
  const crews = await crewsOf(db, order)
  if (level === 'lead') return unique(crews.flatMap(({ lead }) => (lead === null ? [] : [lead])))
  if (order.assignee !== undefined) return [order.assignee]
  const members = await db
    .selectFrom('crew_member')
    .select('login')
    .where('crew', 'in', crews.map(({ id }) => id).concat(''))
    .execute()
  return unique(members.map(({ login }) => login))
}

/** The crew that has the order in hand, else those that work in its district. */
async function crewsOf(db: RegistryDb, { id, district }: Pick<WorkOrder, 'id' | 'district'>) {
  const order = await db.selectFrom('work_order').select('crew').where('id', '=', id).executeTakeFirst()
  const crews = await db.selectFrom('crew').select(['id', 'lead', 'districts']).execute()
  const own = crews.filter(crew => crew.id === order?.crew)
  return own.length > 0 ? own : crews.filter(crew => (JSON.parse(crew.districts) as string[]).includes(district))
}

/** `district`: managers who look after it, among others; `city`: managers and administrators who look after all. */
async function managersOf(db: RegistryDb, district: string, level: 'district' | 'city'): Promise<string[]> {
  const rows = await db
    .selectFrom('person')
    .leftJoin('person_district', 'person_district.login', 'person.login')
    .select(['person.login', 'person.role', 'person_district.district'])
    .where('person.role', 'in', ['manager', 'administrator'])
    .execute()
  return unique(
    rows
      .filter(row => (level === 'city' ? row.district === null : row.role === 'manager' && row.district === district))
      .map(({ login }) => login),
  )
}

function unique(logins: readonly string[]): string[] {
  return [...new Set(logins)]
}
