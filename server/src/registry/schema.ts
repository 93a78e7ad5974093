import type {
  AlertChange,
  AlertView,
  ApplianceKind,
  CauseKind,
  CommandAction,
  HostKind,
  HoursChange,
  Role,
  SignInStep,
  StationState,
  Vendor,
} from '@harbor/protocol'
import type { Generated } from 'kysely'
import type { AssetTables } from './asset-tables.ts'
import type { AutomationTables } from './automation-tables.ts'
import type { ChecklistTables } from './checklist-tables.ts'
import type { FeedbackTables } from './feedback-tables.ts'
import type { FleetTables } from './fleet-tables.ts'
import type { KeeperTables } from './keeper-tables.ts'
import type { RegisterTables } from './register-tables.ts'
import type { NoticeTables } from './notice-tables.ts'
import type { ReportTables } from './report-tables.ts'
import type { RolloutTables } from './rollout-tables.ts'
import type { TellTables } from './tell-tables.ts'
import type { UsageTables } from './usage-tables.ts'
import type { WorkOrderTables } from './work-order-tables.ts'

/**
 * The registry's tables. Times are milliseconds since 1970, lists and documents are JSON in text columns, so that the same
 * types hold on SQLite and PostgreSQL.
 */
export interface RegistryTables
  extends
    WorkOrderTables,
    FeedbackTables,
    AssetTables,
    ChecklistTables,
    TellTables,
    NoticeTables,
    RegisterTables,
    KeeperTables,
    ReportTables,
    UsageTables,
    AutomationTables,
    FleetTables,
    RolloutTables {
  region: { district: string; name_zh: string; name_en: string }
  /** A nine-digit code; its first six digits are its district. */
  street: { street: string; name_zh: string; name_en: string }
  station: {
    id: string
    district: string
    /** Null: not known. */
    street: string | null
    name_zh: string
    name_en: string
    address_zh: string | null
    address_en: string | null
    /** WGS-84. */
    lat_deg: number
    lng_deg: number
    hours: string | null
    capacity: number | null
    /** JSON list of facilities. */
    facilities: string
    host_kind: HostKind | null
    phone: string | null
    hint_zh: string | null
    hint_en: string | null
    floor_area_m2: number | null
    /** For staff alone. */
    notes: string | null
    /** Written by the register alone; `open` by default. */
    state: Generated<StationState>
    /** Null: as it came. */
    state_since_ms: number | null
    /** Counts what people changed. */
    revision: Generated<number>
  }
  /** Days on which a station (or, where `station` is null, a district) keeps other hours; dates as 2026-10-01, both included. */
  hours_change: {
    id: string
    station: string | null
    district: string
    kind: HoursChange['kind']
    from_date: string
    to_date: string
    /** Null: closed. */
    hours: string | null
    reason_zh: string
    reason_en: string
    created_at_ms: number
    /** Logins. */
    created_by: string
    ended_at_ms: number | null
    ended_by: string | null
  }
  appliance: { id: string; station: string; kind: ApplianceKind; model: string | null; asset_tag: string | null }
  gateway: { id: string; station: string; district: string }
  /** What the broker must know of a gateway; the row outlives the gateway, with no secret, so that its removal travels too. */
  gateway_account: { gateway: string; district: string; secret_sha256: string | null; revision: number }
  device: { id: string; gateway: string; vendor: Vendor; address: string; appliance: string | null }
  /**
   * `appliance` is empty where it is for every appliance of the model, `model` where it is for one appliance alone; `numbers` is JSON.
   * `set_by`: the login of who set it; null where the fleet document did.
   */
  rule_override: {
    rule: string
    model: string
    appliance: string
    time_scale: number
    numbers: string | null
    set_by: string | null
  }
  /** Every setting of an appliance's own numbers, and every taking back (`time_scale` null). */
  rule_override_change: {
    id: string
    rule: string
    appliance: string
    time_scale: number | null
    numbers: string | null
    reason: string
    actor: string
    at_ms: number
  }
  person: { login: string; name: string; role: Role; password_hash: string; created_at_ms: number }
  /** No row: all districts. */
  person_district: { login: string; district: string }
  /** No row: whole districts. */
  person_street: { login: string; street: string }
  /** Only the SHA-256 of a token is kept: who reads this table can sign in as nobody. */
  session: {
    token_sha256: string
    login: string
    created_at_ms: number
    seen_at_ms: number
    /** Where it was used last, shortened. Null: not known. */
    network: string | null
    /** As `Chrome · Android`. Null: not known. */
    browser: string | null
  }
  second_factor: {
    login: string
    sealed_secret: string
    created_at_ms: number
    /** Null: shown, and no code of it was given yet. */
    confirmed_at_ms: number | null
    /** The newest 30 s step of which a code was taken. */
    last_step: number
  }
  /** Those that were not used yet. */
  recovery_code: { login: string; code_sha256: string }
  /** Sign-ins whose password was right and that are not done. */
  sign_in_step: { token_sha256: string; login: string; step: SignInStep; created_at_ms: number; tries: number }
  alert: {
    id: string
    station: string
    district: string
    scope: AlertView['scope']
    /** What is at fault, as one key: `appliance:ID`, `device:ID` or `station:ID`. */
    subject: string
    /** The appliance at fault, or the one that the device at fault is on. */
    appliance: string | null
    device: string | null
    rule: string
    rule_version: number
    severity: AlertView['severity']
    state: AlertView['state']
    /** The last `seq` of its transitions. */
    revision: number
    /** When it was raised first, or, if it was suppressed from its start, when it was told after all. */
    raised_at_ms: number
    /** Since when the fault stands without a break. */
    standing_since_ms: number
    acknowledged_at_ms: number | null
    /** Login. */
    acknowledged_by: string | null
    resolved_at_ms: number | null
    suppressed_at_ms: number | null
    suppressed_cause: CauseKind | null
    /** The row of `cause`, of `maintenance`, or the station that is closed. */
    suppressed_by: string | null
    silenced_at_ms: number | null
    silenced_until_ms: number | null
    /** Login; null in a silence: the system muted it, because the fault comes and goes. */
    silenced_by: string | null
    silence_reason: string | null
    /** JSON, evidenceSchema. */
    evidence: string
  }
  /** Append-only: every change of an alert. `actor` is a login; null: the system itself. */
  alert_transition: {
    alert: string
    /** From 1 on, without a gap. */
    seq: number
    change: AlertChange
    at_ms: number
    actor: string | null
    /** JSON, what the rule saw; null when a person acted. */
    evidence: string | null
    /** JSON, TransitionDetail; null when there is nothing more to say. */
    detail: string | null
  }
  /** What was found to explain faults: a mains failure, a gateway that is offline, a plug switched off. */
  cause: {
    id: string
    station: string
    kind: CauseKind
    /** Null: it explains faults of the whole station. */
    appliance: string | null
    device: string | null
    since_ms: number
    /** Null: it still stands. */
    ended_at_ms: number | null
    /** The alert that tells of the cause itself, when there is one. */
    alert: string | null
  }
  /** Logins in `created_by` and `ended_by`. `ended_at_ms`: ended or taken back before `to_ms`. */
  maintenance: {
    id: string
    station: string
    district: string
    appliance: string | null
    from_ms: number
    to_ms: number
    reason: string
    created_at_ms: number
    created_by: string
    ended_at_ms: number | null
    ended_by: string | null
  }
  /** What staff asked of devices. Kept for who asks later who switched what. */
  command: {
    id: string
    device: string
    gateway: string
    station: string
    district: string
    action: CommandAction
    state: 'sent' | 'done' | 'refused' | 'failed' | 'expired'
    reason: string | null
    /** Login. */
    requested_by: string
    requested_at_ms: number
    expires_at_ms: number
    finished_at_ms: number | null
  }
  /** Events that the broker has not confirmed yet, oldest first. */
  event_outbox: { seq: number; topic: string; payload: string; created_at_ms: number }
  /** What the fault engine remembers between two readings. */
  fault_state: { key: string; state: string; saved_at_ms: number }
  /** Every version of a gateway's config as it was signed; the newest is what the gateway is to run. */
  gateway_config: {
    gateway: string
    version: number
    /** JSON: what a person set. */
    settings: string
    /** JSON, gatewayConfigSchema: what was signed. */
    document: string
    jws: string
    issued_at_ms: number
    /** Login, or `server` when a change of its own settings was the reason. */
    issued_by: string
    /** Of which profile it was made, with which overrides (JSON); null: by hand. */
    profile: string | null
    profile_version: number | null
    overrides: string | null
  }
  /** What a gateway said last of a config, and the version that it runs. */
  gateway_report: {
    gateway: string
    version: number
    state: 'applied' | 'refused'
    reason: string | null
    at_ms: number
    applied_version: number | null
  }
  /** Only the SHA-256 of a token is kept: who reads this table can claim nothing. */
  claim_token: {
    token_sha256: string
    station: string
    /** Whose place the box takes; null: the station's only gateway, or its first. */
    gateway: string | null
    /** Login. */
    created_by: string
    created_at_ms: number
    expires_at_ms: number
    used_at_ms: number | null
    used_gateway: string | null
    /** SHA-256 of the secret of the box that used it. */
    used_secret_sha256: string | null
    /** JSON: what the box said of itself. */
    hardware: string | null
    /** Its first letters, by which people know the paper; null: it is of a time before. */
    prefix: string | null
    /** Null: it was made by itself. */
    batch: string | null
    /** Of which a box in an empty place gets its first config; both or none. */
    profile: string | null
    profile_version: number | null
    revoked_at_ms: number | null
  }
  /** What each city's list of stations was last, and since when it is so. */
  city_list: { code: string; sha256: string; changed_at_ms: number }
  /** One row that the health check rewrites: a full or read-only disk shows here first. */
  health_probe: { id: number; at_ms: number }
}

/** What a transition says beside who and when. */
export interface TransitionDetail {
  severity?: AlertView['severity']
  reason?: string
  untilMs?: number
  cause?: CauseKind
  /** The order with which it was acknowledged. */
  workOrder?: string
}
