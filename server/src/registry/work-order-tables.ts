import type {
  AssignmentReason,
  EscalationLevel,
  Part,
  PhotoMoment,
  WorkOrder,
  WorkOrderAct,
  WorkOrderReason,
  WorkOrderState,
} from '@harbor/protocol'

/** Tables of work orders and of the crews who do them. Persons are logins. */
export interface WorkOrderTables {
  work_order: {
    id: string
    station: string
    district: string
    /** What is to be repaired, as one key: at most one order of a thing is not closed. */
    thing: string
    appliance: string | null
    source: WorkOrder['source']
    /** The first of its alerts. */
    alert: string | null
    reports: number
    severity: WorkOrder['severity']
    title_zh: string
    title_en: string
    state: WorkOrderState
    /** The last `seq` of its steps. */
    revision: number
    created_at_ms: number
    /** Null: the system. */
    created_by: string | null
    crew: string | null
    assignee: string | null
    /** JSON, AssignmentReason; null: a person chose, or nobody is assigned. */
    assigned_because: string | null
    accept_by_ms: number
    respond_by_ms: number
    done_by_ms: number
    /** That of the three which is next; kept for lists. While the clock stands, and once it is done, that of `done`. */
    due_ms: number
    /** The stage of which somebody was reminded last. */
    reminded: 'accept' | 'on_site' | 'done' | null
    level: EscalationLevel
    /** When its clock next has something to say; null: nothing. */
    next_alarm_ms: number | null
    promised_at_ms: number | null
    paused_since_ms: number | null
    pause_reason: string | null
    done_at_ms: number | null
    verified_at_ms: number | null
    verified_by: WorkOrder['verifiedBy'] | null
    repeats: number
    /** When it was verified or cancelled; null: it is open. */
    closed_at_ms: number | null
  }
  /** Append-only: every change of a work order. `actor` null: the system itself. */
  work_order_step: {
    work_order: string
    /** From 1 on, without a gap. */
    seq: number
    act: WorkOrderAct
    at_ms: number
    actor: string | null
    from_state: WorkOrderState | null
    to_state: WorkOrderState
    note: string | null
    /** JSON, WorkOrderStepDetail; null when there is nothing more to say. */
    detail: string | null
    /** The request's own key: an act sent twice is done once. */
    request_key: string | null
  }
  /** Which order an alert is dealt with by: one. */
  work_order_alert: { alert: string; work_order: string; joined_at_ms: number }
  /** Which order a visitor's report is dealt with by: one. */
  work_order_report: { report: string; work_order: string; joined_at_ms: number }
  crew: {
    id: string
    name: string
    /** JSON lists. */
    districts: string
    skills: string
    shift: string | null
    lead: string | null
    /** WGS-84; null: not known. */
    lat_deg: number | null
    lng_deg: number | null
  }
  crew_member: { crew: string; login: string }
}

/** What a step says beside who, when and where to. */
export interface WorkOrderStepDetail {
  because?: WorkOrderReason
  assignee?: string
  reason?: AssignmentReason
  level?: EscalationLevel
  severity?: WorkOrder['severity']
  alert?: string
  report?: string
  promisedAtMs?: number
  part?: Part
  /** Of `photo`: its address, and what it shows. */
  photo?: string
  moment?: PhotoMoment
  /** When a person pressed, if the act waited for a network. */
  madeAtMs?: number
}
