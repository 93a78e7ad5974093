import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { type Person, hasCode } from '@harbor/protocol'
import compression from 'compression'
import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express'
import type { Logger } from 'pino'
import { API_STATUS, ApiProblem } from '../errors.ts'
import { publicOrigin } from '../pages/public-origin.ts'
import type { ServiceAccounts } from '../automation/service-accounts.ts'
import type { Sessions } from '../people/sessions.ts'
import { parsePart, sendProblem, toProblem } from './api-error-reply.ts'
import { sendPacked } from './packed-body.ts'
import { REFUSALS, type Refusal } from './refused-changes.ts'
import type { Caller, FileBody, Reply, Route } from './route.ts'
import { type ServiceCaller, checkService, serviceCallerOf } from './service-caller.ts'
import { isSameOrigin } from './same-origin.ts'
import { sessionToken, stepToken } from './session-cookie.ts'

/** No request of ours carries more. */
const MAX_BODY_BYTES = 64 * 1024

export interface ApiDeps {
  routes: readonly Route[]
  sessions: Pick<Sessions, 'use'>
  services: Pick<ServiceAccounts, 'use'>
  log: Logger
  /** Told of every answer: for the metrics. */
  onAnswered: (route: Route, status: number, tookMs: number) => void
  /** Told of each change that somebody signed in was refused. */
  onRefused: (route: Route, person: Person, refusal: Refusal) => void
  /** Writes down each change that a service account asked for, before it is answered. */
  onServiceAct: (act: ServiceAct) => Promise<void>
}

/** A change that a service account asked for, and what came of it. */
export interface ServiceAct extends ServiceCaller {
  route: Route
  /** As it was asked for. */
  path: string
  status: number
  /** Why it was refused. */
  reason?: string
}

/** The routes as an Express router: one wrapper does parsing, sign-in, scope by role and errors for all of them. */
export function createApiRouter(deps: ApiDeps): Router {
  const { routes, log, onAnswered } = deps
  const router = express.Router({ caseSensitive: true, strict: true })
  router.use(compression())
  const json = express.json({ limit: MAX_BODY_BYTES, inflate: false })
  for (const route of routes) {
    const parse = parserOf(route, json)
    router[route.method](expressPath(route.path), parse, async (request: Request, response: Response) => {
      const startedMs = performance.now()
      response.once('finish', () => onAnswered(route, response.statusCode, performance.now() - startedMs))
      await answer({ ...deps, route, request, response })
    })
  }
  for (const [path, methods] of methodsByPath(routes)) {
    router.all(expressPath(path), (_request, response) => {
      response.setHeader('Allow', methods.join(', '))
      throw new ApiProblem('method_not_allowed', `this address takes ${methods.join(', ')}`)
    })
  }
  router.all(['/api', '/api/{*rest}'], () => {
    throw new ApiProblem('not_found', 'there is no such address; /api/openapi.json lists them')
  })
  // Express tells an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  router.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const problem = toProblem(error)
    if (problem.code === 'internal') {
      log.error({ err: problem.cause, method: request.method, path: request.path }, 'answering a request failed')
    }
    if (response.headersSent) next(error)
    else sendProblem(response, problem)
  })
  return router
}

interface Exchange extends Pick<ApiDeps, 'sessions' | 'services' | 'onRefused' | 'onServiceAct'> {
  route: Route
  request: Request
  response: Response
}

async function answer(exchange: Exchange): Promise<void> {
  const { route, request, response, onRefused, onServiceAct } = exchange
  if (route.method !== 'get') checkChange(route, request)
  const caller = await callerOf(exchange)
  const noteAct = async (status: number, reason?: string) => {
    if (caller.service === undefined || route.method === 'get') return
    const { path } = request
    await onServiceAct({ ...caller.service, route, path, status, ...(reason !== undefined && { reason }) })
  }
  let reply: Reply<unknown>
  try {
    checkAllowed(route, caller)
    reply = await route.handle({
      params: parsePart('path', route.params, request.params),
      query: parsePart('query', route.query, request.query),
      body: parsePart('body', route.body, request.body),
      ...bytesOf(route, request),
      caller,
    })
  } catch (error) {
    const refusal = REFUSALS.find(code => hasCode(error, code))
    if (route.method !== 'get' && refusal !== undefined && caller.person !== undefined)
      onRefused(route, caller.person, refusal)
    const problem = toProblem(error)
    await noteAct(API_STATUS[problem.code], problem.message)
    throw error
  }
  await noteAct(reply.status ?? (hasBody(reply) ? 200 : 204))
  if (reply.setCookie !== undefined) response.setHeader('Set-Cookie', reply.setCookie)
  response.setHeader('Cache-Control', reply.cacheControl ?? 'no-store')
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  if (reply.packed !== undefined) {
    await sendPacked(request, response, reply.packed)
    return
  }
  if (reply.file !== undefined) {
    if (route.textType !== undefined) response.type(route.textType)
    await sendFile(response, reply.file)
    return
  }
  if (reply.madeFile !== undefined) {
    response.attachment(reply.madeFile.name).type(route.textType ?? 'application/octet-stream')
    await sendOnce(response, reply.madeFile)
    return
  }
  response.status(reply.status ?? (reply.body === undefined ? 204 : 200))
  if (reply.body === undefined) response.end()
  else if (route.textType === undefined) response.json(reply.body)
  else response.type(route.textType).send(reply.body)
}

/** Whether anything is sent beside the head. */
function hasBody({ body, file, madeFile }: Reply<unknown>): boolean {
  return body !== undefined || file !== undefined || madeFile !== undefined
}

/** A reader that goes away in the middle is no error of ours. */
async function sendOnce(response: Response, { path }: FileBody): Promise<void> {
  try {
    await pipeline(createReadStream(path), response)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  } finally {
    await rm(path, { force: true })
  }
}

/** What every change must be: from our own pages, and JSON, which no form of another site can send. */
function checkChange(route: Route, request: Request): void {
  if (!isSameOrigin(request.headers)) throw new ApiProblem('origin_refused', 'the request came from another site')
  if (route.body !== undefined && request.is('application/json') === false)
    throw new ApiProblem('not_json', 'body: expected content type application/json')
}

async function callerOf({ route, request, sessions, services }: Exchange): Promise<Caller> {
  const service = await serviceCallerOf(request.headers, services.use)
  const token = service === undefined ? sessionToken(request.headers.cookie) : undefined
  const session = token === undefined ? undefined : await sessions.use(token, addressOf(request))
  return {
    // On a page of everybody's a program is one of everybody, too: nothing there is to hold it for a keeper.
    person: (route.allow === 'anyone' ? undefined : service?.service.person) ?? session?.person,
    service,
    sessionId: session?.id,
    stepToken: stepToken(request.headers.cookie),
    address: addressOf(request),
    userAgent: request.headers['user-agent'],
    isSecure: request.secure,
    origin: publicOrigin(request, undefined),
  }
}

function addressOf({ ip, socket }: Request): string {
  return ip ?? socket.remoteAddress ?? 'unknown'
}

function checkAllowed(route: Route, { person, service }: Caller): void {
  const { allow } = route
  if (service !== undefined) return checkService(route, service.service)
  if (allow === 'anyone') return
  if (person === undefined) throw new ApiProblem('not_signed_in', 'sign in first')
  if (allow !== 'staff' && !allow.includes(person.role))
    throw new ApiProblem(
      'forbidden',
      `this is for ${allow.length === 0 ? 'service accounts' : allow.join(', ')}; you are signed in as ${person.role}`,
    )
}

function parserOf({ bytes }: Route, json: RequestHandler): RequestHandler {
  if (bytes === undefined) return json
  if (bytes.isStreamed === true) return (_request, _response, next) => next()
  return express.raw({ type: [...bytes.types], limit: bytes.maxBytes, inflate: false })
}

function bytesOf({ bytes }: Route, request: Request): { bytes: Uint8Array; stream: AsyncIterable<Uint8Array> } {
  if (bytes === undefined) return { bytes: NO_BYTES, stream: NOTHING }
  if (bytes.isStreamed !== true) {
    // Express leaves what is of another media type unread.
    if (Buffer.isBuffer(request.body)) return { bytes: request.body, stream: NOTHING }
  } else if (request.is([...bytes.types]) !== false && request.headers['content-encoding'] === undefined) {
    const toldBytes = Number(request.headers['content-length'] ?? 0)
    if (toldBytes > bytes.maxBytes) throw new ApiProblem('too_large', `body: at most ${bytes.maxBytes} bytes`)
    return { bytes: NO_BYTES, stream: request }
  }
  throw new ApiProblem('wrong_media_type', `body: expected ${bytes.types.join(', ')}`)
}

const NO_BYTES = new Uint8Array()
const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
}

/** What is named by its content needs no date; whoever lost the line asks for the rest (RFC 9110, 14.2). */
function sendFile(response: Response, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    response.sendFile(path, { cacheControl: false, lastModified: false, dotfiles: 'allow' }, error => {
      // Once it has begun there is nobody to tell: the asker has gone, and asks again.
      if (error === undefined || response.headersSent) resolve()
      else reject(error)
    })
  })
}

/** `/stations/{id}` as Express writes it. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const byPath = new Map<string, string[]>()
  for (const { path, method } of routes) {
    const names = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]
    byPath.set(path, [...(byPath.get(path) ?? []), ...names])
  }
  return byPath
}
