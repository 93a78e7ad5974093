import {
  automationActsSchema,
  automationStateSchema,
  contactChannelListSchema,
  contactChannelRequestSchema,
  contactChannelSchema,
  type Person,
  idSchema,
  issuedTokenSchema,
  serviceAccountListSchema,
  serviceAccountRequestSchema,
  serviceAccountSchema,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { type Limits, governs, governsAll } from '../people/scope.ts'
import type { ActBook } from './acts.ts'
import type { ContactChannels } from './contact-channels.ts'
import type { Deliveries } from './deliveries.ts'
import type { Heartbeats } from './heartbeats.ts'
import type { ServiceAccounts } from './service-accounts.ts'

export interface AccountRoutesDeps {
  accounts: ServiceAccounts
  channels: ContactChannels
  deliveries: Pick<Deliveries, 'troubles'>
  heartbeats: Pick<Heartbeats, 'state'>
  acts: Pick<ActBook, 'list'>
  log: Logger
}

const named = z.object({ name: idSchema })

/** What administrators do about automation: its accounts, its channels, what it did and whether it runs. */
export function accountRoutes({ accounts, channels, deliveries, heartbeats, acts, log }: AccountRoutesDeps): Route[] {
  /** Who looks after a part of the city neither makes nor touches what reaches beyond it. */
  const mine = async (person: Person, name: string): Promise<string> => {
    const account = (await accounts.list()).find(one => one.name === name)
    if (account === undefined || !governsAll(person, account))
      throw new ApiProblem('not_found', `there is no service account ${name}`)
    return name
  }
  const checkWithin = (isWithin: boolean): void => {
    if (!isWithin) throw new ApiProblem('forbidden', 'body: this reaches beyond the region that you look after')
  }
  const note = (audit: string, by: string, what: Record<string, string>) => log.info({ audit, by, ...what }, audit)
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/automation/accounts',
      summary: 'Service accounts, those that stand first.',
      allow: ['administrator'],
      response: serviceAccountListSchema,
      handle: async ({ caller }) => {
        const person: Limits = signedIn(caller)
        return { body: { accounts: (await accounts.list()).filter(account => governsAll(person, account)) } }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/automation/accounts',
      summary: 'Make a service account. Its token is in this answer alone.',
      allow: ['administrator'],
      body: serviceAccountRequestSchema,
      response: issuedTokenSchema,
      handle: async ({ body, caller }) => {
        const person = signedIn(caller)
        const by = person.login
        checkWithin(governsAll(person, body))
        const issued = await accounts.add(body, by)
        note('service-account-made', by, { account: body.name })
        return { body: issued, status: 201 }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/automation/accounts/{name}/tokens',
      summary: 'Make another token. The newest of those before goes on holding until you end it.',
      allow: ['administrator'],
      params: named,
      response: issuedTokenSchema,
      handle: async ({ params: { name }, caller }) => {
        const issued = await accounts.addToken(await mine(signedIn(caller), name))
        note('service-token-made', signedIn(caller).login, { account: name })
        return { body: issued, status: 201 }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/automation/accounts/{name}/tokens/{id}',
      summary: 'End a token, at once.',
      allow: ['administrator'],
      params: named.extend({ id: idSchema }),
      response: serviceAccountSchema,
      handle: async ({ params: { name, id }, caller }) => {
        const account = await accounts.endToken(await mine(signedIn(caller), name), id)
        note('service-token-ended', signedIn(caller).login, { account: name, token: id })
        return { body: account }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/automation/accounts/{name}',
      summary: 'Revoke a service account with its tokens, at once and for good.',
      allow: ['administrator'],
      params: named,
      response: serviceAccountSchema,
      handle: async ({ params: { name }, caller }) => {
        const by = signedIn(caller).login
        const account = await accounts.revoke(await mine(signedIn(caller), name), by)
        note('service-account-revoked', by, { account: name })
        return { body: account }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/automation/state',
      summary: 'Whether automation runs, and which of its flows are on.',
      allow: ['administrator', 'hardware'],
      service: 'read',
      response: automationStateSchema,
      handle: async () => ({ body: await heartbeats.state() }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/automation/acts',
      summary: 'What service accounts changed or were refused, newest first.',
      allow: ['administrator', 'hardware'],
      query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
      response: automationActsSchema,
      handle: async ({ query: { limit } }) => ({ body: { acts: await acts.list(limit) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/contact-channels',
      summary: "Groups' robots and people's phones that automation tells by.",
      allow: ['administrator'],
      response: contactChannelListSchema,
      handle: async ({ caller }) => {
        const person = signedIn(caller)
        const troubles = await deliveries.troubles()
        const own = (await channels.list()).filter(({ region }) => governs(person, region))
        const list = own.map(channel => {
          const trouble = troubles.get(channel.id)
          return { ...channel, ...(trouble !== undefined && { trouble }) }
        })
        return { body: { channels: list } }
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/contact-channels/{id}',
      summary: 'Enter or change a channel.',
      allow: ['administrator'],
      params: z.object({ id: idSchema }),
      body: contactChannelRequestSchema,
      response: contactChannelSchema,
      handle: async ({ params: { id }, body, caller }) => {
        const person = signedIn(caller)
        const by = person.login
        const known = (await channels.list()).find(channel => channel.id === id)
        checkWithin(governs(person, body.region) && (known === undefined || governs(person, known.region)))
        const channel = await channels.put(id, body, by)
        note('contact-channel-put', by, { channel: id })
        return { body: channel }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/contact-channels/{id}',
      summary: 'Remove a channel; what waits for it is dropped.',
      allow: ['administrator'],
      params: z.object({ id: idSchema }),
      handle: async ({ params: { id }, caller }) => {
        const person = signedIn(caller)
        const known = (await channels.list()).find(channel => channel.id === id)
        if (known === undefined || !governs(person, known.region))
          throw new ApiProblem('not_found', `there is no channel ${id}`)
        await channels.remove(id)
        note('contact-channel-removed', person.login, { channel: id })
        return {}
      },
    }),
  ]
}
