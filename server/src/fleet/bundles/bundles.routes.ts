import { gatewayIdSchema, newBundleSchema, reissueSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { Bundles } from './bundles.ts'

const ZIP = 'application/zip'
const zipSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

const asZip = (name: string) => ({
  'Content-Disposition': `attachment; filename="${name}.zip"`,
  'X-Content-Type-Options': 'nosniff',
})

/** What is copied onto cards, for the bench. */
export function bundleRoutes(bundles: Bundles): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/bundles',
      summary:
        "Make a ZIP for the boot partition of boxes' cards, from tokens that were just made. Neither tokens nor network are kept.",
      allow: ['hardware', 'administrator'],
      body: newBundleSchema,
      response: zipSchema,
      textType: ZIP,
      handle: async ({ body, caller }) => ({
        body: await bundles.make(signedIn(caller), body, caller.origin),
        headers: asZip(body.tokens.length === 1 ? 'harbor-card' : `harbor-cards-${new Set(body.tokens).size}`),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/gateways/{gateway}/bundle',
      summary: "Make a card's ZIP with a new token for a gateway's place. Its tokens that no box has used are dead.",
      allow: ['hardware', 'administrator'],
      params: z.object({ gateway: gatewayIdSchema }),
      body: reissueSchema,
      response: zipSchema,
      textType: ZIP,
      handle: async ({ params: { gateway }, body, caller }) => ({
        body: await bundles.reissue(signedIn(caller), gateway, { wish: body, origin: caller.origin }),
        headers: asZip(`harbor-card-${gateway}`),
        status: 201,
      }),
    }),
  ]
}
