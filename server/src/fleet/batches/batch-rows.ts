import {
  type BatchToken,
  type BatchView,
  type Person,
  TOKEN_STATES,
  type TokenCounts,
  type TokenState,
} from '@harbor/protocol'
import { boxHardwareSchema } from '@harbor/protocol'
import type { Selectable } from 'kysely'
import { withinScope } from '../../people/scope.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { RegistryTables } from '../../registry/schema.ts'

type HeadRow = Selectable<RegistryTables['claim_batch']>

/** A token of a batch with its station's names. */
export type BatchRow = Pick<
  RegistryTables['claim_token'],
  'station' | 'gateway' | 'expires_at_ms' | 'used_at_ms' | 'used_gateway' | 'hardware' | 'prefix' | 'revoked_at_ms'
> & { batch: string | null; name_zh: string; name_en: string }

/** The tokens of batches as far as somebody may see their stations, by station. */
export async function batchRows(db: RegistryDb, person: Person, batches: readonly string[]): Promise<BatchRow[]> {
  if (batches.length === 0) return []
  return db
    .selectFrom('claim_token')
    .innerJoin('station', 'station.id', 'claim_token.station')
    .select([
      'batch',
      'claim_token.station',
      'gateway',
      'expires_at_ms',
      'used_at_ms',
      'used_gateway',
      'hardware',
      'prefix',
      'revoked_at_ms',
      'name_zh',
      'name_en',
    ])
    .where('batch', 'in', batches)
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .orderBy('claim_token.station')
    .execute()
}

/** What a batch is, without its tokens. */
export function headOf(row: HeadRow): Omit<BatchView, 'tokens'> {
  const { profile, profile_version: version } = row
  return {
    batch: row.id,
    name: row.name,
    createdAt: new Date(row.created_at_ms).toISOString(),
    createdBy: row.created_by,
    expiresAt: new Date(row.expires_at_ms).toISOString(),
    ...(profile !== null && version !== null && { firstProfile: { profile, version } }),
    ...(row.revoked_at_ms !== null && { revokedAt: new Date(row.revoked_at_ms).toISOString() }),
    ...(row.revoked_by !== null && { revokedBy: row.revoked_by }),
  }
}

/** A batch with its tokens as they are at a time. */
export function batchViewOf(head: HeadRow, rows: readonly BatchRow[], atMs: number): BatchView {
  return { ...headOf(head), tokens: rows.map(row => tokenOf(row, atMs)) }
}

/** How many tokens are in each state. */
export function countsOf(rows: readonly BatchRow[], atMs: number): TokenCounts {
  const states = rows.map(row => stateOf(row, atMs))
  return Object.fromEntries(
    TOKEN_STATES.map(state => [state, states.filter(one => one === state).length]),
  ) as TokenCounts
}

function tokenOf(row: BatchRow, atMs: number): BatchToken {
  return {
    prefix: row.prefix ?? '',
    station: row.station,
    nameZh: row.name_zh,
    nameEn: row.name_en,
    ...(row.gateway !== null && { gateway: row.gateway }),
    state: stateOf(row, atMs),
    ...(row.used_at_ms !== null && { usedAt: new Date(row.used_at_ms).toISOString() }),
    ...(row.used_gateway !== null && { usedGateway: row.used_gateway }),
    ...(row.hardware !== null && { hardware: boxHardwareSchema.parse(JSON.parse(row.hardware)) }),
  }
}

function stateOf(
  { used_at_ms: usedAtMs, revoked_at_ms: revokedAtMs, expires_at_ms: expiresAtMs }: BatchRow,
  atMs: number,
): TokenState {
  if (usedAtMs !== null) return 'used'
  if (revokedAtMs !== null) return 'revoked'
  return atMs > expiresAtMs ? 'expired' : 'open'
}
