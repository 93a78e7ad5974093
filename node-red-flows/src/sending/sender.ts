import { type Delivery, type DeliveryResult, errorText } from '@harbor/protocol'
import { outcomeOf } from './answers.ts'
import type { Destinations } from './destinations.ts'
import { type ServiceRequest, requestOf } from './requests.ts'

/** A service that does not answer within this has failed: far below the lease of a delivery, so that it is not sent twice meanwhile. */
const ANSWER_LIMIT_MS = 10_000
/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 20_000

export interface SenderDeps {
  destinations: Destinations
  /** Where people open the console, without a trailing slash. */
  siteUrl: string
  nowMs: () => number
}

/** Hands one delivery to its service. Never rejects: what went wrong is in the result, without an address or a secret. */
export type Sender = (delivery: Delivery) => Promise<DeliveryResult>

export function createSender({ destinations, siteUrl, nowMs }: SenderDeps): Sender {
  return async delivery => {
    const { kind, target } = delivery.channel
    const destination = destinations.find(kind, target)
    if ('missing' in destination) return { state: 'off', reason: `${destination.missing} not set` }
    const answer = await postToService(requestOf(delivery, destination, { nowMs: nowMs(), siteUrl }))
    if (typeof answer === 'string') return { state: 'failed', reason: answer }
    const outcome = outcomeOf(kind, answer.status, answer.body)
    return outcome.isAccepted ? { state: 'delivered' } : { state: 'failed', reason: outcome.reason }
  }
}

/** Posts to somebody else's service; the reason when there was no answer. */
export async function postToService(request: ServiceRequest): Promise<{ status: number; body: string } | string> {
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    })
    return { status: response.status, body: await limitedText(response) }
  } catch (error) {
    // `fetch failed` says nothing; its cause names host and port, never the path, in which robots have their key.
    const { cause } = error as { cause?: unknown }
    return errorText(cause ?? error).slice(0, 200)
  }
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    size += chunk.byteLength
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
