import type { AssetChange, AssetField, UsageMeter, WorkOrder } from '@harbor/protocol'

/** Tables of the asset register and of preventive plans. Dates are text such as 2026-02-28. */
export interface AssetTables {
  /** What is known of an appliance beside what the fleet needs; no row: nothing yet. */
  asset: {
    appliance: string
    /** The last `seq` of its changes. */
    revision: number
    /** As the register saw them last: what differs in `appliance` was changed by the fleet's own document. */
    station: string
    asset_tag: string
    model: string | null
    maker: string | null
    serial: string | null
    supplier: string | null
    installed_on: string | null
    warranty_until: string | null
    price_fen: number | null
    retired_on: string | null
  }
  /** Append-only. `actor` is a login; null: the system. */
  asset_change: {
    appliance: string
    /** From 1 on, without a gap. */
    seq: number
    at_ms: number
    actor: string | null
    by: AssetChange['by']
    field: AssetField
    before: string | null
    after: string | null
  }
  plan: {
    id: string
    title: string
    note: string | null
    severity: WorkOrder['severity']
    /** JSON, planTargetSchema. */
    target: string
    /** JSON, planScheduleSchema. */
    schedule: string
    created_at_ms: number
    /** Login. */
    created_by: string
    paused_at_ms: number | null
    /** Since when it makes orders: what was due before is not made up for. */
    active_since_ms: number
    ended_at_ms: number | null
  }
  /** No row: all districts. */
  plan_district: { plan: string; district: string }
  /** What became of each due: once for a plan, an appliance and a due, whoever asks. */
  plan_order: {
    plan: string
    appliance: string
    /** The day, the count of full rounds, or the alert. */
    due_key: string
    /** The one that was made for it, or was open anyway. */
    work_order: string
    /** False: an order made before serves. */
    is_made: number
    at_ms: number
  }
  /** What an appliance did on a day (UTC), by its plug. */
  appliance_usage: { appliance: string; meter: UsageMeter; day_ms: number; amount: number }
}
