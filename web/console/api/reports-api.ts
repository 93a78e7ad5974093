import {
  type MonthlyReport,
  type MonthlyReportList,
  monthlyReportListSchema,
  monthlyReportSchema,
} from '@harbor/protocol'
import type { Ask } from './work-orders-api.ts'

/** Monthly reports in the HTTP API. Every method rejects with a RequestError. */
export interface ReportsApi {
  list: (signal?: AbortSignal) => Promise<MonthlyReportList>
  /** One that is there already stays as it is. */
  make: (key: { district: string; month: string }) => Promise<MonthlyReport>
  /** Districts whose reports are sent to the person from now on. */
  setMailed: (districts: readonly string[]) => Promise<MonthlyReportList>
}

export function createReportsApi(ask: Ask): ReportsApi {
  return {
    list: signal => ask('reports', monthlyReportListSchema, { signal }),
    make: ({ district, month }) => ask(`reports/${district}/${month}`, monthlyReportSchema, { method: 'POST' }),
    setMailed: districts => ask('reports/mailed', monthlyReportListSchema, { method: 'PUT', body: { districts } }),
  }
}

/** Where a report lies as a file. */
export function reportPath(
  { district, month }: Pick<MonthlyReport, 'district' | 'month'>,
  format: 'pdf' | 'xlsx',
  language: 'zh' | 'en',
): string {
  return `/api/v1/reports/${district}/${month}/report.${format}?language=${language}`
}
