import { createHmac } from 'node:crypto'

/** RFC 6238 with what every authenticator app takes: SHA-1, six digits, 30 s. Some apps silently take nothing else. */
const STEP_MS = 30_000
const DIGITS = 6
/** The length of HMAC-SHA-1's own output, as RFC 4226 section 4 recommends. */
export const SECRET_BYTES = 20
/** RFC 4648 section 6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The number of the 30 s step that a time is in. */
export function stepAt(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS)
}

/** The code of a step (RFC 4226 section 5.3). */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest.readUInt8(digest.length - 1) & 0x0f
  const number = digest.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/**
 * The step whose code this is, among now's, the one before and the one after: a phone's clock may be half a minute off, and a code may be typed as it
 * changes. Steps up to `lastStep` are not looked at: a code counts once, and none from before it. Undefined: it is none of these.
 */
export function stepOf(
  code: string,
  { secret, nowMs, lastStep }: { secret: Uint8Array; nowMs: number; lastStep: number },
): number | undefined {
  const now = stepAt(nowMs)
  return [now - 1, now, now + 1].find(step => step > lastStep && codeAt(secret, step) === code)
}

/** Bytes in Base32, without padding: a secret has a whole number of its groups. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map(group => BASE32[parseInt(group.padEnd(5, '0'), 2)]).join('')
}

/** The address that authenticator apps read from a QR code (Key Uri Format of google-authenticator). */
export function otpauthUri(secret: Uint8Array, login: string): string {
  const issuer = "Workers' Harbor"
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(login)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`
}
