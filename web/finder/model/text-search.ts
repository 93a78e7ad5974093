/** What of a station can be found by typing. */
export interface SearchableStation {
  nameZh: string
  nameEn: string
  addressZh?: string | undefined
  addressEn?: string | undefined
  districtZh: string
  districtEn: string
  /** First letters of the pinyin of name and address. */
  initials: string
}

/** How well a place fits a word, best first: a name that begins with it, a name, initials, a district or address. */
const SCORES = { nameStart: 0, name: 1, initialsStart: 2, place: 3, initials: 4 } as const

/**
 * How well a station fits what was typed, 0 is best; undefined when a word of it is nowhere. Width of letters, case and
 * spaces between Han characters do not count.
 */
export function fitOf(station: SearchableStation, text: string): number | undefined {
  const words = plain(text)
    .split(' ')
    .filter(word => word !== '')
  const scores = words.map(word => wordFit(station, word))
  return scores.reduce<number | undefined>(
    (sum, score) => (sum === undefined || score === undefined ? undefined : sum + score),
    0,
  )
}

function wordFit(station: SearchableStation, word: string): number | undefined {
  const names = [plain(station.nameZh), plain(station.nameEn)]
  if (names.some(name => name.startsWith(word))) return SCORES.nameStart
  if (names.some(name => name.includes(word))) return SCORES.name
  if (station.initials.startsWith(word)) return SCORES.initialsStart
  const places = [station.districtZh, station.districtEn, station.addressZh ?? '', station.addressEn ?? '']
  if (places.some(place => plain(place).includes(word))) return SCORES.place
  return station.initials.includes(word) ? SCORES.initials : undefined
}

/** NFKC makes full-width letters plain ones. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
