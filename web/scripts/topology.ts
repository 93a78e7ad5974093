/** Longitude and latitude in degrees. */
export type LngLat = [number, number]

/** One closed ring, without its last point repeated, and the area it belongs to. */
export interface OwnedRing {
  owner: string
  points: readonly LngLat[]
}

/** A piece of border between two places where three or more borders meet; whoever shares it is an owner. */
export interface Arc {
  points: LngLat[]
  owners: string[]
}

export interface Topology {
  arcs: Arc[]
  /** Each ring as arcs in order: index `i` runs forward, `~i` backward. */
  rings: { owner: string; arcs: number[] }[]
}

/**
 * Makes borders that are meant to be the same the same: neighbours of the source often differ by a few points along a
 * common border, which would draw two lines with a gap between. Points nearer than `toleranceDeg` to a point met before
 * become that point, and an edge that passes so near to another ring's point takes it in.
 */
export function snapRings(rings: readonly OwnedRing[], toleranceDeg: number): OwnedRing[] {
  const cells = new Map<string, LngLat[]>()
  const cellOf = (deg: number) => Math.floor(deg / toleranceDeg)
  const near = ([lng, lat]: LngLat): LngLat[] =>
    [-1, 0, 1].flatMap(dx => [-1, 0, 1].flatMap(dy => cells.get(`${cellOf(lng) + dx},${cellOf(lat) + dy}`) ?? []))
  const closest = (point: LngLat) =>
    near(point)
      .map(other => ({ other, offDeg: Math.hypot(other[0] - point[0], other[1] - point[1]) }))
      .filter(({ offDeg }) => offDeg <= toleranceDeg)
      .sort((a, b) => a.offDeg - b.offDeg)[0]?.other
  const snapped = rings.map(({ owner, points }) => {
    const seen = points.map(point => closest(point) ?? point)
    // Only after the whole ring: a ring is not to be snapped to itself, which would take its detail away.
    for (const point of seen) {
      const cell = `${cellOf(point[0])},${cellOf(point[1])}`
      const held = cells.get(cell) ?? []
      if (!held.includes(point)) cells.set(cell, [...held, point])
    }
    return { owner, points: withoutRepeats(seen) }
  })
  return snapped.map(({ owner, points }) => {
    const own = new Set(points.map(keyOf))
    const full = points.flatMap((point, index) => {
      const next = points[(index + 1) % points.length] ?? point
      return [point, ...passedPoints(point, next, { near, own, toleranceDeg })]
    })
    return { owner, points: withoutRepeats(full) }
  })
}

interface Passing {
  near: (point: LngLat) => LngLat[]
  own: ReadonlySet<string>
  toleranceDeg: number
}

/** Points of other rings that the edge from `a` to `b` passes nearer than the tolerance, in order from `a`. */
function passedPoints(a: LngLat, b: LngLat, { near, own, toleranceDeg }: Passing): LngLat[] {
  const lengthDeg = Math.hypot(b[0] - a[0], b[1] - a[1])
  const steps = Math.ceil(lengthDeg / toleranceDeg)
  const found = new Map<string, LngLat>()
  for (let step = 0; step <= steps; step++) {
    const share = steps === 0 ? 0 : step / steps
    for (const point of near([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share])) {
      if (!own.has(keyOf(point)) && distanceToSegmentDeg(point, a, b) <= toleranceDeg) found.set(keyOf(point), point)
    }
  }
  const alongDeg = (point: LngLat) => (point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])
  return [...found.values()].sort((p, q) => alongDeg(p) - alongDeg(q))
}

function withoutRepeats(points: readonly LngLat[]): LngLat[] {
  return points.filter((point, index) => {
    const before = points.at(index - 1)
    return points.length < 2 || before === undefined || keyOf(before) !== keyOf(point)
  })
}

const keyOf = ([lng, lat]: LngLat) => `${lng},${lat}`

/**
 * Cuts rings into the arcs that neighbours share, so that a border is stored, simplified and drawn once: simplified ring
 * by ring, neighbours would drift apart and leave gaps.
 */
export function arcsOf(rings: readonly OwnedRing[]): Topology {
  const junctions = findJunctions(rings)
  const arcs: Arc[] = []
  const known = new Map<string, number>()
  const indexOf = (points: LngLat[], owner: string): number => {
    const forward = points.map(keyOf).join(' ')
    const backward = points.toReversed().map(keyOf).join(' ')
    const found = known.get(forward) ?? known.get(backward)
    const index = found ?? arcs.push({ points, owners: [] }) - 1
    if (found === undefined) known.set(forward, index)
    const arc = arcs[index]
    if (arc !== undefined && !arc.owners.includes(owner)) arc.owners.push(owner)
    return known.has(forward) ? index : ~index
  }
  return {
    arcs,
    rings: rings.map(({ owner, points }) => ({
      owner,
      arcs: cut(points, junctions).map(piece => indexOf(piece, owner)),
    })),
  }
}

/** Points where a border begins or ends being shared: those with more than two different neighbours in all rings. */
function findJunctions(rings: readonly OwnedRing[]): Set<string> {
  const neighbours = new Map<string, Set<string>>()
  for (const { points } of rings) {
    points.forEach((point, index) => {
      const set = neighbours.get(keyOf(point)) ?? new Set()
      neighbours.set(keyOf(point), set)
      for (const beside of [points.at(index - 1), points[(index + 1) % points.length]])
        if (beside !== undefined) set.add(keyOf(beside))
    })
  }
  return new Set([...neighbours].flatMap(([key, set]) => (set.size > 2 ? [key] : [])))
}

/** A ring's pieces, each from one junction to the next, both included; a ring without any is one closed piece. */
function cut(points: readonly LngLat[], junctions: ReadonlySet<string>): LngLat[][] {
  const first = Math.max(
    0,
    points.findIndex(point => junctions.has(keyOf(point))),
  )
  const turned = [...points.slice(first), ...points.slice(0, first)]
  const start = turned[0]
  if (start === undefined) return []
  turned.push(start)
  const pieces: LngLat[][] = []
  let piece: LngLat[] = [start]
  for (const point of turned.slice(1)) {
    piece.push(point)
    if (!junctions.has(keyOf(point))) continue
    pieces.push(piece)
    piece = [point]
  }
  if (piece.length > 1) pieces.push(piece)
  return pieces
}

/** Douglas and Peucker: drops points closer than `toleranceDeg` to the line without them. The ends stay. */
export function simplifyLine(points: readonly LngLat[], toleranceDeg: number): LngLat[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || points.length <= 2) return [...points]
  let farthest = 0
  let farthestDeg = 0
  points.forEach((point, index) => {
    const offDeg = distanceToSegmentDeg(point, first, last)
    if (offDeg > farthestDeg) [farthest, farthestDeg] = [index, offDeg]
  })
  if (farthestDeg <= toleranceDeg) return [first, last]
  const head = simplifyLine(points.slice(0, farthest + 1), toleranceDeg)
  return [...head.slice(0, -1), ...simplifyLine(points.slice(farthest), toleranceDeg)]
}

/** In degrees as on a plane: at 30° north the error in longitude is 15 %, which a drawing's tolerance bears. */
function distanceToSegmentDeg([x, y]: LngLat, [ax, ay]: LngLat, [bx, by]: LngLat): number {
  const [dx, dy] = [bx - ax, by - ay]
  const length2 = dx * dx + dy * dy
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length2))
  return Math.hypot(x - ax - along * dx, y - ay - along * dy)
}
