import { z } from 'zod'
import { openApiDocument } from './openapi.ts'
import { type Route, defineRoute } from './route.ts'

/** The routes with one more: the document that describes them all, itself included. */
export function withOpenApi(routes: readonly Route[]): readonly Route[] {
  const all: Route[] = [
    ...routes,
    defineRoute({
      method: 'get',
      path: '/api/openapi.json',
      summary: 'This document.',
      allow: 'anyone',
      response: z.record(z.string(), z.unknown()),
      handle: async () => ({ body: document, cacheControl: 'no-cache' }),
    }),
  ]
  const document = openApiDocument(all) as unknown as Record<string, unknown>
  return all
}
