import { type DistrictInScope, type Person, type Regions, districtOfRegion } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { governs, withinScope } from './scope.ts'

/** The regions within a person's scope: also those without a station yet, but for a street that nobody registered. */
export async function regionsOf(db: RegistryDb, person: Person): Promise<Regions> {
  const [districts, streets, counts] = await Promise.all([
    db.selectFrom('region').selectAll().orderBy('district').execute(),
    db.selectFrom('street').selectAll().orderBy('street').execute(),
    db
      .selectFrom('station')
      .select(['district', 'street', eb => eb.fn.countAll<number>().as('stations')])
      .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
      .groupBy(['district', 'street'])
      .execute(),
  ])
  const countIn = (isIn: (place: { district: string; street: string | null }) => boolean) =>
    counts.filter(isIn).reduce((sum, { stations }) => sum + stations, 0)
  const own = streets.filter(({ street }) => governs(person, street))
  const shown: DistrictInScope[] = districts.flatMap(({ district, name_zh: nameZh, name_en: nameEn }) => {
    const isWhole = governs(person, district)
    const inIt = own.filter(({ street }) => districtOfRegion(street) === district)
    if (!isWhole && inIt.length === 0) return []
    return {
      district,
      nameZh,
      nameEn,
      isWhole,
      stations: countIn(place => place.district === district),
      streets: inIt.map(row => ({
        street: row.street,
        nameZh: row.name_zh,
        nameEn: row.name_en,
        stations: countIn(({ street }) => street === row.street),
      })),
    }
  })
  return { isWholeCity: governs(person, undefined), stations: countIn(() => true), districts: shown }
}
