import {
  type AutomationActs,
  type AutomationState,
  type ContactChannel,
  type ContactChannelRequest,
  type IssuedToken,
  type ServiceAccount,
  type ServiceAccountList,
  type ServiceAccountRequest,
  automationActsSchema,
  automationStateSchema,
  contactChannelListSchema,
  contactChannelSchema,
  issuedTokenSchema,
  serviceAccountListSchema,
  serviceAccountSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** Automation in the HTTP API. Every method rejects with a RequestError. */
export interface AutomationApi {
  state: (signal?: AbortSignal) => Promise<AutomationState>
  acts: (signal?: AbortSignal) => Promise<AutomationActs>
  accounts: (signal?: AbortSignal) => Promise<ServiceAccountList>
  /** The token is in this answer alone. */
  make: (request: ServiceAccountRequest) => Promise<IssuedToken>
  addToken: (name: string) => Promise<IssuedToken>
  endToken: (name: string, id: string) => Promise<ServiceAccount>
  revoke: (name: string) => Promise<ServiceAccount>
  channels: (signal?: AbortSignal) => Promise<{ channels: ContactChannel[] }>
  putChannel: (id: string, request: ContactChannelRequest) => Promise<ContactChannel>
  removeChannel: (id: string) => Promise<undefined>
}

export function createAutomationApi(ask: Ask): AutomationApi {
  const account = (name: string) => `automation/accounts/${encodeURIComponent(name)}`
  const channel = (id: string) => `contact-channels/${encodeURIComponent(id)}`
  return {
    state: signal => ask('automation/state', automationStateSchema, { signal }),
    acts: signal => ask('automation/acts?limit=50', automationActsSchema, { signal }),
    accounts: signal => ask('automation/accounts', serviceAccountListSchema, { signal }),
    make: body => ask('automation/accounts', issuedTokenSchema, { method: 'POST', body }),
    addToken: name => ask(`${account(name)}/tokens`, issuedTokenSchema, { method: 'POST' }),
    endToken: (name, id) =>
      ask(`${account(name)}/tokens/${encodeURIComponent(id)}`, serviceAccountSchema, { method: 'DELETE' }),
    revoke: name => ask(account(name), serviceAccountSchema, { method: 'DELETE' }),
    channels: signal => ask('contact-channels', contactChannelListSchema, { signal }),
    putChannel: (id, body) => ask(channel(id), contactChannelSchema, { method: 'PUT', body }),
    removeChannel: id => ask(channel(id), z.undefined(), { method: 'DELETE' }),
  }
}
