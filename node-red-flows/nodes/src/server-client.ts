import { FLOW_HEADER, apiErrorSchema, errorText, issueText } from '@harbor/protocol'
import type { z } from 'zod'
import { NodeError } from './errors.ts'
import { type RequestQueue, createRequestQueue } from './request-queue.ts'

/** An answer later than this counts as none (chosen: above the slowest of the server's own queries). */
export const REQUEST_LIMIT_MS = 15_000
/** Answers above it are not read: 20,000 points of a series are some 2 MB. */
const MAX_ANSWER_BYTES = 8_000_000
/** A flow's name in the header, before it is percent-encoded. */
const MAX_FLOW_NAME = 80

export interface ServerRequest<Schema extends z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** From the root, with its query: `/api/v1/stations`. */
  path: string
  body?: unknown
  /** What the contract says of the answer. */
  answer: Schema
  /** The flow that acts, as people call it: written down beside every change. */
  flow?: string
}

export interface ServerClient {
  /** @throws NodeError */
  ask: <Schema extends z.ZodType>(request: ServerRequest<Schema>) => Promise<z.output<Schema>>
  /** Like `ask`, for an answer without a body. @throws NodeError */
  tell: (request: Omit<ServerRequest<z.ZodType>, 'answer'>) => Promise<void>
}

export interface ServerClientConfig {
  /** Scheme, host and port. */
  origin: string
  token: string
  limitMs?: number
  queue?: { running: number; waiting: number }
}

/** What became of a request, for who shows the state of the connection. */
export type RequestOutcome = { ok: true } | { ok: false; error: NodeError }

export interface ServerClientDeps {
  onOutcome: (outcome: RequestOutcome) => void
  /** Once aborted, every request ends. */
  signal: AbortSignal
}

/** The server's HTTP API, asked with a service account's token: bounded in number, time and size; nothing is asked twice by itself. */
export function createServerClient(config: ServerClientConfig, { onOutcome, signal }: ServerClientDeps): ServerClient {
  const limitMs = config.limitMs ?? REQUEST_LIMIT_MS
  // Chosen: four keep a server on one machine busy; 200 behind them are a minute's worth at its slowest.
  const queue: RequestQueue = createRequestQueue(config.queue ?? { running: 4, waiting: 200 })

  async function fetchText(request: Omit<ServerRequest<z.ZodType>, 'answer'>): Promise<string> {
    const { method, path, body, flow } = request
    try {
      const answer = await fetch(`${config.origin}${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${config.token}`,
          ...(flow !== undefined && { [FLOW_HEADER]: encodeURIComponent([...flow].slice(0, MAX_FLOW_NAME).join('')) }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await readText(answer, request)
      if (!answer.ok) throw refusal(answer.status, text, request)
      return text
    } catch (error) {
      if (error instanceof NodeError) throw error
      const reason =
        error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${limitMs} ms` : causeText(error)
      throw new NodeError('NODE_SERVER_UNREACHABLE', `${method} ${pathOf(path)}: ${reason}`, { cause: error })
    }
  }

  const watched = async <Value>(task: () => Promise<Value>): Promise<Value> =>
    queue.run(async () => {
      try {
        const value = await task()
        onOutcome({ ok: true })
        return value
      } catch (error) {
        if (error instanceof NodeError && !signal.aborted) onOutcome({ ok: false, error })
        throw error
      }
    })

  return {
    ask: request =>
      watched(async () => {
        const text = await fetchText(request)
        const parsed = request.answer.safeParse(tryParseJson(text))
        if (parsed.success) return parsed.data
        throw new NodeError(
          'NODE_ANSWER_UNEXPECTED',
          `${request.method} ${pathOf(request.path)}: the answer is not as expected: ${issueText(parsed.error)}`,
        )
      }),
    tell: request => watched(async () => void (await fetchText(request))),
  }
}

async function readText(answer: Response, { method, path }: { method: string; path: string }): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of answer.body ?? []) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_ANSWER_BYTES) {
      throw new NodeError('NODE_ANSWER_UNEXPECTED', `${method} ${pathOf(path)}: more than ${MAX_ANSWER_BYTES} bytes`)
    }
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function refusal(status: number, text: string, { method, path }: { method: string; path: string }): NodeError {
  const parsed = apiErrorSchema.safeParse(tryParseJson(text))
  const said = parsed.success ? parsed.data.error : undefined
  const code = status === 429 || status >= 500 ? 'NODE_SERVER_FAILED' : 'NODE_SERVER_REFUSED'
  const reason = said?.message ?? 'it gave no reason'
  return new NodeError(code, `${method} ${pathOf(path)}: the server answered ${status}: ${reason}`, {
    context: { status, reason, ...(said && { serverCode: said.code }) },
  })
}

/** Undefined for what is no JSON, which no contract allows. */
function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `fetch` hides why in the cause. */
function causeText(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? errorText(error.cause) : errorText(error)
}

const pathOf = (path: string) => path.split('?', 1)[0]
