import {
  configDiffSchema,
  configPreviewSchema,
  configTextCheckSchema,
  configTextSchema,
  configVersionListSchema,
  confirmQuerySchema,
  explainedConfigSchema,
  gatewayIdSchema,
  idSchema,
  newProfileSchema,
  newProfileVersionSchema,
  profileCheckSchema,
  profileListSchema,
  profileTextSchema,
  profileUseSchema,
  profileVersionSchema,
  profileViewSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { GatewayConfigs } from '../gateway-configs.ts'
import { checkConfigText } from './check-config-text.ts'
import { checkProfile } from './check-profile.ts'
import { diffOf } from './config-tree.ts'
import type { ProfileBook } from './profile-book.ts'

const versionSchema = z.coerce.number().int().positive()
const betweenSchema = z.object({ from: versionSchema, to: versionSchema })
const profileParams = z.object({ profile: idSchema })
const gatewayParams = z.object({ gateway: gatewayIdSchema })
const allow = ['hardware', 'administrator'] as const

export interface ProfileRoutesDeps {
  profiles: ProfileBook
  configs: GatewayConfigs
}

/** Templates of stations' equipment, and what they make of gateways. */
export function profileRoutes({ profiles, configs }: ProfileRoutesDeps): Route[] {
  return [...templateRoutes(profiles), ...configRoutes(configs)]
}

function templateRoutes(profiles: ProfileBook): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/profiles',
      summary: 'Profiles with their newest versions, and how many gateways have each.',
      allow,
      response: profileListSchema,
      handle: async ({ caller }) => ({ body: await profiles.list(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/profiles',
      summary: 'Write a profile: its first version.',
      allow,
      body: newProfileSchema,
      response: profileVersionSchema,
      handle: async ({ body, caller }) => ({
        body: await profiles.create(body, signedIn(caller).login),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/profiles/check',
      summary: "Check a profile's text: each problem with its line and the reason. Nothing is saved.",
      allow,
      body: profileTextSchema,
      response: profileCheckSchema,
      handle: async ({ body: { text } }) => ({ body: checkProfile(text) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/profiles/{profile}',
      summary: 'A profile and its versions.',
      allow,
      params: profileParams,
      response: profileViewSchema,
      handle: async ({ params: { profile }, caller }) => ({ body: await profiles.view(signedIn(caller), profile) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/profiles/{profile}/versions',
      summary: 'Save a version of a profile. No gateway changes by that.',
      allow,
      params: profileParams,
      body: newProfileVersionSchema,
      response: profileVersionSchema,
      handle: async ({ params: { profile }, body, caller }) => ({
        body: await profiles.addVersion(profile, body, signedIn(caller).login),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/profiles/{profile}/versions/{version}',
      summary: 'What a version of a profile says. It never changes.',
      allow,
      params: profileParams.extend({ version: versionSchema }),
      response: profileVersionSchema,
      handle: async ({ params: { profile, version } }) => ({ body: await profiles.version(profile, version) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/profiles/{profile}/diff',
      summary: 'What is not the same in two versions of a profile.',
      allow,
      params: profileParams,
      query: betweenSchema,
      response: configDiffSchema,
      handle: async ({ params: { profile }, query: { from, to } }) => {
        const [before, after] = [await profiles.version(profile, from), await profiles.version(profile, to)]
        return { body: { from, to, changes: diffOf(before.document, after.document) } }
      },
    }),
  ]
}

function configRoutes(configs: GatewayConfigs): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/gateways/{gateway}/config/versions',
      summary: "A gateway's configs that are kept, newest first.",
      allow,
      params: gatewayParams,
      response: configVersionListSchema,
      handle: async ({ params: { gateway }, caller }) => ({ body: await configs.versions(signedIn(caller), gateway) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/gateways/{gateway}/config/explained',
      summary: 'A config as it was issued, and where each value of it comes from.',
      allow,
      params: gatewayParams,
      query: z.object({ version: versionSchema.optional() }),
      response: explainedConfigSchema,
      handle: async ({ params: { gateway }, query: { version }, caller }) => ({
        body: await configs.explained(signedIn(caller), gateway, version),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/gateways/{gateway}/config/diff',
      summary: "What is not the same in two versions of a gateway's config.",
      allow,
      params: gatewayParams,
      query: betweenSchema,
      response: configDiffSchema,
      handle: async ({ params: { gateway }, query, caller }) => ({
        body: await configs.diff(signedIn(caller), gateway, query),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/gateways/{gateway}/config/preview',
      summary: 'What a profile would make of a gateway: the config, its origins, what changes and what would be lost.',
      allow,
      params: gatewayParams,
      body: profileUseSchema,
      response: configPreviewSchema,
      handle: async ({ params: { gateway }, body, caller }) => ({
        body: await configs.preview(signedIn(caller), gateway, body),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/gateways/{gateway}/config/check',
      summary:
        'Check what is written of a gateway: each problem with its line, or what it would change. Nothing is issued.',
      allow,
      params: gatewayParams,
      body: configTextSchema,
      response: configTextCheckSchema,
      handle: async ({ params: { gateway }, body, caller }) => ({
        body: await checkConfigText(configs, signedIn(caller), { gateway, ...body }),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/gateways/{gateway}/config/profile',
      summary: 'Give a gateway the config that a profile makes of it. What would lose something is asked twice.',
      allow,
      params: gatewayParams,
      query: confirmQuerySchema,
      body: profileUseSchema,
      response: explainedConfigSchema,
      handle: async ({ params: { gateway }, query: { confirm }, body, caller }) => {
        await configs.applyProfile(signedIn(caller), gateway, { use: body, confirm })
        return { body: await configs.explained(signedIn(caller), gateway, undefined), status: 201 }
      },
    }),
  ]
}
