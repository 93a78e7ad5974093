import type { ChecklistTemplate } from '@harbor/protocol'

/** Tables of checklists. Persons are logins. */
export interface ChecklistTables {
  /** Append-only: a version is never changed. */
  checklist_template: {
    id: string
    /** From 1 on, without a gap. */
    version: number
    use: ChecklistTemplate['use']
    appliance_kind: string | null
    /** 0 or 1. */
    is_retired: number
    /** JSON, checklistTemplateSchema. */
    document: string
    created_at_ms: number
    /** Null: it came with the system. */
    created_by: string | null
  }
  /** Checklists as they were filled in; never changed. */
  checklist_fill: {
    /** Made by the phone. */
    key: string
    template: string
    version: number
    station: string
    district: string
    work_order: string | null
    filled_by: string
    /** By the phone's clock. */
    filled_at_ms: number
    received_at_ms: number
    failed: number
  }
  checklist_answer: {
    fill: string
    line: string
    /** JSON, a text or a number; null: none was given. */
    value: string | null
    note: string | null
    /** 0 or 1. */
    failed: number
    /** How many pictures were announced. */
    photos: number
    /** The order that the line opened or joined. */
    work_order: string | null
  }
  /** `photo` is its name in the photo store. */
  checklist_photo: { fill: string; line: string; n: number; photo: string }
}
