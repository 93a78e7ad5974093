import { regionsSchema } from '@harbor/protocol'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { regionsOf } from './regions.ts'

/** What a person may choose to look at. */
export function regionRoutes(db: RegistryDb): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/regions',
      summary: 'Districts and streets that you may see, with the stations in them.',
      allow: 'staff',
      service: 'read',
      response: regionsSchema,
      handle: async ({ caller }) => ({ body: await regionsOf(db, signedIn(caller)) }),
    }),
  ]
}
