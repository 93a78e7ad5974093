import { type ApiError, hasCode, issueText } from '@harbor/protocol'
import type { Response } from 'express'
import { z } from 'zod'
import { API_STATUS, ApiProblem } from '../errors.ts'

/** When another try makes sense while the database is away: a restart of it takes some seconds. */
const AWAY_RETRY_S = 5

/** Anything thrown while answering, as the problem to send; what is none of ours becomes `internal`, with its cause. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (hasCode(error, 'REGISTRY_AWAY')) {
    const words =
      'the database does not answer; nothing was changed unless it was just then, so look before you try again'
    return new ApiProblem('unavailable', words, { cause: error, retryAfterS: AWAY_RETRY_S })
  }
  // Express and body-parser throw errors with a status and a type; their messages may hold the request's own text.
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown }
  if (status === 413) return new ApiProblem('too_large', 'body: larger than this address takes')
  if (status === 415) return new ApiProblem('not_json', 'body: expected JSON in UTF-8, not compressed')
  if (type === 'entity.parse.failed') return new ApiProblem('invalid_request', 'body: not JSON')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new ApiProblem('invalid_request', 'the request cannot be read')
  return new ApiProblem('internal', 'something went wrong here; it has been logged', { cause: error })
}

/** Sends a problem with its status; `no-store`, so that no cache repeats it. */
export function sendProblem(response: Response, { code, message, retryAfterS, details }: ApiProblem): void {
  const body: ApiError = { error: { code, message, ...(details !== undefined && { details }) } }
  if (retryAfterS !== undefined) response.setHeader('Retry-After', retryAfterS)
  response.setHeader('Cache-Control', 'no-store')
  response.status(API_STATUS[code]).json(body)
}

/** @throws ApiProblem `invalid_request` that names each field of `part` and what was expected. */
export function parsePart(part: 'path' | 'query' | 'body', schema: z.ZodType | undefined, given: unknown): unknown {
  if (schema === undefined) return undefined
  // A parameter that is not taken is an error too: a mistyped `form=` must not quietly mean "the last 24 hours".
  const strict = part === 'query' && schema instanceof z.ZodObject ? schema.strict() : schema
  const parsed = strict.safeParse(given)
  if (parsed.success) return parsed.data
  throw new ApiProblem('invalid_request', `${part}: ${issueText(parsed.error)}`)
}
