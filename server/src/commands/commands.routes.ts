import { commandListSchema, commandRequestSchema, commandViewSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Commands } from './commands.ts'
import { checkMayAutomate } from './may-automate.ts'

/** What staff ask of devices in their districts. */
export function commandRoutes({ db, commands }: { db: RegistryDb; commands: Commands }): Route[] {
  const params = z.object({ id: idSchema })
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/devices/{id}/commands',
      summary: 'Switch a device, or give a plug free that its gateway cut. Ask for the result by the id in the answer.',
      allow: ['maintainer', 'manager', 'hardware', 'administrator'],
      service: 'command',
      params,
      body: commandRequestSchema,
      response: commandViewSchema,
      handle: async ({ params: { id }, body, caller }) => {
        const person = signedIn(caller)
        if (caller.service !== undefined) await checkMayAutomate(db, person, { device: id, action: body.action })
        return { body: await commands.request(person, id, body.action), status: 202 }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/devices/{id}/commands',
      summary: "A device's newest commands and what became of them, at most 50.",
      allow: 'staff',
      service: 'read',
      params,
      response: commandListSchema,
      handle: async ({ params: { id }, caller }) => ({ body: { commands: await commands.list(signedIn(caller), id) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/devices/{id}/commands/{command}',
      summary: 'What became of a command.',
      allow: 'staff',
      service: 'command',
      params: z.object({ id: idSchema, command: idSchema }),
      response: commandViewSchema,
      handle: async ({ params: { id, command }, caller }) => ({
        body: await commands.find(signedIn(caller), id, command),
      }),
    }),
  ]
}
