import type { LiveDirectory } from '../registry/directory.ts'

/** So long a page is still told of a station that visitors see no more: that it is closed. Then there is none. */
const TOLD_FOR_MS = 60_000

/** What visitors see of the directory, and what they are still told of. */
export interface PublicEye {
  /** Whether it is public, or was a minute ago. */
  isTold: (station: string) => boolean
  /** Stations that are others than before. */
  changed: (stations: readonly string[]) => void
}

export function createPublicEye(
  { publicStations }: Pick<LiveDirectory, 'publicStations'>,
  nowMs: () => number,
): PublicEye {
  const seen = new Set(publicStations.keys())
  /** When each went; those of the last minute. */
  const left = new Map<string, number>()
  return {
    isTold: station =>
      publicStations.has(station) || nowMs() - (left.get(station) ?? Number.NEGATIVE_INFINITY) < TOLD_FOR_MS,
    changed: stations => {
      const atMs = nowMs()
      for (const [id, leftAtMs] of left) if (atMs - leftAtMs >= TOLD_FOR_MS) left.delete(id)
      for (const id of stations) {
        if (publicStations.has(id)) seen.add(id)
        else if (seen.delete(id)) left.set(id, atMs)
      }
    },
  }
}
