import { type CardReader, MAX_PAYLOAD_BYTES } from '@harbor/protocol'
import type { Rejection } from '../decoders/decoder.ts'

/** Numbers of cards: 4, 7 or 10 bytes of an NFC tag (ISO/IEC 14443-3), 16 characters and more of others. */
const NUMBER = /^[0-9A-Z]{4,64}$/

/**
 * The card's number in a reader's message, in one writing: capitals, without blanks, hyphens and colons. `undefined`: the message is
 * about something else. A refusal never quotes the message: what is in it may be the number.
 */
export function cardNumberOf({ field }: CardReader, payload: Uint8Array): string | Rejection | undefined {
  if (payload.length === 0) return undefined
  if (payload.length > MAX_PAYLOAD_BYTES)
    return { reason: 'too_large', detail: `card: more than ${MAX_PAYLOAD_BYTES} bytes` }
  const text = Buffer.from(payload).toString('utf8')
  const given = field === undefined ? text : fieldOf(text, field)
  if (given === undefined) return undefined
  if (typeof given !== 'string' && !Number.isSafeInteger(given))
    return { reason: 'wrong_type', detail: 'card: expected text or a whole number' }
  const number = String(given)
    .replaceAll(/[\s:-]/g, '')
    .toUpperCase()
  // Readers say so when a card is taken away: an empty text, zeros, or a word.
  if (/^0*$/.test(number) || GONE.has(number)) return undefined
  return NUMBER.test(number) ? number : { reason: 'wrong_shape', detail: 'card: expected 4 to 64 letters and digits' }
}

const GONE = new Set(['NONE', 'NULL', 'UNKNOWN', 'UNAVAILABLE', 'OFFLINE', 'ONLINE'])

function fieldOf(text: string, path: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // not JSON: a topic that the reader shares with other words of its device
  }
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value ?? undefined
}
