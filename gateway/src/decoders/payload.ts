import { MAX_PAYLOAD_BYTES } from '@harbor/protocol'
import type { Rejection } from './decoder.ts'

/** A JSON object of a vendor: any field may be missing or of any type. */
export type Fields = Readonly<Record<string, unknown>>

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A text payload is at most this long: `Online`, `23.4`, `ON`. Chosen: far above any of them. */
const MAX_TEXT_BYTES = 64

/** A payload that is one JSON object, or why it is none. */
export function readObject(payload: Uint8Array): { fields: Fields } | Rejection {
  const parsed = readJson(payload)
  if ('reason' in parsed) return parsed
  const fields = asFields(parsed.value)
  return fields === undefined ? { reason: 'wrong_shape', detail: 'payload: expected a JSON object' } : { fields }
}

/** Any JSON payload. */
export function readJson(payload: Uint8Array): { value: unknown } | Rejection {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    return { reason: 'too_large', detail: `payload: ${payload.length} bytes, at most ${MAX_PAYLOAD_BYTES} are read` }
  }
  let text: string
  try {
    text = utf8.decode(payload)
  } catch {
    return NOT_JSON // TypeError: not UTF-8
  }
  return tryParse(text) ?? tryParse(quoteBareWords(text)) ?? NOT_JSON
}

const NOT_JSON: Rejection = { reason: 'not_json', detail: 'payload: expected JSON in UTF-8' }

function tryParse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined // SyntaxError: not JSON
  }
}

/** Firmware in C prints a number that is none as a bare `nan` or `inf`: as text, that field is refused and its neighbours are read. */
function quoteBareWords(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|[-+]?\b(?:nan|inf(?:inity)?)\b/gi, part =>
    part.startsWith('"') ? part : `"${part}"`,
  )
}

/** A short text payload, trimmed, or why it is none. */
export function readText(payload: Uint8Array): { text: string } | Rejection {
  if (payload.length > MAX_TEXT_BYTES) {
    return { reason: 'too_large', detail: `payload: ${payload.length} bytes, expected a word or a number` }
  }
  try {
    return { text: utf8.decode(payload).trim() }
  } catch {
    return { reason: 'wrong_type', detail: 'payload: expected text in UTF-8' } // TypeError: not UTF-8
  }
}

/** Milliseconds of an instant written as ISO 8601 with a zone, any fraction of a second; undefined for anything else. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined
  // Finer than milliseconds is cut: Date.parse need not take it.
  const atMs = Date.parse(value.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(atMs) ? undefined : atMs
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/

/** `value` as an object's fields; undefined when it is a list, null or a scalar. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** An object's own field: never one that it inherits, so that a field called `constructor` is only what was sent. */
export function field(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
