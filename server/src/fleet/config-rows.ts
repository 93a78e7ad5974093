import { type ConfigSource, type GatewayConfig, profileOverridesSchema } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { IssuedConfig, Tx } from './config-book.ts'
import type { Site } from './config-document.ts'

/** A config as its row has it. */
export function issuedOf(row: RegistryTables['gateway_config']): IssuedConfig {
  return {
    document: JSON.parse(row.document) as GatewayConfig,
    jws: row.jws,
    issuedAtMs: row.issued_at_ms,
    issuedBy: row.issued_by,
    source: sourceOf(row),
  }
}

/** Of which profile a row's config was made. */
export function sourceOf({
  profile,
  profile_version: version,
  overrides,
}: RegistryTables['gateway_config']): ConfigSource | undefined {
  if (profile === null || version === null || overrides === null) return undefined
  return { profile, version, overrides: profileOverridesSchema.parse(JSON.parse(overrides)) }
}

/** Where a gateway is and what stands there. @throws ApiProblem `not_found` */
export async function siteOf(tx: RegistryDb, gateway: string): Promise<Site> {
  const row = await tx.selectFrom('gateway').selectAll().where('id', '=', gateway).executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no gateway ${gateway}`)
  const appliances = await tx
    .selectFrom('appliance')
    .select(['id', 'kind'])
    .where('station', '=', row.station)
    .execute()
  const software = await tx
    .selectFrom('gateway_software')
    .select(['version', 'url', 'sha256'])
    .where('gateway', '=', gateway)
    .executeTakeFirst()
  return {
    gateway,
    station: row.station,
    district: row.district,
    appliances: new Map(appliances.map(({ id, kind }) => [id, kind])),
    ...(software !== undefined && { software }),
  }
}

/** The gateways that devices are registered for. */
export async function ownersOf(tx: RegistryDb, devices: readonly string[]): Promise<Map<string, string>> {
  if (devices.length === 0) return new Map()
  const rows = await tx.selectFrom('device').select(['id', 'gateway']).where('id', 'in', devices).execute()
  return new Map(rows.map(({ id, gateway }) => [id, gateway]))
}

/** Registers the devices of a config, before the gateway has it. */
export async function registerDevices(tx: Tx, { gateway, devices }: GatewayConfig): Promise<void> {
  for (const { id, vendor, address, appliance } of devices) {
    const change = { gateway, vendor, address, appliance: appliance ?? null }
    await tx
      .insertInto('device')
      .values({ id, ...change })
      .onConflict(c => c.column('id').doUpdateSet(change))
      .execute()
  }
}

/** Gives up devices that neither the config at work nor the newest one has; true when there were any. */
export async function forgetDevices(tx: Tx, gateway: string, appliedVersion: number): Promise<boolean> {
  const rows = await tx
    .selectFrom('gateway_config')
    .select('document')
    .where('gateway', '=', gateway)
    .where('version', '>=', appliedVersion)
    .orderBy('version')
    .execute()
  if (rows.length === 0) return false
  const kept = rows.flatMap(({ document }) => (JSON.parse(document) as GatewayConfig).devices.map(({ id }) => id))
  const { numDeletedRows } = await tx
    .deleteFrom('device')
    .where('gateway', '=', gateway)
    .$if(kept.length > 0, query => query.where('id', 'not in', kept))
    .executeTakeFirst()
  return numDeletedRows > 0n
}
