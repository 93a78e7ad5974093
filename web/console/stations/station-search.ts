import type { StationView } from '@harbor/protocol'

/**
 * Stations whose names, address or district hold every word of `text`, in either language; case, width of letters and
 * accents do not matter.
 */
export function searchStations(stations: readonly StationView[], text: string): StationView[] {
  const words = plain(text).split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...stations]
  return stations.filter(station => {
    const { nameZh, nameEn, addressZh, addressEn, districtNameZh, districtNameEn, id } = station
    const hay = plain([nameZh, nameEn, addressZh, addressEn, districtNameZh, districtNameEn, id].join('\n'))
    return words.every(word => hay.includes(word))
  })
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
