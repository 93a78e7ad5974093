import { MAX_LINE_PHOTOS, MAX_PHOTO_BYTES } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { PHOTO_TYPES } from '../photos/sniff.ts'
import type { StockPhotos } from './stock-photos.ts'
import { MAY_KEEP } from './stock.routes.ts'

const keyPath = z.object({ key: z.string().regex(/^[0-9a-f]{32}$/) })
const placePath = keyPath.extend({
  batch: z.string().min(1).max(60),
  n: z.coerce.number().int().min(1).max(MAX_LINE_PHOTOS),
})
const jpegSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

/** Pictures of what was counted. */
export function stockPhotoRoutes(photos: StockPhotos): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/api/v1/stock-checks/{key}/photos/{batch}/{n}',
      summary: `Send picture n (from 1) of a batch that you counted, at most ${MAX_PHOTO_BYTES / 1e6} MB. Nothing but its pixels is kept.`,
      allow: MAY_KEEP,
      params: placePath,
      bytes: { types: PHOTO_TYPES, maxBytes: MAX_PHOTO_BYTES },
      handle: async ({ params, bytes, caller }) => {
        await photos.add(signedIn(caller), params, bytes)
        return {}
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stock-checks/{key}/photos/{photo}',
      summary: 'A picture of what was counted.',
      allow: MAY_KEEP,
      params: keyPath.extend({ photo: z.string().regex(/^[0-9a-f]{64}$/) }),
      response: jpegSchema,
      textType: 'image/jpeg',
      handle: async ({ params: { key, photo }, caller }) => ({
        body: await photos.read(signedIn(caller), key, photo),
        cacheControl: 'private, max-age=31536000, immutable',
        headers: {
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
        },
      }),
    }),
  ]
}
