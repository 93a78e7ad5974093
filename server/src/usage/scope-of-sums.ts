import { type Person, districtOfRegion } from '@harbor/protocol'
import { sql } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { governs, withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** A region's or a city's names. */
export interface Named {
  nameZh: string
  nameEn: string
}

/** What a person looks at: whole districts, or streets; never more than they may see. */
export interface Look {
  /** The sums that all of it is made of. */
  kind: 'district' | 'street'
  places: readonly string[]
  /** By code, of districts and streets alike. */
  names: ReadonlyMap<string, Named>
  /** The streets of what is looked at. */
  streets: readonly string[]
}

/** @throws ApiProblem `not_found` for a region that is not the person's. */
export async function lookOf(db: RegistryDb, person: Person, region: string | undefined): Promise<Look> {
  const [districts, streets] = await Promise.all([
    db.selectFrom('region').selectAll().orderBy('district').execute(),
    db.selectFrom('street').selectAll().orderBy('street').execute(),
  ])
  const names = new Map<string, Named>([
    ...districts.map((row): [string, Named] => [row.district, { nameZh: row.name_zh, nameEn: row.name_en }]),
    ...streets.map((row): [string, Named] => [row.street, { nameZh: row.name_zh, nameEn: row.name_en }]),
  ])
  const ofStreets = streets.map(({ street }) => street).filter(street => governs(person, street))
  const ofDistricts = districts.map(({ district }) => district).filter(district => governs(person, district))
  const inRegion = (code: string) => region === undefined || code.startsWith(region)
  const ownStreets = ofStreets.filter(inRegion)
  const isStreet = region !== undefined && region.length > 6
  if (region !== undefined) {
    // A street officer may ask for the district that their streets are in, and gets these.
    const isTheirs = isStreet
      ? ofStreets.includes(region)
      : ofDistricts.includes(region) || ofStreets.some(street => districtOfRegion(street) === region)
    if (!isTheirs) throw new ApiProblem('not_found', `region ${region} is not among yours`)
  }
  if (isStreet || person.streets !== undefined)
    return { kind: 'street', places: ownStreets, names, streets: ownStreets }
  return { kind: 'district', places: ofDistricts.filter(inRegion), names, streets: ownStreets }
}

/** The same as a condition on rows of stations, whose columns are of `table`. */
export function stationsWithin(
  person: Person,
  region: string | undefined,
  { district, street, station }: { district: string; street: string; station: string },
) {
  const scope = withinScope(person, { district, station })
  if (region === undefined) return scope
  return sql<boolean>`(${scope} and ${sql.ref(region.length > 6 ? street : district)} = ${region})`
}
