import type { Regions } from '@harbor/protocol'

/** A region that one may look at, with the way to it. */
export interface RegionStep {
  /** Absent: the city, or all that the person may see. */
  code: string | undefined
  /** Absent: the page's own word for all. */
  nameZh?: string
  nameEn?: string
}

/** From all that the person may see down to the region; undefined for a region that is not theirs or that nobody knows. */
export function wayTo(regions: Regions, region: string | undefined): RegionStep[] | undefined {
  const way: RegionStep[] = [{ code: undefined }]
  if (region === undefined) return way
  const district = regions.districts.find(one => one.district === region.slice(0, 6))
  if (district === undefined) return undefined
  way.push({ code: district.district, nameZh: district.nameZh, nameEn: district.nameEn })
  if (region.length === 6) return way
  const street = district.streets.find(one => one.street === region)
  if (street === undefined) return undefined
  way.push({ code: street.street, nameZh: street.nameZh, nameEn: street.nameEn })
  return way
}

/** Reads a region from an address; what is no code is none. */
export function readRegion(query: URLSearchParams): string | undefined {
  const region = query.get('region') ?? ''
  return /^[1-9](\d{5}|\d{8})$/.test(region) ? region : undefined
}
