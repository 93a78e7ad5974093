import type { ConfigReported, GatewayConfig } from '@harbor/protocol'
import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import {
  type ConfigDefaults,
  type ConfigSettings,
  type Site,
  configDocument,
  configSettingsSchema,
  settingsProblems,
} from './config-document.ts'
import type { ConfigSigner } from './config-signer.ts'

/** Versions of one gateway's config that are kept; chosen: enough to see what was changed when, far from filling a disk. */
const KEPT_VERSIONS = 50
/** Gateways whose configs are compared in one go at the start. */
const PAGE = 200

export type Tx = Transaction<RegistryTables>

/** A config as it was issued. */
export interface IssuedConfig {
  document: GatewayConfig
  jws: string
  issuedAtMs: number
  issuedBy: string
}

/** Gateways' configs in the registry: every version as it was signed, and what each gateway said of it. */
export interface ConfigBook {
  /** The newest config; undefined for a gateway that was never given one. */
  latest: (gateway: string) => Promise<IssuedConfig | undefined>
  /** What a box that takes the gateway's place is to begin with: the last config that worked, or the newest. */
  proven: (tx: Tx, gateway: string) => Promise<IssuedConfig | undefined>
  /**
   * Checks and issues the next version, and registers its devices. Devices that it no longer has stay registered until the
   * gateway runs it: what it still holds of them is not to be refused.
   *
   * @throws ApiProblem `not_found`, `invalid_request` that names every problem, or `conflict`.
   */
  issue: (tx: Tx, gateway: string, change: { settings: ConfigSettings; by: string }) => Promise<IssuedConfig>
  /** The settings that stand; of a gateway without a config those that its registered devices make. */
  settings: (tx: Tx, gateway: string) => Promise<ConfigSettings>
  /** Issues anew what this server's own settings, or its keys, have changed since. */
  issueStale: () => Promise<number>
  /** Takes a gateway's word; true when devices were given up because it no longer has them. */
  reported: (gateway: string, report: ConfigReported) => Promise<boolean>
  report: (gateway: string) => Promise<StoredReport | undefined>
  /** Gateways after `gateway`, in order, that neither run nor have refused their newest config; at most `limit`. */
  pending: (after: string, limit: number) => Promise<string[]>
}

/** What a gateway said last, and the version that it said it runs. */
export interface StoredReport extends ConfigReported {
  appliedVersion: number | undefined
}

export interface ConfigBookDeps {
  db: RegistryDb
  signer: ConfigSigner
  defaults: Omit<ConfigDefaults, 'trustedKeys'>
  nowMs: () => number
  log: Logger
}

export function createConfigBook({ db, signer, nowMs, log, ...deps }: ConfigBookDeps): ConfigBook {
  const defaults: ConfigDefaults = { ...deps.defaults, trustedKeys: signer.trustedKeys }

  const latestRow = (tx: RegistryDb, gateway: string) =>
    tx
      .selectFrom('gateway_config')
      .selectAll()
      .where('gateway', '=', gateway)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()

  const issue: ConfigBook['issue'] = async (tx, gateway, { settings, by }) => {
    const site = await siteOf(tx, gateway)
    const owners = await ownersOf(
      tx,
      settings.devices.map(device => device.id),
    )
    const problems = settingsProblems(settings, site, device => owners.get(device))
    if (problems.length > 0) throw new ApiProblem('invalid_request', `body: ${problems.slice(0, 20).join('; ')}`)
    // A registry from a backup may be behind its gateways: they take nothing below what they run.
    const applied = await tx
      .selectFrom('gateway_report')
      .select('applied_version')
      .where('gateway', '=', gateway)
      .executeTakeFirst()
    const version = Math.max((await latestRow(tx, gateway))?.version ?? 0, applied?.applied_version ?? 0) + 1
    const document = configDocument(settings, site, { ...defaults, version })
    const issuedAtMs = nowMs()
    const jws = await signer.sign(document, issuedAtMs)
    await tx
      .insertInto('gateway_config')
      .values({
        gateway,
        version,
        settings: JSON.stringify(settings),
        document: JSON.stringify(document),
        jws,
        issued_at_ms: issuedAtMs,
        issued_by: by,
      })
      .execute()
    await tx
      .deleteFrom('gateway_config')
      .where('gateway', '=', gateway)
      .where('version', '<=', version - KEPT_VERSIONS)
      .execute()
    await registerDevices(tx, document)
    return { document, jws, issuedAtMs, issuedBy: by }
  }

  const report: ConfigBook['report'] = async gateway => {
    const row = await db.selectFrom('gateway_report').selectAll().where('gateway', '=', gateway).executeTakeFirst()
    if (row === undefined) return undefined
    const { version, state, reason, at_ms: atMs, applied_version: applied } = row
    return { version, state, atMs, ...(reason !== null && { reason }), appliedVersion: applied ?? undefined }
  }

  return {
    issue,
    report,

    latest: async gateway => {
      const row = await latestRow(db, gateway)
      return row === undefined ? undefined : issuedOf(row)
    },

    proven: async (tx, gateway) => {
      const row = await tx
        .selectFrom('gateway_config')
        .innerJoin('gateway_report', join =>
          join
            .onRef('gateway_report.gateway', '=', 'gateway_config.gateway')
            .onRef('gateway_report.applied_version', '=', 'gateway_config.version'),
        )
        .selectAll('gateway_config')
        .where('gateway_config.gateway', '=', gateway)
        .executeTakeFirst()
      const found = row ?? (await latestRow(tx, gateway))
      return found === undefined ? undefined : issuedOf(found)
    },

    settings: async (tx, gateway) => {
      const row = await latestRow(tx, gateway)
      if (row !== undefined) return configSettingsSchema.parse(JSON.parse(row.settings))
      const rows = await tx
        .selectFrom('device')
        .select(['id', 'vendor', 'address', 'appliance'])
        .where('gateway', '=', gateway)
        .orderBy('id')
        .execute()
      return {
        devices: rows.map(({ appliance, ...device }) => ({ ...device, ...(appliance !== null && { appliance }) })),
      }
    },

    issueStale: async () => {
      let issued = 0
      let after = ''
      for (;;) {
        const rows = await db
          .selectFrom('gateway_config as c')
          .selectAll()
          .where('gateway', '>', after)
          .where('version', '=', eb =>
            eb
              .selectFrom('gateway_config as n')
              .select(fn => fn.fn.max('n.version').as('version'))
              .whereRef('n.gateway', '=', 'c.gateway'),
          )
          .orderBy('gateway')
          .limit(PAGE)
          .execute()
        for (const { gateway, version, settings, document } of rows) {
          const change = { settings: configSettingsSchema.parse(JSON.parse(settings)), by: 'server' }
          const wanted = configDocument(change.settings, await siteOf(db, gateway), { ...defaults, version })
          if (JSON.stringify(wanted) === document) continue
          try {
            await db.transaction().execute(tx => issue(tx, gateway, change))
            issued += 1
          } catch (error) {
            // One gateway whose settings no longer fit its station must not keep the others from theirs.
            if (!(error instanceof ApiProblem)) throw error
            log.warn({ gateway, problem: error.message }, 'a config could not be issued anew')
          }
        }
        const last = rows.at(-1)
        if (last === undefined) return issued
        after = last.gateway
      }
    },

    reported: async (gateway, { version, state, reason, atMs }) =>
      db.transaction().execute(async tx => {
        const known = await tx.selectFrom('gateway').select('id').where('id', '=', gateway).executeTakeFirst()
        if (known === undefined) return false
        const change = {
          version,
          state,
          reason: reason ?? null,
          at_ms: atMs,
          // A refusal says nothing of what the gateway runs.
          ...(state === 'applied' && { applied_version: version }),
        }
        await tx
          .insertInto('gateway_report')
          .values({ gateway, applied_version: null, ...change })
          .onConflict(c => c.column('gateway').doUpdateSet(change))
          .execute()
        return state === 'applied' && (await forgetDevices(tx, gateway, version))
      }),

    pending: async (after, limit) => {
      const rows = await db
        .selectFrom('gateway_config as c')
        .leftJoin('gateway_report as r', 'r.gateway', 'c.gateway')
        .select('c.gateway')
        .where('c.gateway', '>', after)
        .groupBy(['c.gateway', 'r.gateway', 'r.version'])
        .having(eb =>
          eb.or([
            eb('r.gateway', 'is', null),
            // What it said last is about another version, applied or refused.
            eb(eb.fn.max('c.version'), '<>', eb.ref('r.version')),
          ]),
        )
        .orderBy('c.gateway')
        .limit(limit)
        .execute()
      return rows.map(row => row.gateway)
    },
  }
}

function issuedOf(row: RegistryTables['gateway_config']): IssuedConfig {
  return {
    document: JSON.parse(row.document) as GatewayConfig,
    jws: row.jws,
    issuedAtMs: row.issued_at_ms,
    issuedBy: row.issued_by,
  }
}

async function siteOf(tx: RegistryDb, gateway: string): Promise<Site> {
  const row = await tx.selectFrom('gateway').selectAll().where('id', '=', gateway).executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no gateway ${gateway}`)
  const appliances = await tx
    .selectFrom('appliance')
    .select(['id', 'kind'])
    .where('station', '=', row.station)
    .execute()
  return {
    gateway,
    station: row.station,
    district: row.district,
    appliances: new Map(appliances.map(({ id, kind }) => [id, kind])),
  }
}

async function ownersOf(tx: RegistryDb, devices: readonly string[]): Promise<Map<string, string>> {
  if (devices.length === 0) return new Map()
  const rows = await tx.selectFrom('device').select(['id', 'gateway']).where('id', 'in', devices).execute()
  return new Map(rows.map(({ id, gateway }) => [id, gateway]))
}

async function registerDevices(tx: Tx, { gateway, devices }: GatewayConfig): Promise<void> {
  for (const { id, vendor, address, appliance } of devices) {
    const change = { gateway, vendor, address, appliance: appliance ?? null }
    await tx
      .insertInto('device')
      .values({ id, ...change })
      .onConflict(c => c.column('id').doUpdateSet(change))
      .execute()
  }
}

/** Devices that neither the config at work nor the newest one has. */
async function forgetDevices(tx: Tx, gateway: string, appliedVersion: number): Promise<boolean> {
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
