import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  type CloudEvent,
  type EventFeed,
  type EventKind,
  FLOW_HEADER,
  MAX_FEED_EVENTS,
  alertCommentSchema,
  commandRequestSchema,
  deliveryResultSchema,
  feedCursorRequestSchema,
  feedQuerySchema,
  notifyRequestSchema,
  silenceRequestSchema,
} from '@harbor/protocol'
import type { z } from 'zod'

export const TOKEN = 'ab'.repeat(32)

export interface Asked {
  method: string
  path: string
  flow: string | undefined
  body: unknown
}

/** An answer of the server's: a body, or a refusal with a status. */
export interface Answer {
  status?: number
  body?: unknown
}

type Handler = (asked: Asked, query: URLSearchParams) => Answer | Promise<Answer>

/** A real HTTP server that speaks as the contract has it: it checks the token, and every body by the contract's own schema. */
export interface ContractServer {
  origin: string
  /** All that was asked, oldest first, apart from probes. */
  asked: Asked[]
  feed: { seq: number; event: CloudEvent }[]
  cursors: Map<string, number>
  /** Answers in place of the usual one, for `METHOD /path`. */
  answers: Map<string, Handler>
  /** Every request gets this status until it is undefined again. */
  failing: { status: number | undefined }
  append: (kind: EventKind, data: unknown) => CloudEvent
  stop: () => Promise<void>
}

const BODIES: [RegExp, z.ZodType][] = [
  [/^PUT \/api\/v1\/events\/cursors\/[a-z0-9-]{1,40}$/, feedCursorRequestSchema],
  [/^POST \/api\/v1\/notify$/, notifyRequestSchema],
  [/^PUT \/api\/v1\/notify\/deliveries\/[a-z0-9-]{1,40}$/, deliveryResultSchema],
  [/^POST \/api\/v1\/devices\/[a-z0-9-]+\/commands$/, commandRequestSchema],
  [/^POST \/api\/v1\/alerts\/[\w-]+\/silence$/, silenceRequestSchema],
  [/^POST \/api\/v1\/alerts\/[\w-]+\/comment$/, alertCommentSchema],
]

export async function startContractServer(): Promise<ContractServer> {
  const asked: Asked[] = []
  const feed: ContractServer['feed'] = []
  const cursors = new Map<string, number>()
  const answers = new Map<string, Handler>()
  const failing: ContractServer['failing'] = { status: undefined }

  function usual({ method, path, body }: Asked, query: URLSearchParams): Answer {
    if (path === '/api/v1/client-config') {
      return { body: { demo: true, timeZone: 'Asia/Shanghai', needsFirstAdministrator: false } }
    }
    if (path === '/api/v1/events') return { body: feedPage(feed, query) }
    const consumer = /^\/api\/v1\/events\/cursors\/(.+)$/.exec(path)?.[1]
    if (consumer !== undefined) {
      const before = cursors.get(consumer)
      if (method === 'PUT') cursors.set(consumer, Math.max(before ?? 0, (body as { after: number }).after))
      const after = cursors.get(consumer) ?? feed.at(-1)?.seq ?? 0
      return { body: { consumer, after, isNew: method === 'GET' && before === undefined } }
    }
    return { status: 404, body: { error: { code: 'not_found', message: `there is no ${path}` } } }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://server')
    const bodyText = await text(request)
    const flowHeader = request.headers[FLOW_HEADER]
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      flow: typeof flowHeader === 'string' ? decodeURIComponent(flowHeader) : undefined,
      body: bodyText === '' ? undefined : JSON.parse(bodyText),
    }
    const { status = 200, body } = await answerTo(one, { request, query: url.searchParams })
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }

  function answerTo(one: Asked, of: { request: IncomingMessage; query: URLSearchParams }): Answer | Promise<Answer> {
    if (failing.status !== undefined) {
      return { status: failing.status, body: { error: { code: 'failing', message: 'not now' } } }
    }
    if (of.request.headers.authorization !== `Bearer ${TOKEN}` || of.request.headers.cookie !== undefined) {
      return { status: 401, body: { error: { code: 'not_signed_in', message: 'the token does not hold' } } }
    }
    if (one.path !== '/api/v1/client-config') asked.push(one)
    const key = `${one.method} ${one.path}`
    const problem = BODIES.find(([path]) => path.test(key))?.[1].safeParse(one.body).error
    if (problem !== undefined) {
      return { status: 400, body: { error: { code: 'invalid_request', message: problem.message } } }
    }
    return (answers.get(key) ?? usual)(one, of.query)
  }

  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    feed,
    cursors,
    answers,
    failing,
    append(kind, data) {
      const seq = (feed.at(-1)?.seq ?? 0) + 1
      const event = cloudEvent(seq, kind, data)
      feed.push({ seq, event })
      return event
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** A page of the feed as the contract has it. */
export function feedPage(feed: ContractServer['feed'], query: URLSearchParams): EventFeed {
  const { after, limit } = feedQuerySchema.parse(Object.fromEntries(query))
  if (limit > MAX_FEED_EVENTS) throw new Error('more than one answer carries')
  const rest = feed.filter(({ seq }) => seq > after)
  const events = rest.slice(0, limit)
  return { events, next: events.at(-1)?.seq ?? after, hasMore: rest.length > events.length, isGap: false }
}

export function cloudEvent(seq: number, kind: EventKind, data: unknown): CloudEvent {
  return {
    specversion: '1.0',
    id: `change-${seq}`,
    source: 'urn:harbor:server',
    type: `harbor.${kind}`,
    subject: `subject-${seq}`,
    time: '2026-07-30T04:00:00.000Z',
    datacontenttype: 'application/json',
    data,
    sequence: String(seq).padStart(16, '0'),
  }
}
