import {
  adoptionSchema,
  gatewayIdSchema,
  tagListSchema,
  tagsSchema,
  twinPageSchema,
  twinQuerySchema,
  twinViewSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { Twin } from './twin.ts'

/** What gateways are to be, and what they say they are. */
export function twinRoutes(twin: Twin): Route[] {
  const mayRead = ['hardware', 'administrator', 'manager', 'maintainer'] as const
  const mayChange = ['hardware', 'administrator'] as const
  const path = '/api/v1/fleet/gateways'
  const params = z.object({ gateway: gatewayIdSchema })
  return [
    defineRoute({
      method: 'get',
      path,
      summary: 'Gateways with what they are to be and what they say they are, by id.',
      allow: mayRead,
      query: twinQuerySchema,
      response: twinPageSchema,
      handle: async ({ query, caller }) => ({ body: await twin.page(signedIn(caller), query) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/tags',
      summary: 'The tags of the gateways that the person sees.',
      allow: mayRead,
      response: tagListSchema,
      handle: ({ caller }) => Promise.resolve({ body: twin.tags(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{gateway}`,
      summary: 'One gateway: its config against what it runs, its devices, those that it heard and does not know.',
      allow: mayRead,
      params,
      response: twinViewSchema,
      handle: async ({ params: { gateway }, caller }) => ({ body: await twin.view(signedIn(caller), gateway) }),
    }),
    defineRoute({
      method: 'put',
      path: `${path}/{gateway}/tags`,
      summary: 'The tags that a gateway has from now on.',
      allow: mayChange,
      params,
      body: tagsSchema,
      response: twinViewSchema,
      handle: async ({ params: { gateway }, body: { tags }, caller }) => ({
        body: await twin.setTags(signedIn(caller), gateway, tags),
      }),
    }),
    defineRoute({
      method: 'post',
      path: `${path}/{gateway}/adopt`,
      summary: 'Take a device that the gateway heard into its next config.',
      allow: mayChange,
      params,
      body: adoptionSchema,
      response: twinViewSchema,
      handle: async ({ params: { gateway }, body, caller }) => ({
        body: await twin.adopt(signedIn(caller), gateway, body),
        status: 201,
      }),
    }),
  ]
}
