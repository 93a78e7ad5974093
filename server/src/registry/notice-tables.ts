import type { NoticeView, ReceiptState } from '@harbor/protocol'

/** Tables of orders and their receipts, and of the weather. */
export interface NoticeTables {
  /** Written once, never changed. */
  notice: {
    id: string
    /** The page's own key: the same order sent twice is there once. */
    request_key: string
    kind: NoticeView['kind']
    severity: NoticeView['severity']
    title_zh: string
    title_en: string
    text_zh: string
    text_en: string
    is_public: number
    needs_photo: number
    deadline_ms: number | null
    /** JSON, noticeChoiceSchema. */
    choice: string
    /** JSON, noticeHoursSchema. */
    hours: string | null
    until_heat_ends_in: string | null
    supersedes: string | null
    issued_at_ms: number
    /** Login. */
    issued_by: string
  }
  /** That an order no longer stands: a row is added, the order itself stays. `actor` null: by itself. */
  notice_end: {
    notice: string
    state: 'withdrawn' | 'superseded' | 'ended'
    at_ms: number
    actor: string | null
    reason: string
  }
  /** How far each addressee is; what happened is in `notice_step`. */
  notice_addressee: {
    notice: string
    n: number
    /** Either a station or a login. */
    station: string | null
    login: string | null
    /** The station's; empty for a person. */
    district: string
    state: ReceiptState
    at_ms: number
    actor: string | null
    note: string | null
    escalated_at_ms: number | null
  }
  /** Append-only: every change of an order and of its receipts. */
  notice_step: {
    notice: string
    /** From 1 on, without a gap. */
    seq: number
    /** Null: the order as a whole. */
    n: number | null
    what: string
    at_ms: number
    actor: string | null
    note: string | null
    /** The phone's own key of an act. */
    request_key: string | null
  }
  notice_photo: { notice: string; n: number; photo: string; at_ms: number; actor: string }
  /** What is to happen by itself, each once. */
  notice_due: {
    notice: string
    what: 'tell' | 'remind' | 'escalate' | 'escalate_city'
    due_ms: number
    done_at_ms: number | null
  }
  /** Longer hours that an order brings to a station; `id` is that of the change of hours. */
  notice_hours: {
    id: string
    notice: string
    station: string
    hours: string
    applied_at_ms: number | null
    ended_at_ms: number | null
  }
  /** JSON, weatherSchema. `typed_by`: login; null: it came over the topic. */
  weather_now: { district: string; weather: string; at_ms: number; typed_by: string | null }
  /** By the stations' clock. */
  weather_day: { district: string; date: string; max_c: number; min_c: number }
}
