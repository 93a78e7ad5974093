import type { Reading } from '@harbor/protocol'
import type { Directory } from '../registry/directory.ts'
import { type SignsOfLife, noteSign } from '../stations/signs.ts'

/** When the sensors of each station last showed somebody. A few numbers for each station that has such sensors. */
export interface SignBook {
  /** @param before the reading of the same device and metric before it */
  take: (reading: Reading, before: Reading | undefined) => void
  of: (station: string) => SignsOfLife
  /** Adds what was seen before; newer signs stay. */
  addPast: (station: string, past: SignsOfLife) => void
}

const NONE: SignsOfLife = {}
const KEYS = ['door', 'people', 'countMovedMs', 'presence', 'appliance'] as const

export function createSignBook({ devices, appliances }: Pick<Directory, 'devices' | 'appliances'>): SignBook {
  const book = new Map<string, SignsOfLife>()
  const entry = (station: string): SignsOfLife => {
    const known = book.get(station)
    if (known !== undefined) return known
    const created: SignsOfLife = {}
    book.set(station, created)
    return created
  }
  return {
    take: (reading, before) => {
      const device = devices.get(reading.device)
      if (device === undefined) return
      const { appliance } = device.record
      const kind = appliance === undefined ? undefined : appliances.get(appliance)?.kind
      // Of appliances a microwave's alone speak: the others work by themselves.
      if (kind !== undefined && kind !== 'microwave') return
      noteSign(entry(device.station), reading, { before, kind })
    },
    of: station => book.get(station) ?? NONE,
    addPast: (station, past) => {
      const signs = entry(station)
      for (const key of KEYS) {
        const pastMs = past[key]
        if (pastMs !== undefined) signs[key] = Math.max(signs[key] ?? pastMs, pastMs)
      }
      const since = past.watchedSinceMs
      if (since !== undefined) signs.watchedSinceMs = Math.min(signs.watchedSinceMs ?? since, since)
    },
  }
}
