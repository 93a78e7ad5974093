import type { ConfigReported, ConfigSource, GatewayConfig } from '@harbor/protocol'
import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { recordFleetAct } from './audit/record-fleet-act.ts'
import { recordReport } from './audit/record-report.ts'
import {
  type ConfigDefaults,
  type ConfigSettings,
  type Site,
  configDocument,
  configSettingsSchema,
  settingsProblems,
} from './config-document.ts'
import { forgetDevices, issuedOf, ownersOf, registerDevices, siteOf, sourceOf } from './config-rows.ts'
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
  /** Of which profile it was made; undefined: by hand. */
  source: ConfigSource | undefined
}

/** What a gateway is to be given. */
export interface ConfigOrder {
  settings: ConfigSettings
  /** A login, or `server`. */
  by: string
  /** Of which profile the settings were made; absent: by hand. */
  source?: ConfigSource | undefined
}

/** Gateways' configs in the registry: every version as it was signed, and what each gateway said of it. */
export interface ConfigBook {
  /** The newest config; undefined for a gateway that was never given one. */
  latest: (gateway: string, tx?: RegistryDb) => Promise<IssuedConfig | undefined>
  /** One of the versions that are kept: the newest 50. */
  version: (gateway: string, version: number) => Promise<IssuedConfig | undefined>
  /** The versions that are kept, newest first. */
  versions: (gateway: string) => Promise<IssuedConfig[]>
  /** What the gateway would be given next, unsigned, and what is wrong with that; problems are one line each. */
  draft: (tx: RegistryDb, gateway: string, settings: ConfigSettings) => Promise<ConfigDraft>
  /** Where a gateway is and what stands there. @throws ApiProblem `not_found` */
  site: (tx: RegistryDb, gateway: string) => Promise<Site>
  /** What a box that takes the gateway's place is to begin with: the last config that worked, or the newest. */
  proven: (tx: Tx, gateway: string) => Promise<IssuedConfig | undefined>
  /**
   * Checks and issues the next version, and registers its devices. Devices that it no longer has stay registered until the
   * gateway runs it: what it still holds of them is not to be refused.
   *
   * @throws ApiProblem `not_found`, `invalid_request` that names every problem, or `conflict`.
   */
  issue: (tx: Tx, gateway: string, order: ConfigOrder) => Promise<IssuedConfig>
  /** The settings that stand; of a gateway without a config those that its registered devices make. */
  settings: (tx: RegistryDb, gateway: string) => Promise<ConfigSettings>
  /** Issues anew what this server's own settings, or its keys, have changed since. */
  issueStale: () => Promise<number>
  /** Takes a gateway's word; true when devices were given up because it no longer has them. */
  reported: (gateway: string, report: ConfigReported) => Promise<boolean>
  report: (gateway: string) => Promise<StoredReport | undefined>
  /** Gateways after `gateway`, in order, that neither run nor have refused their newest config; at most `limit`. */
  pending: (after: string, limit: number) => Promise<string[]>
}

/** A config that was not issued. */
export interface ConfigDraft {
  document: GatewayConfig
  problems: string[]
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

  const draft: ConfigBook['draft'] = async (tx, gateway, settings) => {
    const site = await siteOf(tx, gateway)
    const owners = await ownersOf(
      tx,
      settings.devices.map(device => device.id),
    )
    // A registry from a backup may be behind its gateways: they take nothing below what they run.
    const applied = await tx
      .selectFrom('gateway_report')
      .select('applied_version')
      .where('gateway', '=', gateway)
      .executeTakeFirst()
    const version = Math.max((await latestRow(tx, gateway))?.version ?? 0, applied?.applied_version ?? 0) + 1
    return {
      document: configDocument(settings, site, { ...defaults, version }),
      problems: settingsProblems(settings, site, device => owners.get(device)),
    }
  }

  const issue: ConfigBook['issue'] = async (tx, gateway, { settings, by, source }) => {
    const { document, problems } = await draft(tx, gateway, settings)
    if (problems.length > 0) throw new ApiProblem('invalid_request', `body: ${problems.slice(0, 20).join('; ')}`)
    const { version } = document
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
        profile: source?.profile ?? null,
        profile_version: source?.version ?? null,
        overrides: source === undefined ? null : JSON.stringify(source.overrides),
      })
      .execute()
    await tx
      .deleteFrom('gateway_config')
      .where('gateway', '=', gateway)
      .where('version', '<=', version - KEPT_VERSIONS)
      .execute()
    await registerDevices(tx, document)
    const made = source === undefined ? {} : { profile: source.profile, profileVersion: source.version }
    const detail = { version, devices: document.devices.length, ...made }
    await recordFleetAct(tx, { act: 'config-issued', atMs: issuedAtMs, by, gateway, detail })
    return { document, jws, issuedAtMs, issuedBy: by, source }
  }

  const report: ConfigBook['report'] = async gateway => {
    const row = await db.selectFrom('gateway_report').selectAll().where('gateway', '=', gateway).executeTakeFirst()
    if (row === undefined) return undefined
    const { version, state, reason, at_ms: atMs, applied_version: applied } = row
    return { version, state, atMs, ...(reason !== null && { reason }), appliedVersion: applied ?? undefined }
  }

  return {
    issue,
    draft,
    report,
    site: siteOf,

    version: async (gateway, version) => {
      const row = await db
        .selectFrom('gateway_config')
        .selectAll()
        .where('gateway', '=', gateway)
        .where('version', '=', version)
        .executeTakeFirst()
      return row === undefined ? undefined : issuedOf(row)
    },

    versions: async gateway => {
      const rows = await db
        .selectFrom('gateway_config')
        .selectAll()
        .where('gateway', '=', gateway)
        .orderBy('version', 'desc')
        .execute()
      return rows.map(issuedOf)
    },

    latest: async (gateway, tx = db) => {
      const row = await latestRow(tx, gateway)
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
        for (const row of rows) {
          const { gateway, version, document } = row
          const settings = configSettingsSchema.parse(JSON.parse(row.settings))
          const change = { settings, by: 'server', source: sourceOf(row) }
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
        await recordReport(tx, gateway, { version, state, reason, nowMs: nowMs() })
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
