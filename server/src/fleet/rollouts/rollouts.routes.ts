import {
  idSchema,
  newRolloutSchema,
  rolloutEventPageSchema,
  rolloutEventQuerySchema,
  rolloutGatewayPageSchema,
  rolloutGatewayQuerySchema,
  rolloutListSchema,
  rolloutPreviewSchema,
  rolloutQuerySchema,
  rolloutViewSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { RolloutWish } from './rollout-machine.ts'
import type { Rollouts } from './rollouts.ts'

const WISHES: readonly { wish: RolloutWish; summary: string }[] = [
  { wish: 'start', summary: 'Begin a rollout that was made.' },
  { wish: 'pause', summary: 'Change no further gateway for now; those changed are watched on.' },
  { wish: 'resume', summary: 'Go on with a rollout that was paused.' },
  { wish: 'abort', summary: 'End a rollout: every gateway that it changed gets its former config again.' },
]

export interface RolloutRoutesDeps {
  rollouts: Rollouts
  /** Where people and gateways find this server; undefined: where the request came to. */
  publicUrl: string | undefined
}

/** A config or a version of the software to many gateways, in stages. */
export function rolloutRoutes({ rollouts, publicUrl }: RolloutRoutesDeps): Route[] {
  const allow = ['hardware', 'administrator'] as const
  const path = '/api/v1/fleet/rollouts'
  const params = z.object({ rollout: idSchema })
  return [
    defineRoute({
      method: 'post',
      path: `${path}/preview`,
      summary: 'What a rollout would change, stage by stage. It makes nothing.',
      allow,
      body: newRolloutSchema,
      response: rolloutPreviewSchema,
      handle: async ({ body, caller }) => ({ body: await rollouts.preview(signedIn(caller), body) }),
    }),
    defineRoute({
      method: 'post',
      path,
      summary: 'Make a rollout. Its gateways are held; nothing is changed before it is started.',
      allow,
      body: newRolloutSchema,
      response: rolloutViewSchema,
      handle: async ({ body, caller }) => {
        const origin = (publicUrl ?? caller.origin).replace(/\/+$/, '')
        return { body: await rollouts.make(signedIn(caller), body, origin), status: 201 }
      },
    }),
    defineRoute({
      method: 'get',
      path,
      summary: 'Rollouts of which the person sees every gateway, newest first.',
      allow,
      query: rolloutQuerySchema,
      response: rolloutListSchema,
      handle: async ({ query, caller }) => ({ body: await rollouts.list(signedIn(caller), query) }),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{rollout}`,
      summary: 'A rollout with what became of its gateways so far.',
      allow,
      params,
      response: rolloutViewSchema,
      handle: async ({ params: { rollout }, caller }) => ({ body: await rollouts.view(signedIn(caller), rollout) }),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{rollout}/gateways`,
      summary: 'The gateways of a rollout, by id.',
      allow,
      params,
      query: rolloutGatewayQuerySchema,
      response: rolloutGatewayPageSchema,
      handle: async ({ params: { rollout }, query, caller }) => ({
        body: await rollouts.gateways(signedIn(caller), rollout, query),
      }),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{rollout}/events`,
      summary:
        'The record of a rollout: every step and every change of a gateway, oldest first. Rows are never changed.',
      allow,
      params,
      query: rolloutEventQuerySchema,
      response: rolloutEventPageSchema,
      handle: async ({ params: { rollout }, query, caller }) => ({
        body: await rollouts.events(signedIn(caller), rollout, query),
      }),
    }),
    ...WISHES.map(({ wish, summary }) =>
      defineRoute({
        method: 'post',
        path: `${path}/{rollout}/${wish}`,
        summary,
        allow,
        params,
        response: rolloutViewSchema,
        handle: async ({ params: { rollout }, caller }) => ({
          body: await rollouts.wish(signedIn(caller), rollout, wish),
        }),
      }),
    ),
  ]
}
