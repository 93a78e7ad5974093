import type { ShiftAct, StockAct, StockKind } from '@harbor/protocol'

/** Tables of keepers and volunteers, and of what a station keeps in stock. Persons are `login:NAME` or `volunteer:ID` where it says person. */
export interface KeeperTables {
  /** No row: nobody has to open the station. */
  rota_station: { station: string; needs_keeper: 0 | 1; set_by: string; at_ms: number }
  /** A name and one way to reach them, until two years after they left. */
  volunteer: {
    id: string
    district: string
    name: string
    contact: string | null
    /** Of the key in the address of their calendar. */
    calendar_sha256: string
    created_at_ms: number
    created_by: string
  }
  rota_member: {
    station: string
    person: string
    added_at_ms: number
    added_by: string
    ended_at_ms: number | null
    ended_by: string | null
  }
  /** A shift of every week, or day. Minutes since midnight on the stations' clock. */
  rota_pattern: {
    id: string
    station: string
    rrule: string
    first_day: string
    from_minute: number
    half_hours: number
    person: string | null
    created_at_ms: number
    created_by: string
    ended_at_ms: number | null
    ended_by: string | null
  }
  shift: {
    id: string
    station: string
    district: string
    from_ms: number
    to_ms: number
    /** With `day`: one shift of a pattern a day. */
    pattern: string | null
    day: string | null
    /** Null: open. */
    person: string | null
    /** 0: not on offer. */
    is_offered: 0 | 1
    /** Who would take it. */
    taken_by: string | null
    checked_in_ms: number | null
    shown_by: 'door' | 'word' | null
    checked_out_ms: number | null
    cancelled_at_ms: number | null
    /** Counts every change. */
    revision: number
  }
  /** What makes a double booking impossible: a person has each half hour once. */
  shift_half_hour: { person: string; half_hour: number; shift: string }
  /** Append-only: every act on a shift. */
  shift_act: {
    shift: string
    /** The shift's revision after it. */
    revision: number
    act: ShiftAct | 'made'
    /** Whose it was after the act. */
    person: string | null
    /** Login. */
    actor: string
    at_ms: number
  }
  stock_item: {
    id: string
    station: string
    district: string
    kind: StockKind
    name: string
    unit: string
    low: number | null
    created_at_ms: number
    created_by: string
  }
  stock_batch: { id: string; item: string; batch: string; quantity: number; expires_on: string | null }
  /** Append-only: who, what, before, after. */
  stock_change: {
    batch: string
    /** From 1 on, without a gap. */
    seq: number
    item: string
    act: StockAct
    before: number
    after: number
    note: string | null
    /** The check that it was part of. */
    check_key: string | null
    actor: string
    at_ms: number
  }
  /** Append-only: the monthly checks. */
  stock_check: {
    key: string
    station: string
    district: string
    note: string | null
    filled_at_ms: number
    received_at_ms: number
    actor: string
  }
  /** Pictures of a batch, taken at a check; n counts from 1. */
  stock_photo: { check_key: string; batch: string; n: number; photo: string }
  /** No row: the key of a station's screen was never made anew. */
  display_key: { station: string; rotation: number; at_ms: number; actor: string }
  /** What was said once: reminders, calls, warnings of expiry. */
  keeper_news: { key: string; at_ms: number }
}
