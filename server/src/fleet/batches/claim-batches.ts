import type { BatchList, BatchView, IssuedBatch, NewBatch, Person } from '@harbor/protocol'
import { claimLink } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../../errors.ts'
import { withinRegion, withinScope } from '../../people/scope.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import { forgetOldTokens, gatewayOf, insertToken, newToken, stationInReach } from '../claim-tokens.ts'
import type { Tx } from '../config-book.ts'
import type { NamedProfile, ProfileBook } from '../profiles/profile-book.ts'
import { resolveProfile } from '../profiles/resolve-profile.ts'
import { batchRows, batchViewOf, countsOf, headOf } from './batch-rows.ts'
import { batchSheet } from './batch-sheet.ts'

/** Batches of a list: the newest. */
const MAX_LISTED = 500
/** Stations whose profile does not fit that are told of in one answer. */
const MAX_TOLD = 20

/** Batches of claim tokens. A batch is seen by whom who may see a station of it, and only with the stations that they may see. */
export interface ClaimBatches {
  /**
   * Makes the tokens and their sheet; neither can be had again.
   *
   * @throws ApiProblem `not_found`, also for a station that is not within the person's districts; `conflict`: fewer stations wait
   * than were asked for, or a station has several gateways; `invalid_request`: a station is given twice, or the profile does not fit it
   */
  create: (person: Person, wanted: NewBatch, serverUrl: string) => Promise<IssuedBatch>
  list: (person: Person) => Promise<BatchList>
  /** @throws ApiProblem `not_found` */
  view: (person: Person, batch: string) => Promise<BatchView>
  /**
   * Takes back the tokens that no box has used, as far as the person may see their stations. The same again changes nothing.
   *
   * @throws ApiProblem `not_found`
   */
  revoke: (person: Person, batch: string) => Promise<BatchView>
}

export interface ClaimBatchesDeps {
  db: RegistryDb
  profiles: Pick<ProfileBook, 'named'>
  timeZone: string
  nowMs: () => number
  randomBytes: (size: number) => Buffer
  log: Logger
}

interface MadeToken {
  station: string
  gateway: string | undefined
  token: string
}

export function createClaimBatches(deps: ClaimBatchesDeps): ClaimBatches {
  const { db, profiles, nowMs, randomBytes, log } = deps

  const view: ClaimBatches['view'] = async (person, batch) => {
    const head = await db.selectFrom('claim_batch').selectAll().where('id', '=', batch).executeTakeFirst()
    const rows = head === undefined ? [] : await batchRows(db, person, [batch])
    if (head === undefined || rows.length === 0)
      throw new ApiProblem('not_found', `there is no batch ${batch} in your districts`)
    return batchViewOf(head, rows, nowMs())
  }

  /** Makes a batch in one go: all of its tokens, or none. */
  const make = (person: Person, wanted: NewBatch): Promise<{ batch: string; made: MadeToken[] }> =>
    db.transaction().execute(async tx => {
      const atMs = nowMs()
      await forgetOldTokens(tx, atMs)
      const boxes = wanted.boxes ?? (await pickedStations(tx, person, { ...wanted.pick, atMs }))
      const named = new Set<string>()
      for (const { station } of boxes) {
        if (named.has(station)) throw new ApiProblem('invalid_request', `body: station ${station} is given twice`)
        named.add(station)
        await stationInReach(tx, person, station)
      }
      const first = wanted.firstProfile && (await profiles.named(tx, wanted.firstProfile))
      if (first !== undefined) await checkFits(tx, first, [...named])
      const batch = `b-${randomBytes(6).toString('hex')}`
      const expiresAtMs = atMs + wanted.expiresInMs
      await tx
        .insertInto('claim_batch')
        .values({
          id: batch,
          name: wanted.name,
          created_at_ms: atMs,
          created_by: person.login,
          expires_at_ms: expiresAtMs,
          profile: first?.profile ?? null,
          profile_version: first?.version ?? null,
          revoked_at_ms: null,
          revoked_by: null,
        })
        .execute()
      const made: MadeToken[] = []
      for (const box of boxes) {
        const { station } = box
        const gateway = await gatewayOf(tx, station, box.gateway)
        const token = newToken(randomBytes)
        const of = { station, gateway, by: person.login, atMs, expiresAtMs }
        await insertToken(tx, { token, ...of, batch, firstProfile: first })
        made.push({ station, gateway, token })
      }
      const detail = { batch, name: wanted.name, tokens: made.length }
      await recordFleetAct(tx, { act: 'batch-made', atMs, by: person.login, detail })
      return { batch, made }
    })

  return {
    view,

    create: async (person, wanted, serverUrl) => {
      const { batch, made } = await make(person, wanted)
      log.info({ audit: 'batch-made', by: person.login, batch, tokens: made.length }, 'claim tokens were made')
      const shown = await view(person, batch)
      const places = new Map(shown.tokens.map(token => [token.station, token]))
      const tokens = made.map(({ token, ...of }) => ({ ...of, token, link: claimLink(serverUrl, token) }))
      const sheet = await batchSheet(
        tokens.map(({ token, link, station, gateway }) => {
          const { nameZh = '', nameEn = '' } = places.get(station) ?? {}
          return { token, link, station, gateway, nameZh, nameEn }
        }),
        { name: shown.name, serverUrl, expires: localTime(Date.parse(shown.expiresAt), deps.timeZone) },
      )
      return {
        batch: shown,
        tokens: tokens.map(({ gateway, ...of }) => ({ ...of, ...(gateway !== undefined && { gateway }) })),
        sheetPdf: sheet.toString('base64'),
      }
    },

    list: async person => {
      const heads = await db
        .selectFrom('claim_batch')
        .selectAll()
        .orderBy('created_at_ms', 'desc')
        .orderBy('id')
        .limit(MAX_LISTED)
        .execute()
      const rows = await batchRows(
        db,
        person,
        heads.map(({ id }) => id),
      )
      const atMs = nowMs()
      return {
        batches: heads.flatMap(head => {
          const own = rows.filter(({ batch }) => batch === head.id)
          return own.length === 0 ? [] : [{ ...headOf(head), tokens: countsOf(own, atMs) }]
        }),
      }
    },

    revoke: async (person, batch) => {
      const { tokens } = await view(person, batch)
      const open = tokens.filter(({ state }) => state === 'open').map(({ station }) => station)
      if (open.length === 0) return view(person, batch)
      await db.transaction().execute(async tx => {
        const atMs = nowMs()
        const { numUpdatedRows } = await tx
          .updateTable('claim_token')
          .set({ revoked_at_ms: atMs })
          .where('batch', '=', batch)
          .where('station', 'in', open)
          .where('used_at_ms', 'is', null)
          .where('revoked_at_ms', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return
        await tx
          .updateTable('claim_batch')
          .set({ revoked_at_ms: atMs, revoked_by: person.login })
          .where('id', '=', batch)
          .execute()
        for (const station of open)
          await recordFleetAct(tx, { act: 'batch-revoked', atMs, by: person.login, station, detail: { batch } })
        log.info(
          { audit: 'batch-revoked', by: person.login, batch, tokens: open.length },
          'claim tokens were taken back',
        )
      })
      return view(person, batch)
    },
  }
}

/** The next stations without a gateway that has an identity, and without a token that still holds. */
async function pickedStations(
  tx: Tx,
  person: Person,
  { count = 0, region, atMs }: { count?: number | undefined; region?: string | undefined; atMs: number },
): Promise<{ station: string; gateway?: string | undefined }[]> {
  const rows = await tx
    .selectFrom('station')
    .select('station.id')
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .where(withinRegion(region, { district: 'station.district', station: 'station.id' }))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('gateway')
            .innerJoin('gateway_account', 'gateway_account.gateway', 'gateway.id')
            .select('gateway.id')
            .whereRef('gateway.station', '=', 'station.id')
            .where('gateway_account.secret_sha256', 'is not', null),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('claim_token')
            .select('token_sha256')
            .whereRef('claim_token.station', '=', 'station.id')
            .where('used_at_ms', 'is', null)
            .where('revoked_at_ms', 'is', null)
            .where('expires_at_ms', '>', atMs),
        ),
      ),
    )
    .orderBy('station.id')
    .limit(count)
    .execute()
  if (rows.length < count)
    throw new ApiProblem('conflict', `only ${rows.length} stations there wait for a gateway, not ${count}`)
  return rows.map(({ id }) => ({ station: id }))
}

/** A box must not be flashed for a station that its profile does not fit. */
async function checkFits(tx: Tx, { document }: NamedProfile, stations: readonly string[]): Promise<void> {
  const problems: string[] = []
  for (const station of stations) {
    const { district } = await tx
      .selectFrom('station')
      .select('district')
      .where('id', '=', station)
      .executeTakeFirstOrThrow()
    const appliances = await tx.selectFrom('appliance').select(['id', 'kind']).where('station', '=', station).execute()
    const site = { station, district, gateway: `gw-${station}`.slice(0, 40) }
    const kinds = new Map(appliances.map(({ id, kind }) => [id, kind]))
    for (const problem of resolveProfile(document, {}, { ...site, appliances: kinds }).problems)
      problems.push(`${station}: ${problem}`)
  }
  if (problems.length === 0) return
  throw new ApiProblem('invalid_request', `body: firstProfile: ${problems.slice(0, MAX_TOLD).join('; ')}`)
}

function localTime(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(atMs)
}
