import type { Look } from '@harbor/protocol'

/** protocol/src/finder.ts: LOOK_CELL_DEG, MAX_LOOK_CELLS and MAX_NEAR. */
const CELL_DEG = 0.05
const MAX_CELLS = 64
const MAX_STATIONS = 50

/** What to tell the server of the screen: too wide a part of the world is left out, and of too many stations the last. */
export function lookOf(box: NonNullable<Look['box']> | undefined, stations: readonly string[]): Look {
  const kept = [...new Set(stations)].slice(0, MAX_STATIONS)
  if (box === undefined) return { box: null, stations: kept }
  const [west, south, east, north] = box
  const cells = (from: number, to: number) => Math.floor(to / CELL_DEG) - Math.floor(from / CELL_DEG) + 1
  const legal = west >= -180 && south >= -90 && east <= 180 && north <= 90
  return { box: legal && cells(west, east) * cells(south, north) <= MAX_CELLS ? box : null, stations: kept }
}
