import {
  type Person,
  fleetAuditPageSchema,
  fleetAuditQuerySchema,
  gatewayAuditQuerySchema,
  gatewayIdSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { FleetAudit } from './fleet-audit.ts'

export interface AuditRoutesDeps {
  audit: FleetAudit
  /** @throws ApiProblem `not_found` */
  checkReach: (person: Person, gateway: string) => Promise<void>
}

/** Who did what to the fleet, and when. */
export function auditRoutes({ audit, checkReach }: AuditRoutesDeps): Route[] {
  const allow = ['hardware', 'administrator'] as const
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/audit',
      summary: 'What was done to the fleet, newest first; rows are never changed.',
      allow,
      query: fleetAuditQuerySchema,
      response: fleetAuditPageSchema,
      handle: async ({ query, caller }) => ({ body: await audit.page(signedIn(caller), query) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/gateways/{gateway}/audit',
      summary: 'What was done to one gateway, newest first.',
      allow,
      params: z.object({ gateway: gatewayIdSchema }),
      query: gatewayAuditQuerySchema,
      response: fleetAuditPageSchema,
      handle: async ({ params: { gateway }, query, caller }) => {
        const person = signedIn(caller)
        await checkReach(person, gateway)
        return { body: await audit.page(person, { ...query, gateway }) }
      },
    }),
  ]
}
