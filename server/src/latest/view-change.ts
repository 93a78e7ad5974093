import type { StationView } from '@harbor/protocol'
import { MAX_COUNT_AGE_MS } from '../stations/space.ts'
import { MAX_HEARD_AGE_MS } from '../stations/station-view.ts'

/** Open with no more than this left is `closing_soon` (protocol, openingSchema). */
const CLOSING_SOON_MS = 30 * 60_000
/** A view is never left unlooked at for longer: opening hours that are read anew on a holiday, a clock that was set. */
const LOOK_AGAIN_MS = 60 * 60_000

/**
 * What a person would call a change: all of a view but the times at which things were heard. Two views of the same
 * substance look the same, apart from their ages.
 */
export function substanceOf(view: StationView): string {
  const { heardAt: _heardAt, insideMeasuredAt: _insideMeasuredAt, space, appliances, ...rest } = view
  const { countedAt: _countedAt, ...room } = space
  return JSON.stringify({ ...rest, room, appliances: appliances.map(({ heardAt: _appliance, ...kept }) => kept) })
}

/** When a view can change by the passing of time alone: hours, or something heard becoming too old. */
export function dueAtMs(view: StationView, nowMs: number): number {
  const times = [nowMs + LOOK_AGAIN_MS]
  const note = (atMs: number) => {
    if (atMs > nowMs) times.push(atMs)
  }
  // One more than the limit: what is exactly as old as the limit still counts.
  const noteAge = (heardAt: string | undefined, limitMs: number) => {
    if (heardAt !== undefined) note(Date.parse(heardAt) + limitMs + 1)
  }
  if (view.opening.changesAt !== undefined) {
    note(Date.parse(view.opening.changesAt))
    note(Date.parse(view.opening.changesAt) - CLOSING_SOON_MS)
  }
  noteAge(view.space.countedAt, MAX_COUNT_AGE_MS)
  noteAge(view.insideMeasuredAt, MAX_HEARD_AGE_MS)
  for (const appliance of view.appliances) noteAge(appliance.heardAt, MAX_HEARD_AGE_MS)
  return Math.min(...times)
}
