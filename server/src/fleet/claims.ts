import type { ClaimAnswer, ClaimRequest, ClaimTokenView, Person } from '@harbor/protocol'
import { gatewayIdSchema } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { setGatewayAccounts } from '../registry/accounts.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { withinScope } from '../people/scope.ts'
import { recordFleetAct } from './audit/record-fleet-act.ts'
import type { RefusedClaims } from './audit/refused-claims.ts'
import type { ConfigBook, Tx } from './config-book.ts'
import type { ConfigSigner } from './config-signer.ts'

/** Within this time the same box may ask again: its first answer may have been lost. Chosen: a technician is still there. */
export const REPEAT_MS = 15 * 60_000
/** Spent tokens are kept this long, so that "used" and "expired" can be told from "unknown". */
const KEPT_MS = 90 * 24 * 3_600_000
/** Crockford's base32: no i, l, o, u, which are mistaken for others when typed. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Makes tokens, and gateways of the boxes that bring one. */
export interface Claims {
  /** @throws ApiProblem `not_found`, also for what is not within the person's districts, or `conflict`. */
  createToken: (
    person: Person,
    wanted: { station: string; gateway?: string | undefined; expiresInMs: number },
  ) => Promise<ClaimTokenView>
  /** @throws ApiProblem `token_unknown`, `token_used` or `token_expired`. */
  claim: (request: ClaimRequest, address: string) => Promise<ClaimAnswer>
}

export interface ClaimsDeps {
  db: RegistryDb
  book: ConfigBook
  signer: ConfigSigner
  /** Where gateways find the broker. */
  mqttUrl: string
  nowMs: () => number
  randomBytes: (size: number) => Buffer
  refused: RefusedClaims
  /** A gateway's account, devices or config changed. */
  onClaimed: (gateway: string) => Promise<void>
  log: Logger
}

export function createClaims(deps: ClaimsDeps): Claims {
  const { db, book, signer, nowMs, randomBytes, log } = deps

  return {
    createToken: async (person, { station, gateway, expiresInMs }) => {
      const token = newToken(randomBytes)
      const createdAtMs = nowMs()
      const row = {
        token_sha256: sha256Hex(token),
        station,
        created_by: person.login,
        created_at_ms: createdAtMs,
        expires_at_ms: createdAtMs + expiresInMs,
        used_at_ms: null,
        used_gateway: null,
        used_secret_sha256: null,
        hardware: null,
        prefix: tokenPrefix(token),
        batch: null,
        profile: null,
        profile_version: null,
        revoked_at_ms: null,
      }
      const replaced = await db.transaction().execute(async tx => {
        await stationInReach(tx, person, station)
        const replaced = await gatewayOf(tx, station, gateway)
        await tx
          .deleteFrom('claim_token')
          .where('expires_at_ms', '<', createdAtMs - KEPT_MS)
          .execute()
        await tx
          .insertInto('claim_token')
          .values({ ...row, gateway: replaced ?? null })
          .execute()
        const detail = { token: tokenPrefix(token), expiresInMs }
        const made = { act: 'token-made', atMs: createdAtMs, by: person.login, gateway: replaced, station } as const
        await recordFleetAct(tx, { ...made, detail })
        return replaced
      })
      const facts = { audit: 'claim-token-created', by: person.login, station, gateway: replaced, expiresInMs }
      log.info(facts, 'a claim token was made')
      return {
        token,
        station,
        ...(replaced !== undefined && { gateway: replaced }),
        expiresAt: new Date(row.expires_at_ms).toISOString(),
      }
    },

    claim: async (request, address) => {
      const facts = { address, hardware: request.hardware, token: sha256Hex(request.token).slice(0, 8) }
      try {
        const { answer, isRepeated } = await db.transaction().execute(tx => claimIn(tx, request, address))
        const { gateway, station } = answer
        log.info({ audit: 'gateway-claimed', gateway, station, isRepeated, ...facts }, 'a box claimed its gateway')
        await deps.onClaimed(gateway)
        return answer
      } catch (error) {
        if (error instanceof ApiProblem) {
          log.warn({ audit: 'claim-refused', code: error.code, ...facts }, 'a claim was refused')
          await deps.refused.note({ token: request.token, code: error.code, address })
        }
        throw error
      }
    },
  }

  async function claimIn(
    tx: Tx,
    { token, secretSha256, hardware }: ClaimRequest,
    address: string,
  ): Promise<{ answer: ClaimAnswer; isRepeated: boolean }> {
    const row = await tx
      .selectFrom('claim_token')
      .selectAll()
      .where('token_sha256', '=', sha256Hex(token))
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('token_unknown', 'this claim token is unknown; check what was typed')
    if (row.used_at_ms !== null && row.used_gateway !== null) {
      const isSameBox = row.used_secret_sha256 === secretSha256 && nowMs() - row.used_at_ms <= REPEAT_MS
      if (isSameBox) return { answer: await answerFor(tx, row.used_gateway), isRepeated: true }
      throw new ApiProblem('token_used', `this claim token was used already, for ${row.used_gateway}; ask for another`)
    }
    if (nowMs() > row.expires_at_ms) {
      const at = new Date(row.expires_at_ms).toISOString()
      throw new ApiProblem('token_expired', `this claim token has expired at ${at}; ask for another`)
    }
    const gateway = row.gateway ?? (await gatewayOf(tx, row.station, undefined)) ?? (await newGateway(tx, row.station))
    const { numUpdatedRows } = await tx
      .updateTable('claim_token')
      .set({
        used_at_ms: nowMs(),
        used_gateway: gateway,
        used_secret_sha256: secretSha256,
        hardware: JSON.stringify(hardware),
      })
      .where('token_sha256', '=', row.token_sha256)
      .where('used_at_ms', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new ApiProblem('token_used', 'this claim token was used just now by another box')
    const answer = await answerFor(tx, gateway)
    // Whoever held the place before is out with this: the broker ends its connection.
    const former = await tx
      .selectFrom('gateway_account')
      .select('secret_sha256')
      .where('gateway', '=', gateway)
      .executeTakeFirst()
    const isReplacement = former !== undefined && former.secret_sha256 !== null
    await setGatewayAccounts(tx, [{ gateway, district: answer.district, secretSha256 }])
    const { serial, model } = hardware
    await recordFleetAct(tx, {
      act: 'claimed',
      atMs: nowMs(),
      by: 'box',
      gateway,
      detail: { token: tokenPrefix(token), address, isReplacement, serial, model },
    })
    return { answer, isRepeated: false }
  }

  async function answerFor(tx: Tx, gateway: string): Promise<ClaimAnswer> {
    const config =
      (await book.proven(tx, gateway)) ??
      (await book.issue(tx, gateway, { settings: await book.settings(tx, gateway), by: 'server' }))
    const { station, district, mqttUrl } = config.document
    return {
      gateway,
      station,
      district,
      mqttUrl: mqttUrl ?? deps.mqttUrl,
      trustedKeys: signer.trustedKeys,
      config: config.jws,
    }
  }
}

/** The letters of a token that may be written down: they tell which paper it was, and leave 110 bits to guess. */
export function tokenPrefix(token: string): string {
  return token.slice(0, 'harbor1-'.length + 4)
}

function newToken(randomBytes: (size: number) => Buffer): string {
  // 256 is a multiple of 32: the low five bits of each byte are even.
  const letters = [...randomBytes(26)].map(byte => ALPHABET[byte % ALPHABET.length])
  return `harbor1-${letters.join('')}`
}

async function stationInReach(tx: Tx, person: Person, station: string): Promise<void> {
  const row = await tx
    .selectFrom('station')
    .select('id')
    .where('id', '=', station)
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
}

/** The gateway whose place is to be taken; undefined when the station has none yet. */
async function gatewayOf(tx: Tx, station: string, named: string | undefined): Promise<string | undefined> {
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

/** Named for its station where that fits in an id. */
async function newGateway(tx: Tx, station: string): Promise<string> {
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
