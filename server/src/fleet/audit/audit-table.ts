import {
  type DataTable,
  type FleetAuditPage,
  type FleetAuditQuery,
  type Person,
  fleetAuditQuerySchema,
} from '@harbor/protocol'
import type { Route } from '../../http/route.ts'
import { tableRoutes } from '../../tables/table-routes.ts'
import type { FleetAudit } from './fleet-audit.ts'

/** Rows of one file: the newest. Chosen: a spreadsheet is still read with ease. */
const MAX_ROWS = 5_000

/** The fleet's record as a table. Acts are named as in the API, so that files of years fit each other. */
export function auditTable({ rows, next }: FleetAuditPage): DataTable {
  return {
    id: 'fleet-record',
    titleZh: '网关运维记录',
    titleEn: "The fleet's record",
    columns: [
      { key: 'at', nameZh: '时间', nameEn: 'When', kind: 'instant' },
      { key: 'act', nameZh: '操作', nameEn: 'Act', kind: 'text' },
      { key: 'by', nameZh: '操作人', nameEn: 'By', kind: 'text' },
      { key: 'gateway', nameZh: '网关', nameEn: 'Gateway', kind: 'text' },
      { key: 'station', nameZh: '站点', nameEn: 'Station', kind: 'text' },
      { key: 'district', nameZh: '区县代码', nameEn: 'District code', kind: 'text' },
      { key: 'detail', nameZh: '详情', nameEn: 'Details', kind: 'text' },
      { key: 'seq', nameZh: '序号', nameEn: 'No.', kind: 'count' },
    ],
    rows: rows.map(({ at, act, by, gateway, station, district, detail, seq }) => [
      at,
      act,
      by,
      gateway,
      station,
      district,
      Object.entries(detail)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' '),
      seq,
    ]),
    notes:
      next === undefined
        ? []
        : [
            {
              zh: `只含最新的 ${MAX_ROWS} 行；更早的请加筛选条件。`,
              en: `The newest ${MAX_ROWS} rows alone; narrow it down for older ones.`,
            },
          ],
  }
}

/** The record as files, filtered as the page is. */
export function auditFileRoutes(
  audit: FleetAudit,
  { timeZone, nowMs }: { timeZone: string; nowMs: () => number },
): Route[] {
  const query = fleetAuditQuerySchema.pick({ gateway: true, station: true, act: true, by: true })
  return tableRoutes(
    {
      path: '/api/v1/fleet/audit',
      summary: 'What was done to the fleet.',
      allow: ['hardware', 'administrator'],
      query,
      table: async (person: Person, asked: Omit<FleetAuditQuery, 'limit' | 'before'>) =>
        auditTable(await audit.page(person, { ...asked, limit: MAX_ROWS })),
    },
    { timeZone, nowMs },
  )
}
