import { LOOK_CELL_DEG, type Look, MAX_LOOK_CELLS } from '@harbor/protocol'
import { type Box, type Place, isInBox } from '../finder/places.ts'

/** Who looks at which part of the world. A change of a station costs what its own cell's viewers cost, not all of them. */
export interface LookBook<Viewer> {
  /** Replaces what the viewer looked at before. */
  look: (viewer: Viewer, look: Look) => void
  forget: (viewer: Viewer) => void
  /** Each who has the station in their box or named it, once. */
  viewersOf: (station: Place) => Viewer[]
}

interface Kept {
  look: Look
  cells: readonly number[]
}

export function createLookBook<Viewer>(): LookBook<Viewer> {
  const kept = new Map<Viewer, Kept>()
  const byCell = new Map<number, Map<Viewer, Box>>()
  const byStation = new Map<string, Set<Viewer>>()

  const forget = (viewer: Viewer) => {
    const before = kept.get(viewer)
    if (before === undefined) return
    kept.delete(viewer)
    for (const cell of before.cells) removeFrom(byCell, cell, viewer)
    for (const station of before.look.stations) removeFrom(byStation, station, viewer)
  }

  return {
    forget,
    look: (viewer, look) => {
      forget(viewer)
      const { box, stations } = look
      const cells = box === null ? [] : (cellsOf(box) ?? [])
      kept.set(viewer, { look, cells })
      if (box !== null) for (const cell of cells) entryOf(byCell, cell, () => new Map<Viewer, Box>()).set(viewer, box)
      for (const station of stations) entryOf(byStation, station, () => new Set<Viewer>()).add(viewer)
    },
    viewersOf: station => {
      const viewers = new Set(byStation.get(station.id))
      for (const [viewer, box] of byCell.get(cellOf(station.latDeg, station.lngDeg)) ?? [])
        if (isInBox(station, box)) viewers.add(viewer)
      return [...viewers]
    },
  }
}

const COLUMNS = Math.ceil(360 / LOOK_CELL_DEG)
const columnOf = (lngDeg: number) => Math.floor((lngDeg + 180) / LOOK_CELL_DEG)
const rowOf = (latDeg: number) => Math.floor((latDeg + 90) / LOOK_CELL_DEG)
const cellOf = (latDeg: number, lngDeg: number) => rowOf(latDeg) * COLUMNS + columnOf(lngDeg)

/** The cells that a box touches; undefined when they are more than MAX_LOOK_CELLS, or the box is inside out. */
export function cellsOf([west, south, east, north]: Box): number[] | undefined {
  if (west > east || south > north) return undefined
  const [left, right, bottom, top] = [columnOf(west), columnOf(east), rowOf(south), rowOf(north)]
  if ((right - left + 1) * (top - bottom + 1) > MAX_LOOK_CELLS) return undefined
  const cells: number[] = []
  for (let row = bottom; row <= top; row++)
    for (let column = left; column <= right; column++) cells.push(row * COLUMNS + column)
  return cells
}

function entryOf<Key, Value>(entries: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = entries.get(key) ?? make()
  entries.set(key, known)
  return known
}

function removeFrom<Key, Member>(
  entries: Map<Key, { delete: (member: Member) => unknown; readonly size: number }>,
  key: Key,
  member: Member,
): void {
  const members = entries.get(key)
  members?.delete(member)
  if (members?.size === 0) entries.delete(key)
}
