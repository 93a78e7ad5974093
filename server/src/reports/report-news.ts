import type { News } from '../tell/news.ts'
import { type MadeReport, reportTitle } from './report-files.ts'

/** A report that was made. */
export function reportNews(report: Pick<MadeReport, 'district' | 'districtNameZh' | 'districtNameEn' | 'month'>): News {
  const { district, month } = report
  const rest = { tag: `report-${district}-${month}`, url: '/console/reports' }
  return {
    id: `report/${district}/${month}`,
    kind: 'report',
    subject: `${district}/${month}`,
    severity: 'P3',
    onlyWhile: { of: 'report', district },
    message: {
      zh: { ...rest, title: reportTitle(report, 'zh'), body: '月报已生成，随信附上；网页上也可下载表格。' },
      en: {
        ...rest,
        title: reportTitle(report, 'en'),
        body: 'The monthly report is attached; its tables are on the page.',
      },
    },
  }
}
