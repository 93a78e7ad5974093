import type { RegistryDb } from '../../registry/open-registry.ts'

/** A rollout, and the smallest place that holds all of its gateways: a station, a district (no station), the city (neither). */
export interface RolloutPlace {
  rollout: string
  name: string
  at: { station: string; district: string }
}

/** Who sees that place sees all gateways of the rollout. Undefined: there is no such rollout. */
export async function placeOf(db: RegistryDb, rollout: string): Promise<RolloutPlace | undefined> {
  const row = await db
    .selectFrom('rollout as r')
    .innerJoin('rollout_gateway as m', 'm.rollout', 'r.id')
    .innerJoin('gateway as g', 'g.id', 'm.gateway')
    .innerJoin('station as s', 's.id', 'g.station')
    .select(({ fn }) => [
      'r.name' as const,
      fn.min('g.district').as('district'),
      fn.max('g.district').as('otherDistrict'),
      fn.min('s.street').as('street'),
      fn.max('s.street').as('otherStreet'),
      fn.count<number>('s.street').as('withStreet'),
      fn.countAll<number>().as('gateways'),
      fn.min('g.station').as('station'),
      fn.max('g.station').as('otherStation'),
    ])
    .where('r.id', '=', rollout)
    .groupBy('r.name')
    .executeTakeFirst()
  if (row === undefined) return undefined
  const isOneStreet = row.street === row.otherStreet && Number(row.withStreet) === Number(row.gateways)
  const isOnePlace = row.station === row.otherStation || isOneStreet
  const isOneDistrict = row.district === row.otherDistrict
  return {
    rollout,
    name: row.name,
    at: { station: isOnePlace ? row.station : '', district: isOneDistrict ? row.district : '' },
  }
}
