import type { NewBundle, Person, Reissue } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../../errors.ts'
import { withinScope } from '../../people/scope.ts'
import { sha256Hex } from '../../registry/fleet-import.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetActs } from '../audit/record-fleet-act.ts'
import { tokenPrefix } from '../claim-tokens.ts'
import type { Claims } from '../claims.ts'
import type { Tx } from '../config-book.ts'
import { type BundleBox, bundleFiles } from './bundle-files.ts'
import { wifiConnection } from './wifi-connection.ts'
import { zipOf } from './zip.ts'

export interface BundleSettings {
  /** PEM; undefined: boxes need no certificates beside their own. */
  ca: string | undefined
  /** Where the server is reached from outside; undefined: as each request says. */
  publicUrl: string | undefined
  serverVersion: string
}

/**
 * Makes what is copied onto boxes' cards. Tokens are not kept by the server: whoever was shown them brings them back for this, and
 * it is looked whether each still holds.
 */
export interface Bundles {
  /** @throws ApiProblem `token_unknown`, `token_used`, `token_expired`, or `invalid_request` without a usable address of the server. */
  make: (person: Person, wish: NewBundle, origin: string) => Promise<Uint8Array>
  /** Makes a token for the gateway's place, ends those that no box has used, and gives the bundle. @throws ApiProblem `not_found` too. */
  reissue: (person: Person, gateway: string, request: { wish: Reissue; origin: string }) => Promise<Uint8Array>
}

export interface BundlesDeps {
  db: RegistryDb
  claims: Pick<Claims, 'createToken'>
  nowMs: () => number
  log: Logger
}

type Options = Pick<NewBundle, 'serverUrl' | 'allowHttp' | 'wifi'>

export function createBundles(settings: BundleSettings, { db, claims, nowMs, log }: BundlesDeps): Bundles {
  const serverUrlOf = ({ serverUrl, allowHttp }: Options, origin: string): string => {
    const url = serverUrl ?? settings.publicUrl ?? origin
    if (!URL.canParse(url))
      throw new ApiProblem('invalid_request', 'serverUrl: this server does not know its address; set PUBLIC_URL')
    const { protocol, hostname } = new URL(url)
    // The box would refuse it in the station, where nobody can mend it: better now.
    if (protocol === 'http:' && !isThisMachine(hostname) && !allowHttp)
      throw new ApiProblem(
        'invalid_request',
        `serverUrl: ${url} is not encrypted; use https, or allowHttp where the line is your own`,
      )
    return url
  }

  const pack = async (boxes: readonly BundleBox[], { allowHttp, wifi }: Options, serverUrl: string) => {
    const madeAtMs = nowMs()
    const files = bundleFiles(boxes, {
      serverUrl,
      allowHttp,
      ca: settings.ca,
      wifi: wifi === undefined ? undefined : await wifiConnection(wifi),
      serverVersion: settings.serverVersion,
      madeAtMs,
    })
    return zipOf(files, madeAtMs)
  }

  const record = async (tx: Tx, person: Person, boxes: readonly (BundleBox & { revoked?: number })[]) => {
    await recordFleetActs(
      tx,
      boxes.map(({ token, gateway, station, revoked }) => ({
        act: 'bundle-made',
        atMs: nowMs(),
        by: person.login,
        gateway,
        station,
        detail: { token: tokenPrefix(token), boxes: boxes.length, revoked },
      })),
    )
    const stations = boxes.slice(0, 20).map(({ station }) => station)
    log.info({ audit: 'bundle-made', by: person.login, boxes: boxes.length, stations }, 'a flash bundle was made')
  }

  return {
    make: async (person, wish, origin) => {
      const serverUrl = serverUrlOf(wish, origin)
      const boxes = await db.transaction().execute(async tx => {
        const boxes: BundleBox[] = []
        for (const token of new Set(wish.tokens)) boxes.push(await boxOf(tx, person, { token, nowMs: nowMs() }))
        await record(tx, person, boxes)
        return boxes
      })
      return pack(boxes, wish, serverUrl)
    },

    reissue: async (person, gateway, { wish, origin }) => {
      const serverUrl = serverUrlOf(wish, origin)
      const place = await db
        .selectFrom('gateway')
        .select('station')
        .where('id', '=', gateway)
        .where(withinScope(person, { district: 'gateway.district', station: 'gateway.station' }))
        .executeTakeFirst()
      if (place === undefined) throw new ApiProblem('not_found', `there is no gateway ${gateway} in your districts`)
      const { station } = place
      const { token } = await claims.createToken(person, { station, gateway, expiresInMs: wish.expiresInMs })
      const box = await db.transaction().execute(async tx => {
        const box = await boxOf(tx, person, { token, nowMs: nowMs() })
        const { numUpdatedRows } = await tx
          .updateTable('claim_token')
          .set({ revoked_at_ms: nowMs() })
          .where('station', '=', station)
          // Without a gateway: made while the station had none, so it is for the first that it has now.
          .where(eb => eb.or([eb('gateway', '=', gateway), eb('gateway', 'is', null)]))
          .where('used_at_ms', 'is', null)
          .where('revoked_at_ms', 'is', null)
          .where('expires_at_ms', '>', nowMs())
          .where('token_sha256', '<>', sha256Hex(token))
          .executeTakeFirst()
        await record(tx, person, [{ ...box, revoked: Number(numUpdatedRows) }])
        return box
      })
      return pack([box], wish, serverUrl)
    },
  }
}

/** Of a station that is not the person's the token is unknown, as one that nobody made. */
async function boxOf(tx: Tx, person: Person, { token, nowMs }: { token: string; nowMs: number }): Promise<BundleBox> {
  const row = await tx
    .selectFrom('claim_token as t')
    .innerJoin('station', 'station.id', 't.station')
    .select(['t.station', 't.gateway', 't.expires_at_ms', 't.used_at_ms', 't.revoked_at_ms'])
    .select(['station.name_zh', 'station.name_en'])
    .where('t.token_sha256', '=', sha256Hex(token))
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .executeTakeFirst()
  const name = tokenPrefix(token)
  if (row === undefined) throw new ApiProblem('token_unknown', `tokens: ${name}… is unknown`)
  if (row.used_at_ms !== null) throw new ApiProblem('token_used', `tokens: ${name}… was used already`)
  if (row.revoked_at_ms !== null) throw new ApiProblem('token_revoked', `tokens: ${name}… was revoked`)
  if (row.expires_at_ms <= nowMs) throw new ApiProblem('token_expired', `tokens: ${name}… has expired`)
  return {
    token,
    expiresAtMs: row.expires_at_ms,
    station: row.station,
    nameZh: row.name_zh,
    nameEn: row.name_en,
    gateway: row.gateway ?? undefined,
  }
}

/** A box on the same machine: tests, and a station's computer that is its own server. */
function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
