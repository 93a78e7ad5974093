import {
  MAX_LINE_PHOTOS,
  MAX_PHOTO_BYTES,
  checklistFillDetailSchema,
  checklistFillListSchema,
  checklistFillRequestSchema,
  checklistKeySchema,
  checklistTemplateListSchema,
  checklistTemplateRequestSchema,
  checklistTemplateSchema,
  idSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { ApiProblem } from '../errors.ts'
import { PHOTO_TYPES } from '../photos/sniff.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { WORK_ORDER_ROLES } from '../work-orders/machine.ts'
import { fillDetail, listFills } from './fill-queries.ts'
import type { Checklists } from './open-checklists.ts'

const PAGE = 50
const MAX_PAGE = 200

const keyPath = z.object({ key: checklistKeySchema })
const linePath = keyPath.extend({
  line: z.string().regex(/^[a-z0-9_]{1,40}$/),
  n: z.coerce.number().int().min(1).max(MAX_LINE_PHOTOS),
})
const photoPath = keyPath.extend({ photo: z.string().regex(/^[0-9a-f]{64}$/) })

/** A picture's bytes. */
const jpegSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

/** Checklists and what was filled in, for staff of their districts. */
export function checklistRoutes({ checklists, db }: { checklists: Checklists; db: RegistryDb }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/checklists',
      summary: 'Checklists that can be filled in, each in its newest version.',
      allow: WORK_ORDER_ROLES,
      query: z.object({
        use: z.enum(['inspection', 'order']).optional(),
        retired: z.enum(['true']).optional().meta({ description: 'With those that are no longer offered.' }),
      }),
      response: checklistTemplateListSchema,
      handle: async ({ query: { use, retired } }) => ({
        body: { templates: await checklists.templates.list({ use, withRetired: retired !== undefined }) },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/checklists/{id}/versions',
      summary: 'Every version of a checklist, the newest first, at most 50.',
      allow: WORK_ORDER_ROLES,
      params: z.object({ id: idSchema }),
      response: checklistTemplateListSchema,
      handle: async ({ params: { id } }) => {
        const templates = await checklists.templates.versions(id)
        if (templates.length === 0) throw new ApiProblem('not_found', `there is no checklist ${id}`)
        return { body: { templates }, cacheControl: 'private, no-cache' }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/checklists/{id}',
      summary: 'Make the next version of a checklist. What was filled in with earlier ones stays as it is.',
      allow: ['administrator'],
      params: z.object({ id: idSchema }),
      body: checklistTemplateRequestSchema,
      response: checklistTemplateSchema,
      handle: async ({ params, body, caller }) => ({
        body: await checklists.templates.put(params.id, body, signedIn(caller)),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/checklist-fills',
      summary:
        'Send a checklist that was filled in. Each failed line opens an order; sent again with its key it is the same.',
      allow: WORK_ORDER_ROLES,
      body: checklistFillRequestSchema,
      response: checklistFillDetailSchema,
      handle: async ({ body, caller }) => {
        const { fill, isNew } = await checklists.submit(signedIn(caller), body)
        return { body: fill, status: isNew ? 201 : 200 }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/checklist-fills',
      summary: 'What was filled in within your districts, the newest first, a page at a time.',
      allow: WORK_ORDER_ROLES,
      query: z.object({
        station: idSchema.optional(),
        workOrder: z.string().min(1).max(100).optional(),
        template: idSchema.optional(),
        limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
        after: z.string().max(60).optional().meta({ description: 'The `next` of the page before.' }),
      }),
      response: checklistFillListSchema,
      handle: async ({ query, caller }) => ({
        body: await listFills(db, signedIn(caller), query),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/checklist-fills/{key}',
      summary: 'One checklist as it was filled in, line by line.',
      allow: WORK_ORDER_ROLES,
      params: keyPath,
      response: checklistFillDetailSchema,
      handle: async ({ params: { key }, caller }) => ({ body: await fillDetail(db, signedIn(caller), key) }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/checklist-fills/{key}/photos/{line}/{n}',
      summary: `Send picture n (from 1) of a line, at most ${MAX_PHOTO_BYTES / 1e6} MB. Nothing but its pixels is kept.`,
      allow: WORK_ORDER_ROLES,
      params: linePath,
      bytes: { types: PHOTO_TYPES, maxBytes: MAX_PHOTO_BYTES },
      response: checklistFillDetailSchema,
      handle: async ({ params, bytes, caller }) => ({
        body: await checklists.addPhoto(signedIn(caller), params, bytes),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/checklist-fills/{key}/photos/{photo}',
      summary: 'A picture of a checklist.',
      allow: WORK_ORDER_ROLES,
      params: photoPath,
      response: jpegSchema,
      textType: 'image/jpeg',
      handle: async ({ params: { key, photo }, caller }) => ({
        body: await checklists.readPhoto(signedIn(caller), key, photo),
        cacheControl: 'private, max-age=31536000, immutable',
        headers: {
          'Content-Disposition': `inline; filename="photo-${photo.slice(0, 12)}.jpg"`,
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
        },
      }),
    }),
  ]
}
