import type { z } from 'zod'
import { ProtocolError } from './protocol-error.ts'

/** No payload of ours is larger: a pack of 1,000 records is about 70 KB. */
export const MAX_PAYLOAD_BYTES = 256 * 1024

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** Any of our payloads as bytes. */
export function encodeJson(payload: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(payload))
}

/**
 * Bytes from the wire as the payload that `schema` describes.
 *
 * @throws ProtocolError `too_large`, `not_json`, or `wrong_shape` with the field and what was expected.
 */
export function decodeJson<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw new ProtocolError('too_large', `payload: ${bytes.length} bytes, at most ${MAX_PAYLOAD_BYTES} are read`)
  }
  const parsed = schema.safeParse(parseJson(bytes))
  if (parsed.success) return parsed.data
  throw new ProtocolError('wrong_shape', issueText(parsed.error))
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new ProtocolError('not_json', 'payload: expected JSON in UTF-8', { cause })
  }
}

/** What a schema found wrong, each with the field it is about, in one bounded line: the first three, unless told otherwise. */
export function issueText(error: z.ZodError, { shown: most, chars } = { shown: 3, chars: 400 }): string {
  const shown = error.issues
    .slice(0, most)
    .map(issue => `${issue.path.map(String).join('.') || 'payload'}: ${issue.message}`)
  const more = error.issues.length - shown.length
  const text = shown.join('; ') + (more > 0 ? `; and ${more} more` : '')
  return text.length > chars ? `${text.slice(0, chars)}…` : text
}
