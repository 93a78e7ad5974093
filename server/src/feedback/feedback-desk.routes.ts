import {
  FEEDBACK_TOPICS,
  feedbackCloseSchema,
  feedbackListSchema,
  feedbackReplySchema,
  feedbackViewSchema,
  idSchema,
  regionCodeSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { FEEDBACK_CHOICES, type FeedbackDesk } from './feedback-desk.ts'

/** Reports on one page. */
const PAGE = 100
const MAX_PAGE = 500

const reportPath = z.object({ id: idSchema })
/** Who speaks for the stations to the public. */
const MAY_ANSWER = ['keeper', 'maintainer', 'manager', 'administrator'] as const
/** Who decides what the public sees of other people's photos. */
const MAY_RELEASE = ['keeper', 'manager', 'administrator'] as const

const querySchema = z.object({
  state: z.enum(FEEDBACK_CHOICES).default('open').meta({
    description: '`open`: received, in work, or done and not confirmed.',
  }),
  region: regionCodeSchema.optional(),
  station: idSchema.optional(),
  appliance: idSchema.optional(),
  topic: z.enum(FEEDBACK_TOPICS).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
  after: z.string().max(120).optional().meta({ description: 'The `next` of the page before.' }),
})

/** A picture's bytes. */
const jpegSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })
const JPEG = 'image/jpeg'
/** Never opened as anything but a picture, whatever a browser thinks of it, and named so that a saved one says what it is. */
const asPicture = (id: string) => ({
  'Content-Disposition': `inline; filename="photo-${id}.jpg"`,
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
})

/** Visitors' reports as staff work on them, and the photos that they release. */
export function feedbackDeskRoutes({ desk, nowMs }: { desk: FeedbackDesk; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/feedback',
      summary: 'Visitors’ reports of your districts, newest first, a page at a time.',
      allow: 'staff',
      query: querySchema,
      response: feedbackListSchema,
      handle: async ({ query, caller }) => {
        const { feedback, next } = await desk.list(signedIn(caller), query)
        const at = new Date(nowMs()).toISOString()
        return { body: { at, feedback, ...(next !== undefined && { next }) }, cacheControl: 'private, no-cache' }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/feedback/{id}/reply',
      summary: 'Reply to a report. The visitor reads it; telephone numbers and the like are masked.',
      allow: MAY_ANSWER,
      params: reportPath,
      body: feedbackReplySchema,
      response: feedbackViewSchema,
      handle: async ({ params: { id }, body: { text }, caller }) => ({
        body: await desk.reply(signedIn(caller), id, text),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/feedback/{id}/close',
      summary: 'Close a report, with a last reply or without.',
      allow: MAY_ANSWER,
      params: reportPath,
      body: feedbackCloseSchema,
      response: feedbackViewSchema,
      handle: async ({ params: { id }, body: { text }, caller }) => ({
        body: await desk.close(signedIn(caller), id, text),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/feedback-photos/{id}',
      summary: 'A photo of a report, for staff of its district.',
      allow: 'staff',
      params: reportPath,
      response: jpegSchema,
      textType: JPEG,
      handle: async ({ params: { id }, caller }) => ({
        body: await desk.photo(signedIn(caller), id),
        cacheControl: 'private, no-cache',
        headers: asPicture(id),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/feedback-photos/{id}/release',
      summary: 'Show a photo to everybody on the station’s page.',
      allow: MAY_RELEASE,
      params: reportPath,
      response: feedbackViewSchema,
      handle: async ({ params: { id }, caller }) => ({ body: await desk.release(signedIn(caller), id) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/feedback-photos/{id}/release',
      summary: 'Take a photo off the station’s page.',
      allow: MAY_RELEASE,
      params: reportPath,
      response: feedbackViewSchema,
      handle: async ({ params: { id }, caller }) => ({ body: await desk.withdraw(signedIn(caller), id) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/photos/{id}',
      summary: 'A photo that staff released, at most 1,280 pixels wide.',
      allow: 'anyone',
      params: reportPath,
      response: jpegSchema,
      textType: JPEG,
      handle: async ({ params: { id } }) => ({
        body: await desk.publicPhoto(id),
        // Asked about each time, so that one which is withdrawn is gone.
        cacheControl: 'no-cache',
        headers: asPicture(id),
      }),
    }),
  ]
}
