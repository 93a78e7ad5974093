import type { ApplianceKind, StationDetail } from '@harbor/protocol'

/** What may be switched off when a station has closed; a fridge never. */
const OFF_KINDS: readonly ApplianceKind[] = ['air_conditioner', 'water_dispenser']

/** Somebody who stays longer after the closing than this is left alone for good (chosen). */
export const GIVE_UP_MS = 3 * 3_600_000

/** How long before it opens a hot station is cooled (chosen: a split air conditioner takes a room of 30 m² down by some 6 K in that time). */
export const PRECOOL_LEAD_MS = 30 * 60_000

/** How long after a command at closing failed it is tried once more (chosen: a gateway that starts anew is back by then). */
export const AGAIN_AFTER_MS = 5 * 60_000

/** A count of people older than this says nothing about who is inside. */
const COUNT_HOLDS_MS = 10 * 60_000

export type ClosingDecision =
  /** Switch these off; none: nothing of it runs. */
  | { act: 'off'; devices: string[] }
  /** Ask again: somebody is inside, or nobody can tell. */
  | { act: 'wait'; because: 'people' | 'not_counted' }

/** What to do at a station that has closed. Where nobody counts people nothing is switched: a person in the dark is worse than a night's current. */
export function decideClosing(station: StationDetail, nowMs: number): ClosingDecision {
  const devices = relaysOf(station, OFF_KINDS, true)
  if (devices.length === 0) return { act: 'off', devices }
  const { people, countedAt, arrived } = station.space
  const isFresh = countedAt !== undefined && nowMs - Date.parse(countedAt) <= COUNT_HOLDS_MS
  if (!isFresh || people === undefined) return { act: 'wait', because: 'not_counted' }
  const isOccupied = people > 0 || (arrived?.count ?? 0) > 0 || saysOpen(station, nowMs)
  return isOccupied ? { act: 'wait', because: 'people' } : { act: 'off', devices }
}

/** A sign of life within the last ten minutes: a door, a motion, a microwave; of people counted the count itself is newer. */
function saysOpen({ opening: { sign } }: StationDetail, nowMs: number): boolean {
  return sign?.says === 'open' && sign.source !== 'people' && nowMs - Date.parse(sign.at) <= COUNT_HOLDS_MS
}

/** Air conditioners to switch on before a station opens, when it is hot outside. */
export function decidePrecool(station: StationDetail, outside: { outdoorC: number; fromC: number }): string[] {
  return outside.outdoorC < outside.fromC ? [] : relaysOf(station, ['air_conditioner'], false)
}

/** Devices whose relay is as asked, on appliances of these kinds. */
function relaysOf({ appliances, readings }: StationDetail, kinds: readonly ApplianceKind[], isOn: boolean): string[] {
  const wanted = new Set(appliances.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id))
  return readings
    .filter(
      ({ metric, appliance, value }) =>
        metric === 'relay' && appliance !== undefined && wanted.has(appliance) && value === (isOn ? 1 : 0),
    )
    .map(({ device }) => device)
}
