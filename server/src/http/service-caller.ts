import { FLOW_HEADER, type ServiceRight } from '@harbor/protocol'
import type { IncomingHttpHeaders } from 'node:http'
import { ApiProblem } from '../errors.ts'
import type { Service } from '../automation/service-accounts.ts'
import type { Route } from './route.ts'

/** Characters of a flow's name that are kept. */
const MAX_FLOW_NAME = 80

/** A service account that asks, and in whose name. */
export interface ServiceCaller {
  service: Service
  /** The flow that acts, as it names itself. */
  flow: string | undefined
}

/**
 * The service account of a request; undefined: it brings no bearer token. Such a request's cookies count for nothing.
 *
 * @throws ApiProblem `not_signed_in` when no account has the token.
 */
export async function serviceCallerOf(
  headers: IncomingHttpHeaders,
  use: (token: string) => Promise<Service | undefined>,
): Promise<ServiceCaller | undefined> {
  // RFC 6750 2.1; the scheme's name is told apart without regard to case (RFC 9110 11.1).
  const token = /^bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) return undefined
  const service = await use(token)
  if (service === undefined) throw new ApiProblem('not_signed_in', 'the token is unknown, or holds no more')
  return { service, flow: flowOf(headers[FLOW_HEADER]) }
}

/** @throws ApiProblem `forbidden`: only what a route says a service may do, and the account has the right to, is let. */
export function checkService({ allow, service: right }: Route, { account, rights }: Service): void {
  if (allow === 'anyone') return
  if (right === undefined) throw new ApiProblem('forbidden', 'this is not for service accounts')
  if (!rights.includes(right))
    throw new ApiProblem('forbidden', `this takes the right ${right}; ${account} has ${say(rights)}`)
}

function say(rights: readonly ServiceRight[]): string {
  return rights.join(', ')
}

function flowOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  let name: string
  try {
    name = decodeURIComponent(header)
  } catch {
    // Not percent-encoded UTF-8: it is still better than no name.
    name = header
  }
  return name.slice(0, MAX_FLOW_NAME)
}
