import { gatewayIdSchema, gatewayViewSchema } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { GatewayStatuses } from '../ingest/gateway-statuses.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

export interface GatewayRoutesDeps {
  db: RegistryDb
  statuses: Pick<GatewayStatuses, 'newest' | 'lastOnline'>
}

/** What gateways say of themselves and of who is on their networks. */
export function gatewayRoutes({ db, statuses }: GatewayRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/gateways/{id}',
      summary: 'A gateway: online or not, its newest status with the devices it found and those it misses.',
      allow: 'staff',
      service: 'read',
      params: z.object({ id: gatewayIdSchema }),
      response: gatewayViewSchema,
      handle: async ({ params: { id }, caller }) => {
        const row = await db
          .selectFrom('gateway')
          .selectAll()
          .where('id', '=', id)
          .where(withinScope(signedIn(caller), { district: 'gateway.district', station: 'gateway.station' }))
          .executeTakeFirst()
        if (row === undefined) throw new ApiProblem('not_found', `there is no gateway ${id} in your districts`)
        const heard = statuses.newest(id)
        const said = statuses.lastOnline(id)
        return {
          body: {
            ...row,
            online: heard?.status.online ?? false,
            ...(heard !== undefined && { heardAt: new Date(heard.receivedAtMs).toISOString() }),
            ...(said !== undefined && { status: said.status }),
          },
        }
      },
    }),
  ]
}
