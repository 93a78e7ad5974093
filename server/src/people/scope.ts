import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** What of a person says where they may look. */
export interface Limits {
  /** Empty: all. */
  districts: readonly string[]
  /** Absent: whole districts. */
  streets?: readonly string[] | undefined
}

/** What of a station decides who may see it. */
export interface StationPlace {
  district: string
  street?: string | undefined
}

/** Whether a person may see what belongs to a station. */
export function maySeeStation(person: Limits, { district, street }: StationPlace): boolean {
  if (person.districts.length > 0 && !person.districts.includes(district)) return false
  return person.streets === undefined || (street !== undefined && person.streets.includes(street))
}

/**
 * Whether a person governs a whole region: all of it lies within what they may see. A district (six digits) is no street officer's; a
 * street (nine digits) is also its district's; undefined, the whole city, only theirs who see everything.
 */
export function governs(person: Limits, region: string | undefined): boolean {
  if (person.streets !== undefined) return region !== undefined && person.streets.includes(region)
  return person.districts.length === 0 || (region !== undefined && person.districts.includes(region.slice(0, 6)))
}

/** Whether a person governs all that other limits let be seen: nobody gives away more than they have. */
export function governsAll(person: Limits, { districts, streets }: Limits): boolean {
  const regions = streets ?? (districts.length === 0 ? [undefined] : districts)
  return regions.every(region => governs(person, region))
}

/**
 * What lies in a region, as a condition beside the scope and never in place of it: a district by its column, a street by its stations.
 * Undefined: everything.
 */
export function withinRegion(
  region: string | undefined,
  { district, station }: { district: string; station: string },
): RawBuilder<SqlBool> {
  if (region === undefined) return sql<SqlBool>`1 = 1`
  if (region.length > 6)
    return sql<SqlBool>`${sql.ref(station)} in (select "id" from "station" where "street" = ${region})`
  return sql<SqlBool>`${sql.ref(district)} = ${region}`
}

/**
 * The person's limits as a condition for a query: the scope is in the query, never in what is made of its answer. `district` and `station`
 * name columns, as `alert.district` and `alert.station`. A row without a station is then seen only by whoever sees whole districts.
 */
export function withinScope(
  person: Limits,
  { district, station }: { district: string; station: string },
): RawBuilder<SqlBool> {
  const { districts, streets } = person
  if (streets !== undefined)
    return sql<SqlBool>`${sql.ref(station)} in (select "id" from "station" where "street" in (${sql.join(streets)}))`
  if (districts.length > 0) return sql<SqlBool>`${sql.ref(district)} in (${sql.join(districts)})`
  return sql<SqlBool>`1 = 1`
}
