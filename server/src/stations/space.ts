import type { StationView } from '@harbor/protocol'

/** A count older than this is not believed any more (docs/domain.md 3.7: "publish nothing if age > 10 min"). */
export const MAX_COUNT_AGE_MS = 10 * 60_000

/** From this share of the capacity on, room is limited (chosen: three of ten seats left in a room of ten). */
const LIMITED_FROM_SHARE = 0.7

export interface SpaceInput {
  /** Newest count; undefined: nobody ever counted. A counter that missed entries may be below 0. */
  people: number | undefined
  /** When it was counted, milliseconds since 1970. */
  countedAtMs: number | undefined
  /** Seats; undefined: not known. */
  capacity: number | undefined
  atMs: number
}

/**
 * Room left at `atMs`. Without a capacity, or without a count from the last 10 minutes, it is `unknown` and carries no
 * count: an old count is never shown as new. `full` from 100 % of the capacity, `limited` from 70 %.
 */
export function spaceState({ people, countedAtMs, capacity, atMs }: SpaceInput): StationView['space'] {
  const space: StationView['space'] = { state: 'unknown' }
  if (capacity !== undefined) space.capacity = capacity
  if (people === undefined || countedAtMs === undefined) return space
  space.countedAt = new Date(countedAtMs).toISOString()
  if (atMs - countedAtMs > MAX_COUNT_AGE_MS) return space
  space.people = Math.max(0, Math.round(people))
  if (capacity === undefined) return space
  const share = space.people / capacity
  if (share >= 1) space.state = 'full'
  else space.state = share >= LIMITED_FROM_SHARE ? 'limited' : 'free'
  return space
}
