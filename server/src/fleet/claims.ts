import type { ClaimAnswer, ClaimRequest, ClaimTokenView, FirstProfile, Person } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { setGatewayAccounts } from '../registry/accounts.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { recordFleetAct } from './audit/record-fleet-act.ts'
import type { RefusedClaims } from './audit/refused-claims.ts'
import {
  forgetOldTokens,
  gatewayOf,
  insertToken,
  newGateway,
  newToken,
  stationInReach,
  tokenPrefix,
} from './claim-tokens.ts'
import type { ConfigBook, IssuedConfig, Tx } from './config-book.ts'
import type { ConfigSigner } from './config-signer.ts'
import type { GatewayConfigs } from './gateway-configs.ts'
import type { ProfileBook } from './profiles/profile-book.ts'

/** Within this time the same box may ask again: its first answer may have been lost. Chosen: a technician is still there. */
export const REPEAT_MS = 15 * 60_000

/** Makes tokens, and gateways of the boxes that bring one. */
export interface Claims {
  /** @throws ApiProblem `not_found`, also for what is not within the person's districts, or `conflict`. */
  createToken: (
    person: Person,
    wanted: {
      station: string
      gateway?: string | undefined
      expiresInMs: number
      /** Of which a box in an empty place gets its first config. */
      firstProfile?: FirstProfile | undefined
    },
  ) => Promise<ClaimTokenView>
  /** @throws ApiProblem `token_unknown`, `token_used`, `token_revoked`, `token_expired`, or `conflict`: its profile no longer fits. */
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
  profiles: Pick<ProfileBook, 'named'>
  configs: Pick<GatewayConfigs, 'make'>
  /** A gateway's account, devices or config changed. */
  onClaimed: (gateway: string) => Promise<void>
  log: Logger
}

interface FirstConfig {
  profile: string
  version: number
  /** Who made the token. */
  by: string
}

export function createClaims(deps: ClaimsDeps): Claims {
  const { db, book, signer, nowMs, randomBytes, log } = deps

  return {
    createToken: async (person, { station, gateway, expiresInMs, firstProfile }) => {
      const token = newToken(randomBytes)
      const atMs = nowMs()
      const expiresAtMs = atMs + expiresInMs
      const replaced = await db.transaction().execute(async tx => {
        await stationInReach(tx, person, station)
        const replaced = await gatewayOf(tx, station, gateway)
        const first = firstProfile && (await deps.profiles.named(tx, firstProfile))
        await forgetOldTokens(tx, atMs)
        const made = { token, station, gateway: replaced, by: person.login, atMs, expiresAtMs }
        await insertToken(tx, { ...made, firstProfile: first })
        return replaced
      })
      const facts = { audit: 'claim-token-created', by: person.login, station, gateway: replaced, expiresInMs }
      log.info(facts, 'a claim token was made')
      return {
        token,
        station,
        ...(replaced !== undefined && { gateway: replaced }),
        expiresAt: new Date(expiresAtMs).toISOString(),
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
    if (row.revoked_at_ms !== null)
      throw new ApiProblem('token_revoked', 'this claim token was taken back; ask for another')
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
    const { profile, profile_version: profileVersion } = row
    const first =
      profile === null || profileVersion === null ? undefined : { profile, version: profileVersion, by: row.created_by }
    const answer = await answerFor(tx, gateway, first)
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

  async function answerFor(tx: Tx, gateway: string, first?: FirstConfig): Promise<ClaimAnswer> {
    const config = (await book.proven(tx, gateway)) ?? (await issueFirst(tx, gateway, first))
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

  /** The config of a gateway that never had one: of the devices that are registered for it, or of its token's profile. */
  async function issueFirst(tx: Tx, gateway: string, first: FirstConfig | undefined): Promise<IssuedConfig> {
    const registered = await book.settings(tx, gateway)
    // Devices that somebody has registered are not dropped for a template.
    if (first === undefined || registered.devices.length > 0)
      return book.issue(tx, gateway, { settings: registered, by: 'server' })
    const { profile, version, by } = first
    const { settings, source, problems } = await deps.configs.make(tx, gateway, { profile, version })
    if (settings === undefined)
      throw new ApiProblem('conflict', `profile ${profile} ${version} does not fit: ${problems.join('; ')}`)
    return book.issue(tx, gateway, { settings, source, by })
  }
}
