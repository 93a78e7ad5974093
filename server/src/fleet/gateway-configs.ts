import type {
  ConfigChange,
  ConfigDiff,
  ConfigPreview,
  ConfigSource,
  ConfigVersionList,
  Confirmation,
  ExplainedConfig,
  GatewayConfig,
  Person,
  ProfileUse,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { ConfigBook, IssuedConfig, StoredReport } from './config-book.ts'
import type { ConfigSettings } from './config-document.ts'
import { confirmationOf, lossesOf } from './profiles/config-losses.ts'
import { type MadeOf, originsOf } from './profiles/config-origins.ts'
import { diffOf } from './profiles/config-tree.ts'
import type { NamedProfile, ProfileBook } from './profiles/profile-book.ts'
import { resolveProfile } from './profiles/resolve-profile.ts'

/** What a profile makes of one gateway. */
export interface MadeConfig {
  source: ConfigSource
  profile: NamedProfile
  /** Undefined where there are problems. */
  settings: ConfigSettings | undefined
  problems: string[]
}

/** Gateways' configs, as people give and read them. */
export interface GatewayConfigs {
  /** @throws ApiProblem `not_found`, also for a gateway that is not within the person's districts. */
  checkReach: (person: Person, gateway: string) => Promise<void>
  configOf: (gateway: string) => Promise<{ latest: IssuedConfig | undefined; report: StoredReport | undefined }>
  /**
   * A config by hand.
   *
   * @throws ApiProblem `not_found`, `invalid_request` that names every problem, or `confirmation_required`
   */
  issueConfig: (
    person: Person,
    gateway: string,
    wanted: { settings: ConfigSettings; confirm?: string | undefined },
  ) => Promise<void>
  /** @throws ApiProblem as `issueConfig` */
  applyProfile: (
    person: Person,
    gateway: string,
    wanted: { use: ProfileUse; confirm?: string | undefined },
  ) => Promise<void>
  /** @throws ApiProblem `not_found` */
  preview: (person: Person, gateway: string, use: ProfileUse) => Promise<ConfigPreview>
  /** What a config by hand would change; its problems are told, not thrown. @throws ApiProblem `not_found` */
  previewByHand: (person: Person, gateway: string, settings: ConfigSettings) => Promise<Omit<ConfigPreview, 'source'>>
  /** @throws ApiProblem `not_found`, also for a version that is no longer kept. */
  explained: (person: Person, gateway: string, version: number | undefined) => Promise<ExplainedConfig>
  /** @throws ApiProblem `not_found` */
  versions: (person: Person, gateway: string) => Promise<ConfigVersionList>
  /** @throws ApiProblem `not_found`, also for a version that is no longer kept. */
  diff: (person: Person, gateway: string, between: { from: number; to: number }) => Promise<ConfigDiff>
  /** What a profile makes of a gateway: for rollouts and first configs. @throws ApiProblem `not_found` */
  make: (tx: RegistryDb, gateway: string, use: ProfileUse) => Promise<MadeConfig>
}

export interface GatewayConfigsDeps {
  db: RegistryDb
  book: ConfigBook
  profiles: Pick<ProfileBook, 'named'>
  /** A config was issued. */
  onIssued: (gateway: string) => Promise<void>
  log: Logger
}

export function createGatewayConfigs({ db, book, profiles, onIssued, log }: GatewayConfigsDeps): GatewayConfigs {
  const checkReach: GatewayConfigs['checkReach'] = async (person, gateway) => {
    const row = await db
      .selectFrom('gateway')
      .select('id')
      .where('id', '=', gateway)
      .where(withinScope(person, { district: 'gateway.district', station: 'gateway.station' }))
      .executeTakeFirst()
    if (row !== undefined) return
    throw new ApiProblem('not_found', `there is no gateway ${gateway} in your districts`)
  }

  const make: GatewayConfigs['make'] = async (tx, gateway, { profile: id, version, overrides }) => {
    const profile = await profiles.named(tx, { profile: id, version })
    const kept = overrides ?? (await book.latest(gateway, tx))?.source?.overrides ?? {}
    const source = { profile: id, version: profile.version, overrides: kept }
    const resolved = resolveProfile(profile.document, kept, await book.site(tx, gateway))
    return { source, profile, settings: resolved.settings, problems: resolved.problems }
  }

  /** What the gateway is to run now; of one that was never given a config what its registered devices make. */
  const standing = async (tx: RegistryDb, gateway: string): Promise<GatewayConfig> => {
    const latest = await book.latest(gateway, tx)
    if (latest !== undefined) return latest.document
    return { ...(await book.draft(tx, gateway, await book.settings(tx, gateway))).document, version: 0 }
  }

  const give = async (
    person: Person,
    gateway: string,
    wanted: { settings: ConfigSettings; source?: ConfigSource; confirm: string | undefined },
  ): Promise<void> => {
    const { settings, source, confirm } = wanted
    const { document } = await db.transaction().execute(async tx => {
      const { document: next, problems } = await book.draft(tx, gateway, settings)
      if (problems.length > 0) throw notTaken(problems)
      requireConfirmation(await standing(tx, gateway), next, confirm)
      return book.issue(tx, gateway, { settings, by: person.login, source })
    })
    const { version, devices } = document
    log.info({ audit: 'config-issued', by: person.login, gateway, version, devices: devices.length }, 'config issued')
    await onIssued(gateway)
  }

  const kept = async (gateway: string, version: number | undefined): Promise<IssuedConfig> => {
    const issued = version === undefined ? await book.latest(gateway) : await book.version(gateway, version)
    if (issued !== undefined) return issued
    throw new ApiProblem(
      'not_found',
      `${gateway} has no config${version === undefined ? '' : ` of version ${version}`}`,
    )
  }

  const previewOf = async (gateway: string, settings: ConfigSettings, madeOf?: MadeOf) => {
    const { document, problems } = await book.draft(db, gateway, settings)
    const before = await standing(db, gateway)
    const losses = lossesOf(before, document)
    return {
      gateway,
      problems,
      config: document,
      origins: originsOf(document, madeOf),
      changes: withoutVersion(diffOf(before, document)),
      losses,
      ...(losses.length > 0 && { confirm: confirmationOf(before, document) }),
    }
  }

  return {
    checkReach,
    make,
    configOf: async gateway => ({ latest: await book.latest(gateway), report: await book.report(gateway) }),

    issueConfig: async (person, gateway, { settings, confirm }) => {
      await checkReach(person, gateway)
      await give(person, gateway, { settings, confirm })
    },

    applyProfile: async (person, gateway, { use, confirm }) => {
      await checkReach(person, gateway)
      const { settings, source, problems } = await make(db, gateway, use)
      if (settings === undefined) throw notTaken(problems)
      await give(person, gateway, { settings, source, confirm })
    },

    preview: async (person, gateway, use) => {
      await checkReach(person, gateway)
      const { settings, source, profile, problems } = await make(db, gateway, use)
      if (settings === undefined) return { gateway, source, problems, origins: [], changes: [], losses: [] }
      const madeOf = { profile: profile.document, overrides: source.overrides }
      return { source, ...(await previewOf(gateway, settings, madeOf)) }
    },

    previewByHand: async (person, gateway, settings) => {
      await checkReach(person, gateway)
      return previewOf(gateway, settings)
    },

    explained: async (person, gateway, version) => {
      await checkReach(person, gateway)
      const { document, source, issuedAtMs, issuedBy } = await kept(gateway, version)
      const madeOf = source && {
        profile: (await profiles.named(db, source)).document,
        overrides: source.overrides,
      }
      return {
        gateway,
        version: document.version,
        issuedAt: new Date(issuedAtMs).toISOString(),
        issuedBy,
        ...(source !== undefined && { source }),
        config: document,
        origins: originsOf(document, madeOf),
      }
    },

    versions: async (person, gateway) => {
      await checkReach(person, gateway)
      const issued = await book.versions(gateway)
      return {
        gateway,
        versions: issued.map(({ document, issuedAtMs, issuedBy, source }) => ({
          version: document.version,
          issuedAt: new Date(issuedAtMs).toISOString(),
          issuedBy,
          ...(source !== undefined && { source: { profile: source.profile, version: source.version } }),
          devices: document.devices.length,
        })),
      }
    },

    diff: async (person, gateway, { from, to }) => {
      await checkReach(person, gateway)
      const changes = diffOf((await kept(gateway, from)).document, (await kept(gateway, to)).document)
      return { from, to, changes: withoutVersion(changes) }
    },
  }
}

/** Its number is no difference between two versions. */
function withoutVersion(changes: ConfigChange[]): ConfigChange[] {
  return changes.filter(({ path }) => path !== '/version')
}

const MAX_TOLD = 20

function notTaken(problems: readonly string[]): ApiProblem {
  return new ApiProblem('invalid_request', `body: ${problems.slice(0, MAX_TOLD).join('; ')}`)
}

/** @throws ApiProblem `confirmation_required` where something would be lost and nobody has said that just this is meant. */
function requireConfirmation(before: GatewayConfig, after: GatewayConfig, confirm: string | undefined): void {
  const losses = lossesOf(before, after)
  const wanted = confirmationOf(before, after)
  if (losses.length === 0 || confirm === wanted) return
  const devices = losses.filter(({ kind }) => kind === 'device').map(({ device }) => device)
  const limits = losses.filter(({ kind }) => kind === 'safety').map(({ path }) => path)
  const told = [
    devices.length > 0 ? `devices ${devices.slice(0, MAX_TOLD).join(', ')}` : '',
    limits.length > 0 ? `limits ${limits.slice(0, MAX_TOLD).join(', ')}` : '',
  ].filter(text => text !== '')
  const details: Confirmation = { losses, confirm: wanted }
  throw new ApiProblem(
    'confirmation_required',
    `${after.gateway} would lose ${told.join(' and ')}; send it again with confirm=${wanted} if this is meant`,
    { details: { ...details } },
  )
}
