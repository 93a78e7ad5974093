import type { DataTable, Person } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { tableCsv, tablesXlsx } from './sheet-files.ts'
import { CSV_TYPE, XLSX_TYPE } from './table-file.ts'
import { type PdfHead, tablePdf } from './table-pdf.ts'

/** A table that staff may take away: its path and query with `.csv`, `.xlsx` and `.pdf` behind the path. */
export interface TableSource<Query extends z.ZodObject> {
  /** Of the page's data, as `/api/v1/usage`. */
  path: string
  /** What the table holds, for the API's document. */
  summary: string
  allow: Route['allow']
  query: Query
  /** The table of one person's scope. */
  table: (person: Person, query: z.output<Query>) => Promise<DataTable>
  /** What the PDF holds instead; absent: the same. A sheet of paper has room for about ten columns. */
  paper?: (person: Person, query: z.output<Query>) => Promise<DataTable>
}

interface FileKind {
  ending: string
  type: string
  write: (table: DataTable, head: PdfHead) => Promise<Uint8Array>
}

const FILE_KINDS: readonly FileKind[] = [
  { ending: 'csv', type: CSV_TYPE, write: async (table, head) => Buffer.from(tableCsv(table, head)) },
  { ending: 'xlsx', type: XLSX_TYPE, write: async (table, head) => Buffer.from(await tablesXlsx([table], head)) },
  { ending: 'pdf', type: 'application/pdf', write: tablePdf },
]

const fileSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })
const languageSchema = z.object({ language: z.enum(['zh', 'en']).default('zh') })

/** One route for each kind of file. */
export function tableRoutes<Query extends z.ZodObject>(
  { path, summary, allow, query, table, paper = table }: TableSource<Query>,
  { timeZone, nowMs }: { timeZone: string; nowMs: () => number },
): Route[] {
  return FILE_KINDS.map(({ ending, type, write }) =>
    defineRoute({
      method: 'get',
      path: `${path}.${ending}`,
      summary: `${summary} As a file.`,
      allow,
      query: query.extend(languageSchema.shape) as z.ZodObject,
      response: fileSchema,
      textType: type,
      handle: async ({ query: asked, caller }) => {
        // The wrapper has parsed it by both schemas joined; each takes its own part again.
        const { language } = languageSchema.parse(asked)
        const data = await (ending === 'pdf' ? paper : table)(signedIn(caller), asked as z.output<Query>)
        return {
          body: await write(data, { language, timeZone, madeAtMs: nowMs() }),
          headers: {
            'Content-Disposition': `attachment; filename="${data.id}.${ending}"`,
            'X-Content-Type-Options': 'nosniff',
          },
        }
      },
    }),
  )
}
