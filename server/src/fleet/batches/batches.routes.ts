import { batchListSchema, batchViewSchema, idSchema, issuedBatchSchema, newBatchSchema } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../../errors.ts'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { ClaimBatches } from './claim-batches.ts'

const params = z.object({ batch: idSchema })
const allow = ['hardware', 'administrator'] as const

export interface BatchRoutesDeps {
  batches: ClaimBatches
  /** Where this server is reached from outside; undefined: as each request says. */
  publicUrl: string | undefined
}

/** Claim tokens for many boxes at once. */
export function batchRoutes({ batches, publicUrl }: BatchRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/claim-batches',
      summary: 'Make claim tokens for many boxes, and the sheet to print. Both are shown this once.',
      allow,
      body: newBatchSchema,
      response: issuedBatchSchema,
      handle: async ({ body, caller }) => {
        const serverUrl = body.serverUrl ?? publicUrl ?? caller.origin
        // A sheet without an address would be found out at the stations.
        if (serverUrl === '')
          throw new ApiProblem('invalid_request', 'the public address is not known: set PUBLIC_URL, or give serverUrl')
        return { body: await batches.create(signedIn(caller), body, serverUrl.replace(/\/+$/, '')), status: 201 }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/claim-batches',
      summary: 'Batches of claim tokens, newest first, and how many boxes have used theirs.',
      allow,
      response: batchListSchema,
      handle: async ({ caller }) => ({ body: await batches.list(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/claim-batches/{batch}',
      summary: 'A batch and its boxes.',
      allow,
      params,
      response: batchViewSchema,
      handle: async ({ params: { batch }, caller }) => ({ body: await batches.view(signedIn(caller), batch) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/claim-batches/{batch}/revoke',
      summary: 'Take back the tokens of a batch that no box has used.',
      allow,
      params,
      response: batchViewSchema,
      handle: async ({ params: { batch }, caller }) => ({ body: await batches.revoke(signedIn(caller), batch) }),
    }),
  ]
}
