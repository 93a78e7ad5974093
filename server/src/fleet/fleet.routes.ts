import {
  MAX_TOKEN_LIFE_MS,
  MIN_TOKEN_LIFE_MS,
  claimAnswerSchema,
  claimRequestSchema,
  claimTokenViewSchema,
  configReportedSchema,
  confirmQuerySchema,
  firstProfileSchema,
  gatewayConfigSchema,
  gatewayIdSchema,
  idSchema,
  instantSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { ClaimLimits } from './claim-limits.ts'
import type { Claims } from './claims.ts'
import { configSettingsSchema } from './config-document.ts'
import type { GatewayConfigs } from './gateway-configs.ts'

/** Chosen: a working day at the bench. */
const LIFE_MS = 12 * 3_600_000

const tokenWishSchema = z.strictObject({
  station: idSchema,
  gateway: gatewayIdSchema.optional().meta({ description: 'Whose place the box takes, where a station has several.' }),
  expiresInMs: z.int().min(MIN_TOKEN_LIFE_MS).max(MAX_TOKEN_LIFE_MS).default(LIFE_MS),
  firstProfile: firstProfileSchema.optional(),
})

const gatewayConfigViewSchema = z
  .object({
    gateway: gatewayIdSchema,
    /** Absent: it was never given one. */
    desired: z
      .object({ version: z.int(), issuedAt: instantSchema, issuedBy: z.string(), config: gatewayConfigSchema })
      .optional(),
    /** The gateway's last word; absent: it has not spoken. */
    reported: configReportedSchema.omit({ atMs: true }).extend({ at: instantSchema }).optional(),
    /** What it runs by its own word. */
    appliedVersion: z.int().optional(),
  })
  .meta({ id: 'GatewayConfigView' })

export interface FleetRoutesDeps {
  claims: Claims
  limits: ClaimLimits
  fleet: Pick<GatewayConfigs, 'configOf' | 'checkReach' | 'issueConfig'>
}

/** Boxes become gateways here, and gateways are told what to run. */
export function fleetRoutes({ claims, limits, fleet }: FleetRoutesDeps): Route[] {
  const params = z.object({ gateway: gatewayIdSchema })
  const viewOf = async (gateway: string): Promise<z.input<typeof gatewayConfigViewSchema>> => {
    const { latest, report } = await fleet.configOf(gateway)
    return {
      gateway,
      ...(latest !== undefined && {
        desired: {
          version: latest.document.version,
          issuedAt: new Date(latest.issuedAtMs).toISOString(),
          issuedBy: latest.issuedBy,
          config: latest.document,
        },
      }),
      ...(report !== undefined && {
        reported: {
          version: report.version,
          state: report.state,
          ...(report.reason !== undefined && { reason: report.reason }),
          at: new Date(report.atMs).toISOString(),
        },
        ...(report.appliedVersion !== undefined && { appliedVersion: report.appliedVersion }),
      }),
    }
  }
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/claim-tokens',
      summary: 'Make a token with which one box becomes the gateway of a station. It is shown this once.',
      allow: ['hardware', 'administrator'],
      body: tokenWishSchema,
      response: claimTokenViewSchema,
      handle: async ({ body, caller }) => ({ body: await claims.createToken(signedIn(caller), body), status: 201 }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/claim',
      summary: 'What a blank box asks with its token. The same box may ask again for 15 minutes.',
      allow: 'anyone',
      body: claimRequestSchema,
      response: claimAnswerSchema,
      handle: async ({ body, caller }) => {
        await limits.attempt(caller.address)
        const answer = await claims.claim(body, caller.address)
        await limits.succeeded(caller.address)
        return { body: answer }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/gateways/{gateway}/config',
      summary: "A gateway's config: what it is to run, and what it said of it.",
      allow: ['hardware', 'administrator'],
      params,
      response: gatewayConfigViewSchema,
      handle: async ({ params: { gateway }, caller }) => {
        await fleet.checkReach(signedIn(caller), gateway)
        return { body: await viewOf(gateway) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/gateways/{gateway}/config',
      summary: 'Give a gateway a config: the next version, signed, and sent to it.',
      allow: ['hardware', 'administrator'],
      params,
      query: confirmQuerySchema,
      body: configSettingsSchema,
      response: gatewayConfigViewSchema,
      handle: async ({ params: { gateway }, query: { confirm }, body, caller }) => {
        await fleet.issueConfig(signedIn(caller), gateway, { settings: body, confirm })
        return { body: await viewOf(gateway), status: 201 }
      },
    }),
  ]
}
