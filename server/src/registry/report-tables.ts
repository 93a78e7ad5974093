/** Tables of the reports that are made by schedule. */
export interface ReportTables {
  /** One for each district and month; never changed. */
  monthly_report: {
    district: string
    /** As 2026-10. */
    month: string
    made_at_ms: number
    /** Login; null: the schedule. */
    made_by: string | null
    /** JSON: a list of DataTable. */
    tables: string
  }
  /** Who is sent a district's report. */
  report_mailing: { login: string; district: string }
}
