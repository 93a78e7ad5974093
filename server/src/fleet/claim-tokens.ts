import { type Person, gatewayIdSchema } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import { recordFleetAct } from './audit/record-fleet-act.ts'
import type { Tx } from './config-book.ts'

/** Crockford's base32: no i, l, o, u, which are mistaken for others when typed. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** Spent tokens are kept this long, so that "used" and "expired" can be told from "unknown". */
const KEPT_MS = 90 * 24 * 3_600_000

/** A token to be made. */
export interface NewToken {
  /** The token itself: only its hash and its first letters are kept. */
  token: string
  station: string
  gateway: string | undefined
  by: string
  atMs: number
  expiresAtMs: number
  batch?: string | undefined
  /** Of which a box in an empty place gets its first config. */
  firstProfile?: { profile: string; version: number } | undefined
}

/** Keeps a token. */
export async function insertToken(tx: Tx, made: NewToken): Promise<void> {
  const { token, station, gateway, by, atMs, expiresAtMs, batch, firstProfile } = made
  await tx
    .insertInto('claim_token')
    .values({
      token_sha256: sha256Hex(token),
      prefix: tokenPrefix(token),
      station,
      gateway: gateway ?? null,
      created_by: by,
      created_at_ms: atMs,
      expires_at_ms: expiresAtMs,
      used_at_ms: null,
      used_gateway: null,
      used_secret_sha256: null,
      hardware: null,
      batch: batch ?? null,
      profile: firstProfile?.profile ?? null,
      profile_version: firstProfile?.version ?? null,
      revoked_at_ms: null,
    })
    .execute()
  const detail = {
    token: tokenPrefix(token),
    expiresInMs: expiresAtMs - atMs,
    batch,
    profile: firstProfile?.profile,
    profileVersion: firstProfile?.version,
  }
  await recordFleetAct(tx, { act: 'token-made', atMs, by, gateway, station, detail })
}

/** Forgets tokens, and batches of them, that expired long ago. */
export async function forgetOldTokens(tx: Tx, nowMs: number): Promise<void> {
  await tx
    .deleteFrom('claim_token')
    .where('expires_at_ms', '<', nowMs - KEPT_MS)
    .execute()
  await tx
    .deleteFrom('claim_batch')
    .where('expires_at_ms', '<', nowMs - KEPT_MS)
    .execute()
}

/** The letters of a token that may be written down: they tell which paper it was, and leave 110 bits to guess. */
export function tokenPrefix(token: string): string {
  return token.slice(0, 'harbor1-'.length + 4)
}

/** 26 letters of 5 bits each. */
export function newToken(randomBytes: (size: number) => Buffer): string {
  // 256 is a multiple of 32: the low five bits of each byte are even.
  const letters = [...randomBytes(26)].map(byte => ALPHABET[byte % ALPHABET.length])
  return `harbor1-${letters.join('')}`
}

/** @throws ApiProblem `not_found`, also for a station that is not within the person's districts. */
export async function stationInReach(tx: Tx, person: Person, station: string): Promise<void> {
  const row = await tx
    .selectFrom('station')
    .select('id')
    .where('id', '=', station)
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
}

/**
 * The gateway whose place is to be taken; undefined when the station has none yet.
 *
 * @throws ApiProblem `not_found`, or `conflict`: the station has several and none is named.
 */
export async function gatewayOf(tx: Tx, station: string, named: string | undefined): Promise<string | undefined> {
  const rows = await tx.selectFrom('gateway').select('id').where('station', '=', station).orderBy('id').execute()
  const ids = rows.map(({ id }) => id)
  if (named !== undefined) {
    if (ids.includes(named)) return named
    throw new ApiProblem('not_found', `station ${station} has no gateway ${named}`)
  }
  if (ids.length > 1)
    throw new ApiProblem('conflict', `station ${station} has ${ids.join(', ')}; name the one replaced`)
  return ids[0]
}

/** Registers a station's first gateway, named for its station where that fits in an id. */
export async function newGateway(tx: Tx, station: string): Promise<string> {
  const { district } = await tx
    .selectFrom('station')
    .select('district')
    .where('id', '=', station)
    .executeTakeFirstOrThrow()
  const plain = `gw-${station}`
  const id = gatewayIdSchema.safeParse(plain).success
    ? plain
    : `gw-${station.slice(0, 28)}-${sha256Hex(station).slice(0, 8)}`
  await tx.insertInto('gateway').values({ id, station, district }).execute()
  return id
}
