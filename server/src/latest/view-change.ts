import type { StationView } from '@harbor/protocol'
import { MAX_HEARD_AGE_MS } from '../stations/heard.ts'
import { CLOSING_SOON_MS } from '../stations/opening.ts'
import { MAX_COUNT_AGE_MS } from '../stations/space.ts'
import { MAX_SAID_AGE_MS, type StationNow } from '../stations/station-view.ts'

/** A view is never left unlooked at for longer: opening hours that are read anew on a holiday, a clock that was set. */
const LOOK_AGAIN_MS = 60 * 60_000

/**
 * What a person would call a change: all of a view but the times at which things were heard. Two views of the same
 * substance look the same, apart from their ages.
 */
export function substanceOf(view: StationView): string {
  const { heardAt: _heardAt, insideMeasuredAt: _insideMeasuredAt, space, opening, appliances, ...rest } = view
  const { countedAt: _countedAt, ...room } = space
  const { sign, ...posted } = opening
  const now = { ...posted, sign: sign && `${sign.source} ${sign.says}` }
  return JSON.stringify({ ...rest, now, room, appliances: appliances.map(({ heardAt: _appliance, ...kept }) => kept) })
}

/** When a view can change by the passing of time alone: hours, or something heard or said becoming too old. */
export function dueAtMs({ view, openingDueAtMs }: StationNow, nowMs: number): number {
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
  note(openingDueAtMs)
  for (const { at } of view.said) noteAge(at, MAX_SAID_AGE_MS)
  noteAge(view.space.countedAt, MAX_COUNT_AGE_MS)
  noteAge(view.insideMeasuredAt, MAX_HEARD_AGE_MS)
  for (const appliance of view.appliances) noteAge(appliance.heardAt, MAX_HEARD_AGE_MS)
  return Math.min(...times)
}
