import {
  COORDINATE_SYSTEMS,
  MAX_IMPORT_BYTES,
  MAX_PHOTO_BYTES,
  idSchema,
  lifeCycleRequestSchema,
  lifeCycleSchema,
  registerCheckRequestSchema,
  registerCheckSchema,
  registerDetailSchema,
  registerFilterSchema,
  registerImportSchema,
  registerListSchema,
  stationCreateSchema,
  stationEditSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { MAY_CLOSE } from '../alerts/may-quieten.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { PHOTO_TYPES } from '../photos/sniff.ts'
import { CSV_TYPE, XLSX_TYPE } from '../tables/table-file.ts'
import { GEOJSON_TYPE } from './geojson.ts'
import type { ImportOptions } from './register-import.ts'
import type { Register } from './register.ts'
import type { StationLife } from './station-life.ts'

const PAGE = 100
const MAX_PAGE = 500

const stationPath = z.object({ id: idSchema })
const yesNo = z.enum(['true', 'false'])

export interface RegisterRoutesDeps {
  register: Register
  life: StationLife
  importTable: (
    bytes: Uint8Array,
    options: Pick<ImportOptions, 'person' | 'type' | 'system' | 'isDry' | 'isSure'>,
  ) => Promise<z.input<typeof registerImportSchema>>
  nowMs: () => number
}

/** The register of stations of a person's regions: list, detail, making, changing, the steps of their lives, tables. */
export function registerRoutes({ register, life, importTable, nowMs }: RegisterRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/register/stations',
      summary: 'Stations of your regions in every state of their lives, by id, a page at a time.',
      allow: 'staff',
      service: 'read',
      query: registerFilterSchema.extend({
        limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
        after: idSchema.optional().meta({ description: 'The `next` of the page before.' }),
      }),
      response: registerListSchema,
      handle: async ({ query, caller }) => {
        const { stations, total, next } = await register.list(signedIn(caller), query)
        return {
          body: { at: new Date(nowMs()).toISOString(), stations, total, ...(next !== undefined && { next }) },
          cacheControl: 'private, no-cache',
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/register/stations',
      summary: 'Register a planned station; it gets the next code of its district.',
      allow: MAY_CLOSE,
      body: stationCreateSchema,
      response: registerDetailSchema,
      handle: async ({ body, caller }) => ({ body: await register.create(signedIn(caller), body), status: 201 }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/register/check',
      summary:
        'Whether hours can be read, and what days they make; whether a position looks like another coordinate system’s.',
      allow: MAY_CLOSE,
      body: registerCheckRequestSchema,
      response: registerCheckSchema,
      handle: async ({ body, caller }) => ({ body: await register.check(signedIn(caller), body) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/register/import',
      summary: 'Take a table of stations over: all rows or none. A dry run names every bad row and column.',
      allow: MAY_CLOSE,
      query: z.object({
        dry: yesNo.default('true'),
        system: z
          .enum(COORDINATE_SYSTEMS)
          .optional()
          .meta({ description: 'Of every position; absent: each row has to name it.' }),
        sure: yesNo.default('false').meta({ description: 'The doubtful positions were looked at, and are right.' }),
      }),
      bytes: { types: [CSV_TYPE, XLSX_TYPE, GEOJSON_TYPE], maxBytes: MAX_IMPORT_BYTES },
      response: registerImportSchema,
      handle: async ({ query: { dry, system, sure }, bytes, caller }) => ({
        body: await importTable(bytes, {
          person: signedIn(caller),
          type: typeOf(bytes),
          system,
          isDry: dry === 'true',
          isSure: sure === 'true',
        }),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/register/stations/{id}',
      summary: 'One station with its history, its life and its photos.',
      allow: 'staff',
      service: 'read',
      params: stationPath,
      response: registerDetailSchema,
      handle: async ({ params, caller }) => ({
        body: await register.detail(signedIn(caller), params.id),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/register/stations/{id}',
      summary: 'Change what is known of a station. What is left out is not known any more; the position stays.',
      allow: MAY_CLOSE,
      params: stationPath,
      body: stationEditSchema,
      response: registerDetailSchema,
      handle: async ({ params, body, caller }) => ({ body: await register.edit(signedIn(caller), params.id, body) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/register/stations/{id}/photos',
      summary: 'Add a photo of the station for everybody: JPEG, PNG or WebP; nothing is kept of it but its pixels.',
      allow: MAY_CLOSE,
      params: stationPath,
      bytes: { types: PHOTO_TYPES, maxBytes: MAX_PHOTO_BYTES },
      response: registerDetailSchema,
      handle: async ({ params, bytes, caller }) => ({
        body: await register.addPhoto(signedIn(caller), params.id, bytes),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/register/stations/{id}/photos/{photo}',
      summary: 'Remove a photo of the station.',
      allow: MAY_CLOSE,
      params: stationPath.extend({ photo: z.string().min(1).max(100) }),
      response: registerDetailSchema,
      handle: async ({ params, caller }) => ({
        body: await register.removePhoto(signedIn(caller), params.id, params.photo),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/life-cycle',
      summary: 'Where a station is in its life, and by whom.',
      allow: 'staff',
      params: stationPath,
      response: lifeCycleSchema,
      handle: async ({ params, caller }) => ({ body: await life.of(signedIn(caller), params.id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/life-cycle',
      summary: 'The next step of a station’s life: built, accepted, open, suspended, closed.',
      allow: MAY_CLOSE,
      params: stationPath,
      body: lifeCycleRequestSchema,
      response: lifeCycleSchema,
      handle: async ({ params, body, caller }) => ({ body: await life.step(signedIn(caller), params.id, body) }),
    }),
  ]
}

/** By what it is, and not by what the sender calls it: a ZIP file begins with PK, JSON with a brace. */
function typeOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return XLSX_TYPE
  const start = new TextDecoder().decode(bytes.subarray(0, 100)).trimStart()
  return start.startsWith('{') ? GEOJSON_TYPE : CSV_TYPE
}
