import type { RegisterChange, RegisterField, StationState } from '@harbor/protocol'

/** The register of stations beside the stations themselves. What was written here is never changed and never removed. */
export interface RegisterTables {
  /** What was known of a station before and after; `before` and `after` are texts as the history shows them. */
  station_change: {
    station: string
    seq: number
    at_ms: number
    /** Login. */
    actor: string
    origin: RegisterChange['origin']
    field: RegisterField
    before: string | null
    after: string | null
  }
  /** Steps of stations' lives; `from_state` is null for the first. */
  station_step: {
    station: string
    seq: number
    at_ms: number
    /** Login. */
    actor: string
    from_state: StationState | null
    to_state: StationState
    reason: string
  }
  /** Photos of stations that the public sees; `photo` is the name of the kept picture. */
  station_photo: {
    id: string
    station: string
    photo: string
    added_at_ms: number
    /** Login. */
    added_by: string
    removed_at_ms: number | null
    removed_by: string | null
  }
}
