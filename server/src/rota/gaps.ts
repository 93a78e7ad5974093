/** A stretch of time in ms since 1970, `[fromMs, toMs)`. */
export interface Stretch {
  fromMs: number
  toMs: number
}

/** A stretch of opening hours with nobody on the rota, and the whole stretch of hours that it lies in. */
export interface Gap extends Stretch {
  /** When the hours that it lies in begin: the same however much of them is covered meanwhile. */
  openingMs: number
}

/** What of posted hours no shift covers, soonest first. Both may overlap, touch and lie in any order. */
export function gapsIn(openings: readonly Stretch[], shifts: readonly Stretch[]): Gap[] {
  const covered = shifts.filter(({ fromMs, toMs }) => fromMs < toMs).toSorted((a, b) => a.fromMs - b.fromMs)
  const gaps: Gap[] = []
  for (const opening of joined(openings)) {
    let atMs = opening.fromMs
    for (const shift of covered) {
      if (shift.toMs <= atMs) continue
      if (shift.fromMs >= opening.toMs) break
      if (shift.fromMs > atMs) gaps.push({ fromMs: atMs, toMs: shift.fromMs, openingMs: opening.fromMs })
      atMs = shift.toMs
    }
    if (atMs < opening.toMs) gaps.push({ fromMs: atMs, toMs: opening.toMs, openingMs: opening.fromMs })
  }
  return gaps
}

/** Stretches that overlap or touch as one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const { fromMs, toMs } of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs >= toMs) continue
    const last = all.at(-1)
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs)
    else all.push({ fromMs, toMs })
  }
  return all
}
