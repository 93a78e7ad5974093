import {
  MAX_PHOTO_BYTES,
  type Role,
  idSchema,
  noticeActSchema,
  noticeChoiceSchema,
  noticeDetailSchema,
  noticeEndSchema,
  noticeListSchema,
  noticePreviewSchema,
  noticeRequestSchema,
  publicNoticesSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { PHOTO_TYPES } from '../photos/sniff.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import { noticesTable, receiptsTable } from './notice-tables.ts'
import type { Notices } from './notices.ts'

/** Who may write orders; how far theirs reach is a matter of what they govern. */
export const MAY_ISSUE: readonly Role[] = ['manager', 'administrator']

const noticePath = z.object({ id: z.string().min(1).max(100) })
const receiptPath = noticePath.extend({ n: z.coerce.number().int().positive() })
const photoPath = receiptPath.extend({ name: z.string().regex(/^[0-9a-f]{64}$/) })
const jpegSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

const listQuery = z.object({
  state: z.enum(['standing', 'all']).default('standing'),
  station: idSchema.optional().meta({ description: 'Only those to this station.' }),
})

interface NoticeRoutesDeps {
  notices: Notices
  timeZone: string
  nowMs: () => number
}

export function noticeRoutes({ notices, timeZone, nowMs }: NoticeRoutesDeps): Route[] {
  const at = () => new Date(nowMs()).toISOString()
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/notices',
      summary: 'Orders that you wrote or that concern what you look after, newest first, at most 100.',
      allow: 'staff',
      service: 'read',
      query: listQuery,
      response: noticeListSchema,
      handle: async ({ query: { state, station }, caller }) => {
        const person = signedIn(caller)
        const list = await notices.list(person, { isStanding: state === 'standing', station })
        return {
          body: { at: at(), notices: list, mayIssue: MAY_ISSUE.includes(person.role) },
          cacheControl: 'private, no-cache',
        }
      },
    }),
    ...tableRoutes(
      {
        path: '/api/v1/notices',
        summary: 'Orders with how far each is, newest first, at most 100.',
        allow: 'staff',
        query: listQuery,
        table: async (person, { state, station }) =>
          noticesTable(await notices.list(person, { isStanding: state === 'standing', station })),
      },
      { timeZone, nowMs },
    ),
    ...tableRoutes(
      {
        path: '/api/v1/notice-receipts',
        summary: 'The receipts of one order, as far as they are yours to see.',
        allow: 'staff',
        query: z.object({ notice: z.string().min(1).max(100) }),
        table: async (person, { notice }) => receiptsTable(await notices.detail(person, notice)),
      },
      { timeZone, nowMs },
    ),
    defineRoute({
      method: 'post',
      path: '/api/v1/notices/preview',
      summary: 'Exactly whom an order to this choice would go to.',
      allow: MAY_ISSUE,
      body: noticeChoiceSchema,
      response: noticePreviewSchema,
      handle: async ({ body, caller }) => ({ body: await notices.preview(signedIn(caller), body) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notices',
      summary:
        'Issue an order. It cannot be edited afterwards, only withdrawn or replaced; sent twice it is there once.',
      allow: MAY_ISSUE,
      body: noticeRequestSchema,
      response: noticeDetailSchema,
      handle: async ({ body, caller }) => {
        const { notice, isNew } = await notices.issue(signedIn(caller), body)
        return { body: notice, status: isNew ? 201 : 200 }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/notices/{id}',
      summary: 'One order with its receipts and its history, as far as they are yours to see.',
      allow: 'staff',
      service: 'read',
      params: noticePath,
      response: noticeDetailSchema,
      handle: async ({ params, caller }) => ({
        body: await notices.detail(signedIn(caller), params.id),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notices/{id}/acts',
      summary: 'Answer for receipts of yours: read, accepted, done, declined. The same key twice is one answer.',
      allow: 'staff',
      params: noticePath,
      body: noticeActSchema,
      response: noticeDetailSchema,
      handle: async ({ params, body, caller }) => ({ body: await notices.act(signedIn(caller), params.id, body) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notices/{id}/remind',
      summary: 'Tell those who have not done it again, by all their ways; at most once in 5 minutes.',
      allow: MAY_ISSUE,
      params: noticePath,
      response: noticeDetailSchema,
      handle: async ({ params, caller }) => ({ body: await notices.remind(signedIn(caller), params.id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notices/{id}/withdraw',
      summary: 'Take an order of yours back; hours that it made longer end with it. It stays to be read.',
      allow: MAY_ISSUE,
      params: noticePath,
      body: noticeEndSchema,
      response: noticeDetailSchema,
      handle: async ({ params, body, caller }) => ({
        body: await notices.withdraw(signedIn(caller), params.id, body.reason),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notices/{id}/receipts/{n}/photos',
      summary: `Add a photo as proof, at most ${MAX_PHOTO_BYTES / 1e6} MB. Nothing but its pixels is kept; the same picture twice is one.`,
      allow: 'staff',
      params: receiptPath,
      bytes: { types: PHOTO_TYPES, maxBytes: MAX_PHOTO_BYTES },
      response: noticeDetailSchema,
      handle: async ({ params, bytes, caller }) => ({
        body: await notices.addPhoto(signedIn(caller), params, bytes),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/notices/{id}/receipts/{n}/photos/{name}',
      summary: 'A photo of a receipt.',
      allow: 'staff',
      params: photoPath,
      response: jpegSchema,
      textType: 'image/jpeg',
      handle: async ({ params: { id, n, name }, caller }) => ({
        body: await notices.readPhoto(signedIn(caller), { id, n, photo: name }),
        cacheControl: 'private, max-age=31536000, immutable',
        headers: {
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
        },
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/notices',
      summary: 'What stands at a station for everybody.',
      allow: 'anyone',
      params: z.object({ id: idSchema }),
      response: publicNoticesSchema,
      handle: async ({ params }) => ({
        body: { at: at(), notices: [...notices.publicAt(params.id)] },
        cacheControl: 'no-cache',
      }),
    }),
  ]
}
