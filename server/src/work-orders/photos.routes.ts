import { MAX_PHOTO_BYTES, PHOTO_MOMENTS, instantSchema, workOrderDetailSchema } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { PhotoStore } from '../photos/photo-store.ts'
import { PHOTO_TYPES } from '../photos/sniff.ts'
import { WORK_ORDER_ROLES } from './machine.ts'
import type { WorkOrders } from './work-orders.ts'

/** Pictures that one order may have: before, after, the type plate, the part, some more. */
const MAX_PHOTOS = 20

const orderPath = z.object({ id: z.string().min(1).max(100) })
const photoPath = orderPath.extend({ name: z.string().regex(/^[0-9a-f]{64}$/) })
const keySchema = z.object({
  key: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .meta({ description: 'Made by the phone: the same photo sent twice, after a lost answer, is one.' }),
  moment: z.enum(PHOTO_MOMENTS).optional().meta({ description: 'How it was found, or how it was left.' }),
  madeAt: instantSchema.optional().meta({ description: 'When it was taken, if it waited for a network.' }),
})

/** A picture's bytes. */
const jpegSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

/** Where a photo of an order is found. */
export function photoAddress(order: string, name: string): string {
  return `/api/v1/work-orders/${order}/photos/${name}`
}

/** Photos of work orders, for staff of their districts. */
export function workOrderPhotoRoutes({ orders, photos }: { orders: WorkOrders; photos: PhotoStore }): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/work-orders/{id}/photos',
      summary: `Add a photo, at most ${MAX_PHOTO_BYTES / 1e6} MB. Nothing but its pixels is kept: not where it was taken.`,
      allow: WORK_ORDER_ROLES,
      params: orderPath,
      query: keySchema,
      bytes: { types: PHOTO_TYPES, maxBytes: MAX_PHOTO_BYTES },
      response: workOrderDetailSchema,
      handle: async ({ params: { id }, query: { key, moment, madeAt }, bytes, caller }) => {
        const person = signedIn(caller)
        // Before anything is written to disk: who may not see the order leaves nothing behind.
        const order = await orders.detail(person, id)
        if (order.photos.length >= MAX_PHOTOS)
          throw new ApiProblem('conflict', `an order has at most ${MAX_PHOTOS} photos`)
        const photo = photoAddress(id, await photos.keep(bytes))
        return {
          body: await orders.act(person, id, { act: 'photo', photo, moment, madeAt, revision: order.revision, key }),
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/work-orders/{id}/photos/{name}',
      summary: 'A photo of a work order.',
      allow: WORK_ORDER_ROLES,
      params: photoPath,
      response: jpegSchema,
      textType: 'image/jpeg',
      handle: async ({ params: { id, name }, caller }) => {
        const order = await orders.detail(signedIn(caller), id)
        const bytes = order.photos.includes(photoAddress(id, name)) ? await photos.read(name) : undefined
        if (bytes === undefined) throw new ApiProblem('not_found', `the order has no photo ${name}`)
        return {
          body: bytes,
          cacheControl: 'private, max-age=31536000, immutable',
          headers: {
            'Content-Disposition': `inline; filename="photo-${name.slice(0, 12)}.jpg"`,
            'X-Content-Type-Options': 'nosniff',
            'Content-Security-Policy': "default-src 'none'; sandbox",
          },
        }
      },
    }),
  ]
}
