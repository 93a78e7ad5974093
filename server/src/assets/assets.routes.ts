import {
  APPLIANCE_KINDS,
  MAX_IMPORT_BYTES,
  WARRANTY_STATES,
  assetDetailSchema,
  assetEditSchema,
  assetListSchema,
  districtSchema,
  idSchema,
  importResultSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { tableOf } from './asset-table.ts'
import { type Assets, EDIT_ROLES, IMPORT_ROLES } from './assets.ts'
import { CSV_TYPE, XLSX_TYPE, tableType, writeCsvTable, writeXlsxTable } from '../tables/table-file.ts'

const PAGE = 100
const MAX_PAGE = 500
/** The most that one export has. */
const MAX_EXPORT = 50_000

/** What narrows a list, as it stands in an address. */
export const assetFilterSchema = z.object({
  kind: z.enum(APPLIANCE_KINDS).optional(),
  station: idSchema.optional(),
  district: districtSchema.optional(),
  warranty: z.enum(WARRANTY_STATES).optional().meta({ description: '`ending`: within 90 days.' }),
  service: z.enum(['in', 'retired', 'all']).default('in'),
  q: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .optional()
    .meta({ description: 'Part of a tag, id, model, serial, maker, station.' }),
})
const languageSchema = z.object({ language: z.enum(['zh', 'en']).default('zh') })
const tagPath = z.object({ tag: z.string().min(1).max(80) })
const fileSchema = z.custom<string | Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

/** A file that a browser saves under a name. */
export const asFile = (name: string) => ({
  'Content-Disposition': `attachment; filename="${name}"`,
  'X-Content-Type-Options': 'nosniff',
})

/** The register of appliances of a person's districts. */
export function assetRoutes({ assets, nowMs }: { assets: Assets; nowMs: () => number }): Route[] {
  const exported = async (
    person: Parameters<Assets['list']>[0],
    { language, q, ...filter }: z.output<typeof exportSchema>,
  ) => {
    const { assets: all } = await assets.list(person, { ...filter, text: q, limit: MAX_EXPORT })
    return tableOf(all, language)
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/assets',
      summary: 'Appliances of your districts, a page at a time.',
      allow: 'staff',
      query: assetFilterSchema.extend({
        limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
        after: idSchema.optional().meta({ description: 'The `next` of the page before.' }),
      }),
      response: assetListSchema,
      handle: async ({ query: { q, ...query }, caller }) => {
        const { assets: page, total, next } = await assets.list(signedIn(caller), { ...query, text: q })
        const at = new Date(nowMs()).toISOString()
        return {
          body: { at, assets: page, total, ...(next !== undefined && { next }) },
          cacheControl: 'private, no-cache',
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/assets/export.csv',
      summary: 'The register as a table (CSV, UTF-8), as the import takes it.',
      allow: 'staff',
      query: exportSchema,
      response: fileSchema,
      textType: `${CSV_TYPE}; charset=utf-8`,
      handle: async ({ query, caller }) => ({
        body: writeCsvTable(await exported(signedIn(caller), query)),
        headers: asFile('assets.csv'),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/assets/export.xlsx',
      summary: 'The register as a spreadsheet, as the import takes it.',
      allow: 'staff',
      query: exportSchema,
      response: fileSchema,
      textType: XLSX_TYPE,
      handle: async ({ query, caller }) => ({
        body: Buffer.from(await writeXlsxTable(await exported(signedIn(caller), query))),
        headers: asFile('assets.xlsx'),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/assets/import',
      summary:
        'Take a table over: all rows or none. A dry run says what it would do, and names every bad row and column.',
      allow: IMPORT_ROLES,
      query: z.object({ dry: z.enum(['true', 'false']).default('true') }),
      bytes: { types: [CSV_TYPE, XLSX_TYPE], maxBytes: MAX_IMPORT_BYTES },
      response: importResultSchema,
      handle: async ({ query: { dry }, bytes, caller }) => ({
        body: await assets.importTable(signedIn(caller), bytes, { type: tableType(bytes), isDry: dry === 'true' }),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/assets/{tag}',
      summary: 'One appliance by its tag or id, with its life.',
      allow: 'staff',
      params: tagPath,
      response: assetDetailSchema,
      handle: async ({ params: { tag }, caller }) => ({
        body: await assets.detail(signedIn(caller), tag),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/assets/{tag}',
      summary: 'Change what is known of an appliance, or where it stands. What is left out is not known any more.',
      allow: EDIT_ROLES,
      params: tagPath,
      body: assetEditSchema,
      response: assetDetailSchema,
      handle: async ({ params: { tag }, body, caller }) => ({ body: await assets.edit(signedIn(caller), tag, body) }),
    }),
  ]
}

const exportSchema = assetFilterSchema.extend(languageSchema.shape)
