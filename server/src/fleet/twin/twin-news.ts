import type { TwinNews } from '@harbor/protocol'

/** How often a place's gateways are named at most. */
const EVERY_MS = 1_000
/** Gateways named at once (protocol, TwinNews). */
const MAX_NAMED = 500

interface Place {
  station: string
  district: string
}

/** Tells pages which gateways are others than before: together, at most once a second. */
export interface TwinTeller {
  changed: (gateway: string, at: Place) => void
  stop: () => void
}

/** @param tell to all who may see that place, and to nobody else; `streetOf`: those limited to streets hear of theirs alone */
export function createTwinTeller(
  tell: (news: TwinNews, at: Place) => void,
  streetOf: (station: string) => string | undefined,
): TwinTeller {
  let timer: NodeJS.Timeout | undefined
  /** By street, or by district where the street is not known. Bounded by the city's. */
  const waiting = new Map<string, { at: Place; gateways: Set<string> }>()

  const flush = (): void => {
    timer = undefined
    for (const { at, gateways } of waiting.values()) {
      const isAll = gateways.size > MAX_NAMED
      tell({ gateways: [...gateways].slice(0, MAX_NAMED), ...(isAll && { isAll }) }, at)
    }
    waiting.clear()
  }

  return {
    changed: (gateway, { station, district }) => {
      const key = streetOf(station) ?? district
      const place = waiting.get(key) ?? { at: { station, district }, gateways: new Set() }
      place.gateways.add(gateway)
      waiting.set(key, place)
      timer ??= setTimeout(flush, EVERY_MS)
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      waiting.clear()
    },
  }
}
