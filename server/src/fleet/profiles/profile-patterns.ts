/** What a profile's patterns are filled with. */
export interface PatternPlace {
  station: string
  gateway: string
}

/** A station's id without a leading word of letters: the city's name in front of a number. */
function siteOf(station: string): string {
  return station.replace(/^[a-z]+-(?=.)/, '')
}

/** Fills `{station}`, `{gateway}` and `{site}`. */
export function fillPattern(pattern: string, { station, gateway }: PatternPlace): string {
  return pattern.replaceAll('{station}', station).replaceAll('{gateway}', gateway).replaceAll('{site}', siteOf(station))
}

/** The id of a profile's thing: by its pattern, or the station's id and the thing's key. */
export function idOf({ key, id }: { key: string; id?: string | undefined }, place: PatternPlace): string {
  return fillPattern(id ?? `{station}-${key}`, place)
}
