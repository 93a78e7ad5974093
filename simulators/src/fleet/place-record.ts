import type { StationRecord } from '@harbor/protocol'
import type { Place } from './places.ts'

/** Names and position of a demo station. */
export function placeOf(
  place: Place,
  number: string,
): Pick<
  StationRecord,
  'id' | 'district' | 'street' | 'nameZh' | 'nameEn' | 'addressZh' | 'addressEn' | 'latDeg' | 'lngDeg'
> {
  return {
    id: `cq-${number}`,
    district: place.district,
    street: place.street,
    nameZh: `${place.zh}劳动者港湾（演示）`,
    nameEn: `${place.en} Workers' Harbor (demo)`,
    addressZh: `重庆市${place.districtZh}${place.zh}附近（演示）`,
    addressEn: `near ${place.en}, ${place.districtEn}, Chongqing (demo)`,
    latDeg: place.latDeg,
    lngDeg: place.lngDeg,
  }
}
