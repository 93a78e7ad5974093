import type { Person, Role, ServiceRight } from '@harbor/protocol'
import type { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import type { PackedBody } from './packed-body.ts'
import type { ServiceCaller } from './service-caller.ts'

/** Who asks. */
export interface Caller {
  /** Undefined: nobody is signed in. Of a service account: what it stands for. */
  person: Person | undefined
  /** Undefined: it is no service account. */
  service: ServiceCaller | undefined
  /** The session's id, when `person` is there. */
  sessionId: string | undefined
  /** The token of a sign-in that waits for its second factor: for the routes of signing in alone. */
  stepToken: string | undefined
  /** The address it came from; behind a proxy on this machine, the one that the proxy names. */
  address: string
  /** What the browser or program says of itself. */
  userAgent: string | undefined
  /** Whether it came over https. */
  isSecure: boolean
  /** Scheme and host that it was asked under; empty: it named none that could be written into an address. */
  origin: string
}

/** What a route answers. */
export interface Reply<Body> {
  body?: Body
  /** Default 200, or 204 without a body. */
  status?: number
  /** A whole Set-Cookie header, or several. */
  setCookie?: string | readonly string[]
  /** Default `no-store`; `no-cache` lets a browser keep the answer and ask by ETag. */
  cacheControl?: string
  /** Headers beside these. */
  headers?: Readonly<Record<string, string>>
  /** In place of `body`: one that was written before, as the route's schema says. */
  packed?: PackedBody
  /** In place of `body`: a file on disk, by its absolute path; sent piece by piece, and in part to whom asks for a range of it. */
  file?: string
  /** In place of `body`: a file that is made for this answer, sent piece by piece as `textType`, and deleted. */
  madeFile?: FileBody
}

/** A file that is sent once. */
export interface FileBody {
  path: string
  /** What it is called where it is saved. */
  name: string
}

/** A body that is not JSON: bytes of one of these media types, handed on as they came. */
export interface BytesBody {
  types: readonly string[]
  maxBytes: number
  /**
   * True: the handler reads them as they come, after it is known who asks, and stops at `maxBytes` itself. For what is too large to be held in
   * memory on a stranger's word. Default: they are read whole, before anything else.
   */
  isStreamed?: boolean
}

/** One row of the table of the HTTP API: the router, the checks and the OpenAPI document are made from it. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As in OpenAPI: `/api/v1/stations/{id}`. */
  path: string
  summary: string
  /** `anyone`; `staff`: whoever is signed in; or these roles alone: none of them where only service accounts may. */
  allow: 'anyone' | 'staff' | readonly Role[]
  /** The right by which a service account may, too. Undefined: none may, unless anyone may. */
  service: ServiceRight | undefined
  params: z.ZodObject | undefined
  query: z.ZodObject | undefined
  body: z.ZodType | undefined
  /** Instead of `body`: the handler gets a Uint8Array. */
  bytes: BytesBody | undefined
  /** Undefined: the answer has no body. A text answer has the content type of `textType`. */
  response: z.ZodType | undefined
  textType: string | undefined
  handle: (input: {
    params: unknown
    query: unknown
    body: unknown
    bytes: Uint8Array
    stream: AsyncIterable<Uint8Array>
    caller: Caller
  }) => Promise<Reply<unknown>>
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** A route as it is written down: what is not there is not taken. */
export interface RouteDefinition<
  Params extends z.ZodObject | undefined,
  Query extends z.ZodObject | undefined,
  Body extends z.ZodType | undefined,
  Response extends z.ZodType | undefined,
> {
  method: Route['method']
  path: string
  summary: string
  allow: Route['allow']
  service?: ServiceRight
  params?: Params
  query?: Query
  body?: Body
  bytes?: BytesBody
  response?: Response
  textType?: string
  handle: (input: {
    params: Output<Params>
    query: Output<Query>
    body: Output<Body>
    /** Empty without `bytes`, and when they are streamed. */
    bytes: Uint8Array
    /** Empty unless `bytes` are streamed; to be read once. */
    stream: AsyncIterable<Uint8Array>
    caller: Caller
  }) => Promise<Reply<Response extends z.ZodType ? z.input<Response> : undefined>>
}

/** Checks a route's types against each other and forgets them: the wrapper parses by the schemas before it calls `handle`. */
export function defineRoute<
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Response extends z.ZodType | undefined = undefined,
>(definition: RouteDefinition<Params, Query, Body, Response>): Route {
  const { method, path, summary, allow, service, params, query, body, bytes, response, textType, handle } = definition
  return {
    method,
    path,
    summary,
    allow,
    service,
    params,
    query,
    body,
    bytes,
    response,
    textType,
    handle: handle as Route['handle'],
  }
}

/** The person of a route that only staff reach. */
export function signedIn(caller: Caller): Person {
  if (caller.person === undefined) throw new ApiProblem('not_signed_in', 'sign in first')
  return caller.person
}

/** The service account of a route that only these reach. */
export function asService(caller: Caller): ServiceCaller {
  if (caller.service === undefined) throw new ApiProblem('forbidden', 'this is for service accounts alone')
  return caller.service
}
