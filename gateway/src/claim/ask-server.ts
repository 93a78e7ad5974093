import { setTimeout as wait } from 'node:timers/promises'
import {
  type ClaimAnswer,
  type ClaimRequest,
  apiErrorSchema,
  claimAnswerSchema,
  errorText,
  issueText,
} from '@harbor/protocol'
import { gatewayError } from '../errors.ts'

/** Gives the server's answer, or throws GATEWAY_CLAIM_REFUSED or GATEWAY_CLAIM_FAILED. */
export type AskServer = (request: ClaimRequest) => Promise<ClaimAnswer>

/** One try; chosen: a slow mobile line has answered by then. */
const TRY_MS = 15_000
/** Between tries; with a lost answer the token still holds for this box, so asking again does no harm. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000]
/** An answer holds a config of at most 200,000 characters. */
const MAX_ANSWER_BYTES = 512 * 1024

export interface AskOptions {
  /** Without a trailing slash. */
  serverUrl: string
  /** Told before each further try, in one line. */
  onRetry: (line: string) => void
  pausesMs?: readonly number[]
}

/** Asks over HTTP, again while there is no answer. A refusal is an answer. */
export function createAskServer({ serverUrl, onRetry, pausesMs = PAUSES_MS }: AskOptions): AskServer {
  const url = `${serverUrl}/api/v1/claim`
  return async request => {
    for (let attempt = 0; ; attempt += 1) {
      const result = await askOnce(url, request)
      if (result.kind === 'answer') return result.answer
      const pauseMs = pausesMs[attempt]
      if (pauseMs === undefined) {
        throw gatewayError('GATEWAY_CLAIM_FAILED', `${url}: ${result.problem}; the same command may be given again`)
      }
      onRetry(`${url}: ${result.problem}; trying again in ${pauseMs / 1000} s`)
      await wait(pauseMs)
    }
  }
}

async function askOnce(
  url: string,
  request: ClaimRequest,
): Promise<{ kind: 'answer'; answer: ClaimAnswer } | { kind: 'none'; problem: string }> {
  let status: number
  let text: string
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      // What another address says is not the server's word.
      redirect: 'error',
      signal: AbortSignal.timeout(TRY_MS),
    })
    status = response.status
    text = await textOf(response)
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${errorText(error.cause)}` : ''
    return { kind: 'none', problem: `${errorText(error)}${cause}` }
  }
  if (status === 429 || status >= 500) return { kind: 'none', problem: `status ${status}` }
  const document = parseJson(text)
  if (status !== 200) {
    const refusal = apiErrorSchema.safeParse(document)
    const why = refusal.success ? refusal.data.error.message : `status ${status}, no harbor server answers there`
    throw gatewayError('GATEWAY_CLAIM_REFUSED', why.slice(0, 300))
  }
  const answer = claimAnswerSchema.safeParse(document)
  if (answer.success) return { kind: 'answer', answer: answer.data }
  throw gatewayError('GATEWAY_CLAIM_FAILED', `${url}: the answer cannot be read: ${issueText(answer.error)}`)
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_ANSWER_BYTES) throw gatewayError('GATEWAY_CLAIM_FAILED', 'the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema then says what was expected
  }
}
