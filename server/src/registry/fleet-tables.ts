import type { FleetAct } from '@harbor/protocol'

/** Tables of the fleet's work: what was done to it. */
export interface FleetTables {
  /** Append-only. `seq` grows without a gap. */
  fleet_audit: {
    seq: number
    at_ms: number
    act: FleetAct
    /** A login, `server` or `box`. */
    actor: string
    gateway: string | null
    /** Null, as the district: it belongs to no place. */
    station: string | null
    district: string | null
    /** JSON, FleetActDetail. */
    detail: string
  }
}
