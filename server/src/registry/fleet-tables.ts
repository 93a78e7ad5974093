import type { FleetAct } from '@harbor/protocol'

/** Tables of the fleet's work: what was done to it, profiles, and batches of claim tokens. */
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
  /** A template of a station's equipment; what it says is in its versions. */
  profile: { id: string; name_zh: string; name_en: string }
  /** Append-only: a version never changes. From 1 on, without a gap. */
  profile_version: {
    profile: string
    version: number
    /** As it was written. */
    text: string
    /** JSON, ProfileDocument: what was read. */
    document: string
    note: string
    saved_at_ms: number
    /** Login, or `server`. */
    saved_by: string
  }
  /** Claim tokens that were made together. Logins in `created_by` and `revoked_by`. */
  claim_batch: {
    id: string
    name: string
    created_at_ms: number
    created_by: string
    expires_at_ms: number
    /** Of which a box in an empty place gets its first config; both or none. */
    profile: string | null
    profile_version: number | null
    revoked_at_ms: number | null
    revoked_by: string | null
  }
}
