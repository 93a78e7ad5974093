import type { ContactKind } from '@harbor/protocol'

/** Tables of automation: programs that may do something, and what they have people told. */
export interface AutomationTables {
  /** A program that may use the API. The row outlives the account: its name stands in histories. */
  service_account: {
    name: string
    /** JSON list of rights. */
    rights: string
    /** JSON list; empty: the whole city. */
    districts: string
    /** JSON list; null: whole districts. */
    streets: string | null
    created_at_ms: number
    /** Login, or `system`. */
    created_by: string
    revoked_at_ms: number | null
    revoked_by: string | null
  }
  /** The row outlives the token: one that was ended is never taken again. */
  service_token: {
    id: string
    account: string
    token_sha256: string
    created_at_ms: number
    used_at_ms: number | null
    ended_at_ms: number | null
  }
  /** What service accounts changed or were refused. */
  automation_act: {
    id: string
    account: string
    flow: string | null
    method: string
    path: string
    status: number
    reason: string | null
    at_ms: number
  }
  /** What an account said of itself last. */
  automation_heartbeat: {
    account: string
    heard_at_ms: number
    /** JSON, flows. */
    flows: string
    /** Null: it is heard. */
    silent_since_ms: number | null
  }
  /** Every event that left, in order. The newest is always kept, so that no `seq` is given twice. */
  event_feed: {
    seq: number
    district: string
    /** Null: it is about a whole district, or several stations of it. */
    station: string | null
    /** JSON, CloudEvent without `sequence`. */
    payload: string
    at_ms: number
  }
  /** How a station was when that was told last. */
  station_status: { station: string; status: 'open' | 'closed' | 'unknown'; at_ms: number }
  /** How far a consumer of an account has read. */
  feed_cursor: { account: string; consumer: string; after_seq: number; at_ms: number }
  /** Groups' robots and people's phones, for Node-RED to send by. */
  contact_channel: {
    id: string
    kind: ContactKind
    name: string
    target: string
    /** Null: a group. */
    login: string | null
    /** Null: the whole city. */
    region: string | null
    /** JSON lists. */
    roles: string
    severities: string
    /** JSON; null: none. */
    quiet: string | null
    language: 'zh' | 'en'
    created_at_ms: number
    created_by: string
  }
  /** Who was told of what, by its key: once. */
  notify_seen: { key: string; at_ms: number }
  /** How much a person or channel was told within its present window. */
  notify_window: { key: string; end_ms: number; sent: number; pending: number; due_ms: number | null }
  /** What waits for the end of a window or of quiet hours. */
  notify_held: { id: string; key: string; account: string; message: string; created_at_ms: number }
  /** What is to be handed on: to a person by the server's own ways, or to a channel by Node-RED. */
  notify_delivery: {
    id: string
    account: string
    /** Either a person's login or a channel's id is set. */
    login: string | null
    channel: string | null
    /** JSON, what is told. */
    message: string
    /** How many messages it stands for. */
    count: number
    /** `waiting`: also what was handed out, until its lease is over; `dropped`: it no longer held. */
    state: 'waiting' | 'delivered' | 'dropped' | 'dead'
    due_ms: number
    tries: number
    reason: string | null
    created_at_ms: number
    ended_at_ms: number | null
  }
}
