import type { StationView } from '@harbor/protocol'

const SEPARATOR = Buffer.from(',')
const END = Buffer.from(']}')

/** Stations as JSON, each written once for all who are told of it. */
export interface StationTexts {
  /** A StationList as JSON in UTF-8. */
  listOf: (at: string, stations: Iterable<StationView>) => Buffer
}

/** @param limit how many stations' texts are kept, of some 900 bytes each; the one written longest ago goes first */
export function createStationTexts(limit: number): StationTexts {
  // A view is never changed, a changed station has another one: the same view has the same text.
  const kept = new Map<string, { view: StationView; text: Buffer<ArrayBuffer> }>()
  const textOf = (view: StationView): Buffer<ArrayBuffer> => {
    const known = kept.get(view.id)
    if (known?.view === view) return known.text
    const text = Buffer.from(JSON.stringify(view))
    kept.delete(view.id)
    kept.set(view.id, { view, text })
    if (kept.size > limit) kept.delete(kept.keys().next().value ?? '')
    return text
  }
  return {
    listOf: (at, stations) => {
      const parts = [Buffer.from(`{"at":${JSON.stringify(at)},"stations":[`)]
      for (const view of stations) parts.push(textOf(view), SEPARATOR)
      if (parts.length > 1) parts.pop()
      parts.push(END)
      return Buffer.concat(parts)
    },
  }
}
