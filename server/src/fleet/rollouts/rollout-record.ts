import { type DataTable, type RolloutEvent, type RolloutView, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import { tableCsv, tablesXlsx } from '../../tables/sheet-files.ts'
import { CSV_TYPE, XLSX_TYPE } from '../../tables/table-file.ts'
import { type PdfHead, tablePdf } from '../../tables/table-pdf.ts'
import type { Rollouts } from './rollouts.ts'

/** Lines read in one go. */
const PAGE = 500

/** The record of a rollout as a table. */
export function recordTable(
  { rollout, name }: Pick<RolloutView, 'rollout' | 'name'>,
  events: readonly RolloutEvent[],
): DataTable {
  return {
    id: `rollout-${rollout}`,
    titleZh: `分批下发记录：${name}`,
    titleEn: `Record of the rollout ${name}`,
    columns: [
      { key: 'seq', nameZh: '序号', nameEn: 'No.', kind: 'count' },
      { key: 'at', nameZh: '时间', nameEn: 'Time', kind: 'instant' },
      { key: 'event', nameZh: '事件', nameEn: 'Event', kind: 'text' },
      { key: 'by', nameZh: '执行者', nameEn: 'By', kind: 'text' },
      { key: 'stage', nameZh: '阶段', nameEn: 'Stage', kind: 'text' },
      { key: 'gateway', nameZh: '网关', nameEn: 'Gateway', kind: 'text' },
      { key: 'state', nameZh: '状态', nameEn: 'State', kind: 'text' },
      { key: 'failure', nameZh: '失败', nameEn: 'Failure', kind: 'text' },
      { key: 'reason', nameZh: '原因', nameEn: 'Reason', kind: 'text' },
      { key: 'version', nameZh: '配置版本', nameEn: 'Config version', kind: 'text' },
    ],
    rows: events.map(({ seq, at, event, by, stage, gateway, state, failure, reason, version }) => [
      seq,
      at,
      event,
      by,
      // As people count them.
      stage === undefined ? undefined : String(stage + 1),
      gateway,
      state,
      failure,
      reason,
      version === undefined ? undefined : String(version),
    ]),
    notes: [
      {
        zh: '记录只增不改；每一行与其所述的变更在同一事务中写入。',
        en: 'Rows are added and never changed; each was written together with the change that it tells.',
      },
    ],
  }
}

const FILES = [
  {
    ending: 'csv',
    type: CSV_TYPE,
    write: async (table: DataTable, head: PdfHead) => Buffer.from(tableCsv(table, head)),
  },
  {
    ending: 'xlsx',
    type: XLSX_TYPE,
    write: async (table: DataTable, head: PdfHead) => Buffer.from(await tablesXlsx([table], head)),
  },
  { ending: 'pdf', type: 'application/pdf', write: tablePdf },
] as const

const fileSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

/** The record as a file to take away. */
export function recordRoutes(
  rollouts: Pick<Rollouts, 'view' | 'events'>,
  { timeZone, nowMs }: { timeZone: string; nowMs: () => number },
): Route[] {
  return FILES.map(({ ending, type, write }) =>
    defineRoute({
      method: 'get',
      path: `/api/v1/fleet/rollouts/{rollout}/events.${ending}`,
      summary: 'The record of a rollout. As a file.',
      allow: ['hardware', 'administrator'],
      params: z.object({ rollout: idSchema }),
      query: z.object({ language: z.enum(['zh', 'en']).default('zh') }),
      response: fileSchema,
      textType: type,
      handle: async ({ params: { rollout }, query: { language }, caller }) => {
        const person = signedIn(caller)
        const head = await rollouts.view(person, rollout)
        const events: RolloutEvent[] = []
        for (let after: number | undefined = 0; after !== undefined;) {
          const page = await rollouts.events(person, rollout, { after, limit: PAGE })
          events.push(...page.events)
          after = page.next
        }
        const table = recordTable(head, events)
        return {
          body: await write(table, { language, timeZone, madeAtMs: nowMs() }),
          headers: {
            'Content-Disposition': `attachment; filename="${table.id}.${ending}"`,
            'X-Content-Type-Options': 'nosniff',
          },
        }
      },
    }),
  )
}
