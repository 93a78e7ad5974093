import type { DataTable, TableCell } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Attachment } from '../tell/channels.ts'
import { tablesXlsx } from '../tables/sheet-files.ts'
import { tablesPdf } from '../tables/table-pdf.ts'

/** A report as it was made, with whose it is. */
export interface MadeReport {
  district: string
  districtNameZh: string
  districtNameEn: string
  month: string
  madeAtMs: number
  tables: readonly DataTable[]
}

/** How a report is written down. */
export interface ReportManner {
  language: 'zh' | 'en'
  timeZone: string
}

/** Undefined: there is none. */
export async function readReport(
  db: RegistryDb,
  { district, month }: { district: string; month: string },
): Promise<MadeReport | undefined> {
  const row = await db
    .selectFrom('monthly_report')
    .innerJoin('region', 'region.district', 'monthly_report.district')
    .select(['monthly_report.made_at_ms', 'monthly_report.tables', 'region.name_zh', 'region.name_en'])
    .where('monthly_report.district', '=', district)
    .where('monthly_report.month', '=', month)
    .executeTakeFirst()
  return (
    row && {
      district,
      districtNameZh: row.name_zh,
      districtNameEn: row.name_en,
      month,
      madeAtMs: Number(row.made_at_ms),
      tables: storedTables(row.tables),
    }
  )
}

/** What this server wrote itself. JSON has no undefined: what was not known came back as null. */
function storedTables(text: string): DataTable[] {
  const known = (cells: readonly (TableCell | null)[]) => cells.map(cell => cell ?? undefined)
  return (JSON.parse(text) as DataTable[]).map(table => ({
    ...table,
    rows: table.rows.map(known),
    ...(table.total !== undefined && { total: known(table.total) }),
  }))
}

/** The heading of a report: whose it is, and of when. */
export function reportTitle(
  { districtNameZh, districtNameEn, month }: Pick<MadeReport, 'districtNameZh' | 'districtNameEn' | 'month'>,
  language: 'zh' | 'en',
): string {
  return language === 'zh'
    ? `${districtNameZh}劳动者港湾月报 ${month}`
    : `Workers' harbors of ${districtNameEn}, ${month}`
}

/** All tables, to be printed. */
export function reportPdf(report: MadeReport, { language, timeZone }: ReportManner): Promise<Buffer> {
  const title = reportTitle(report, language)
  return tablesPdf(report.tables, { language, timeZone, madeAtMs: report.madeAtMs, title })
}

/** All tables, a sheet each. */
export function reportXlsx(report: MadeReport, manner: ReportManner): Promise<Uint8Array> {
  return tablesXlsx(report.tables, manner)
}

/** A report as it goes with a letter; `subject` as `500103/2026-10`. Undefined: it is no more. */
export async function reportAttachment(
  db: RegistryDb,
  subject: string,
  manner: ReportManner,
): Promise<Attachment | undefined> {
  const [district = '', month = ''] = subject.split('/')
  const report = await readReport(db, { district, month })
  return report && { name: `${district}-${month}.pdf`, type: 'application/pdf', bytes: await reportPdf(report, manner) }
}
