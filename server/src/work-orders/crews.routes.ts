import { type Role, crewListSchema, crewPeopleSchema, crewRequestSchema, crewSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { Crews } from './crews.ts'
import { WORK_ORDER_ROLES } from './machine.ts'

const crewPath = z.object({ id: idSchema })
/** Who sets crews up. */
const MAY_SET: readonly Role[] = ['manager', 'administrator']

/** Crews: who repairs what, where and when. */
export function crewRoutes({ crews }: { crews: Crews }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/crews',
      summary: 'Crews that work in your districts.',
      allow: WORK_ORDER_ROLES,
      response: crewListSchema,
      handle: async ({ caller }) => ({
        body: { crews: await crews.list(signedIn(caller)) },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/crew-people',
      summary: 'Who of your districts can be in a crew.',
      allow: MAY_SET,
      response: crewPeopleSchema,
      handle: async ({ caller }) => ({
        body: { people: await crews.people(signedIn(caller)) },
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/crews/{id}',
      summary: 'Make a crew, or replace it by what is sent.',
      allow: MAY_SET,
      params: crewPath,
      body: crewRequestSchema,
      response: crewSchema,
      handle: async ({ params, body, caller }) => ({ body: await crews.put(signedIn(caller), params.id, body) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/crews/{id}',
      summary: 'Remove a crew. Orders that it has stay with their people.',
      allow: MAY_SET,
      params: crewPath,
      handle: async ({ params, caller }) => {
        await crews.remove(signedIn(caller), params.id)
        return {}
      },
    }),
  ]
}
