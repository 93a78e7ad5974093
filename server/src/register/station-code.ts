/**
 * Letters of provinces by the first two digits of a district's code (GB/T 2260-2007, table of letter codes): what a station's code
 * begins with.
 */
const PROVINCES: Readonly<Record<string, string>> = {
  11: 'BJ',
  12: 'TJ',
  13: 'HE',
  14: 'SX',
  15: 'NM',
  21: 'LN',
  22: 'JL',
  23: 'HL',
  31: 'SH',
  32: 'JS',
  33: 'ZJ',
  34: 'AH',
  35: 'FJ',
  36: 'JX',
  37: 'SD',
  41: 'HA',
  42: 'HB',
  43: 'HN',
  44: 'GD',
  45: 'GX',
  46: 'HI',
  50: 'CQ',
  51: 'SC',
  52: 'GZ',
  53: 'YN',
  54: 'XZ',
  61: 'SN',
  62: 'GS',
  63: 'QH',
  64: 'NX',
  65: 'XJ',
  71: 'TW',
  81: 'HK',
  82: 'MO',
}

/** What every id of a district's stations begins with: `cq-500103-`. */
export function idStem(district: string): string {
  return `${(PROVINCES[district.slice(0, 2)] ?? 'ST').toLowerCase()}-${district}-`
}

/**
 * Free ids in a district, one after another: the number after the highest that was ever given. Stations are never deleted, so that no
 * code is given twice.
 *
 * @param taken ids of the district's stations
 */
export function* freeIds(district: string, taken: Iterable<string>): Generator<string> {
  const stem = idStem(district)
  let highest = 0
  for (const id of taken) {
    const tail = id.startsWith(stem) ? id.slice(stem.length) : ''
    if (/^\d{1,9}$/.test(tail)) highest = Math.max(highest, Number(tail))
  }
  for (let number = highest + 1; ; number += 1) yield `${stem}${String(number).padStart(2, '0')}`
}

/** As it stands on signs: an id in capital letters. */
export function codeOf(id: string): string {
  return id.toUpperCase()
}
