import type { Person, RolloutSelection, RolloutStage } from '@harbor/protocol'
import { sql } from 'kysely'
import { withinScope } from '../../people/scope.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'

/** A gateway that a selection found. */
export interface Candidate {
  gateway: string
  district: string
  street: string | undefined
  tags: ReadonlySet<string>
  isOnline: boolean
}

/** The gateways of a selection that the person sees and that a box has claimed, by id. */
export async function selectGateways(
  db: RegistryDb,
  {
    person,
    selection,
    isOnline,
  }: { person: Person; selection: RolloutSelection; isOnline: (gateway: string) => boolean },
): Promise<Candidate[]> {
  const { regions, tags, profile, gateways } = selection
  const rows = await db
    .selectFrom('gateway as g')
    .innerJoin('station as s', 's.id', 'g.station')
    .innerJoin('gateway_account as a', 'a.gateway', 'g.id')
    .select(['g.id', 'g.district', 's.street'])
    .where('a.secret_sha256', 'is not', null)
    .where(withinScope(person, { district: 'g.district', station: 'g.station' }))
    .$if(regions !== undefined, query =>
      query.where(eb => eb.or([eb('g.district', 'in', regions ?? []), eb('s.street', 'in', regions ?? [])])),
    )
    .$if(tags !== undefined, query =>
      query.where('g.id', 'in', eb =>
        eb
          .selectFrom('gateway_tag')
          .select('gateway')
          .where('tag', 'in', tags ?? []),
      ),
    )
    .$if(profile !== undefined, query =>
      query.where(
        sql<boolean>`(select "profile" from "gateway_config" where "gateway" = "g"."id" order by "version" desc limit 1) = ${profile}`,
      ),
    )
    .orderBy('g.id')
    .execute()
  const tagRows = await db.selectFrom('gateway_tag').selectAll().execute()
  const tagsOf = Map.groupBy(tagRows, row => row.gateway)
  // Compared here: so many could not be given to a statement.
  const listed = gateways && new Set(gateways)
  return rows
    .filter(({ id }) => listed === undefined || listed.has(id))
    .map(({ id, district, street }) => ({
      gateway: id,
      district,
      street: street ?? undefined,
      tags: new Set(tagsOf.get(id)?.map(({ tag }) => tag)),
      isOnline: isOnline(id),
    }))
}

/** A stage with its gateways in the order of their turns; without `stage`: what no other took. */
export interface FilledStage {
  stage: RolloutStage | undefined
  gateways: string[]
}

/**
 * Gives each candidate its stage. Stages that would be empty stay, empty, so that their numbers are those that were asked for; the rest gets
 * a last one if there is any.
 */
export function splitIntoStages(candidates: readonly Candidate[], stages: readonly RolloutStage[]): FilledStage[] {
  const total = candidates.length
  // Those connected first: a stage of one is to say something today.
  let left = candidates.toSorted((a, b) => Number(b.isOnline) - Number(a.isOnline))
  const filled = stages.map((stage): FilledStage => {
    const takenBefore = total - left.length
    const takes = takerOf(stage, { total, takenBefore })
    const taken = left.filter(takes)
    const names = new Set(taken.map(({ gateway }) => gateway))
    left = left.filter(({ gateway }) => !names.has(gateway))
    return { stage, gateways: [...names] }
  })
  return left.length === 0 ? filled : [...filled, { stage: undefined, gateways: left.map(({ gateway }) => gateway) }]
}

function takerOf(
  stage: RolloutStage,
  { total, takenBefore }: { total: number; takenBefore: number },
): (candidate: Candidate, index: number) => boolean {
  switch (stage.by) {
    case 'count':
      return (_, index) => index < stage.count - takenBefore
    case 'percent':
      // Up: a percentage of few is at least one.
      return (_, index) => index < Math.ceil((total * stage.percent) / 100) - takenBefore
    case 'regions':
      return ({ district, street }) =>
        stage.regions.includes(district) || (street !== undefined && stage.regions.includes(street))
    case 'tags':
      return ({ tags }) => stage.tags.some(tag => tags.has(tag))
  }
}
