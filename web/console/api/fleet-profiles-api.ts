import {
  type ConfigDiff,
  type ConfigPreview,
  type ConfigText,
  type ConfigTextCheck,
  type ConfigVersionList,
  type Confirmation,
  type ExplainedConfig,
  type NewProfile,
  type NewProfileVersion,
  type ProfileCheck,
  type ProfileList,
  type ProfileProblem,
  type ProfileUse,
  type ProfileVersion,
  type ProfileView,
  configDiffSchema,
  configPreviewSchema,
  configTextCheckSchema,
  configVersionListSchema,
  confirmationSchema,
  explainedConfigSchema,
  profileCheckSchema,
  profileListSchema,
  profileOverridesSchema,
  profileProblemSchema,
  profileVersionSchema,
  profileViewSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { fleetPath } from './fleet-path.ts'
import { RequestError } from './request-error.ts'
import type { Ask } from './work-orders-api.ts'

/** Two versions that are held against each other. */
export interface VersionPair {
  from: number
  to: number
}

/** Profiles, and the configs that gateways are given of them. */
export interface ProfilesApi {
  list: (signal?: AbortSignal) => Promise<ProfileList>
  view: (profile: string, signal?: AbortSignal) => Promise<ProfileView>
  version: (profile: string, version: number, signal?: AbortSignal) => Promise<ProfileVersion>
  diff: (profile: string, pair: VersionPair, signal?: AbortSignal) => Promise<ConfigDiff>
  check: (text: string, signal?: AbortSignal) => Promise<ProfileCheck>
  make: (profile: NewProfile) => Promise<ProfileVersion>
  save: (profile: string, version: NewProfileVersion) => Promise<ProfileVersion>
  /** What a gateway was given, newest first. */
  configs: (gateway: string, signal?: AbortSignal) => Promise<ConfigVersionList>
  /** One of them with where each value comes from; absent `version`: the newest. */
  explained: (gateway: string, version?: number, signal?: AbortSignal) => Promise<ExplainedConfig>
  configDiff: (gateway: string, pair: VersionPair, signal?: AbortSignal) => Promise<ConfigDiff>
  preview: (gateway: string, use: ProfileUse) => Promise<ConfigPreview>
  /** `confirm`: what the server asked to be sent back where something is lost. */
  use: (gateway: string, use: ProfileUse, confirm?: string) => Promise<ExplainedConfig>
  /** What is written of one gateway: with a profile its overrides, without one its settings. */
  checkOwn: (gateway: string, own: ConfigText, signal?: AbortSignal) => Promise<ConfigTextCheck>
  /** Gives it what was checked; the config's new version. */
  giveOwn: (gateway: string, own: ConfigText, confirm?: string) => Promise<number>
}

/** What is read of the answer to a config by hand. */
const issuedSchema = z.object({ desired: z.object({ version: z.int() }) })

export function createProfilesApi(ask: Ask): ProfilesApi {
  const config = (gateway: string, ...rest: string[]) => fleetPath('gateways', gateway, 'config', ...rest)
  const query = (confirm: string | undefined) => (confirm === undefined ? '' : `?confirm=${confirm}`)
  const use: ProfilesApi['use'] = (gateway, body, confirm) =>
    ask(`${config(gateway, 'profile')}${query(confirm)}`, explainedConfigSchema, { method: 'POST', body })
  return {
    list: signal => ask(fleetPath('profiles'), profileListSchema, { signal }),
    view: (profile, signal) => ask(fleetPath('profiles', profile), profileViewSchema, { signal }),
    version: (profile, version, signal) =>
      ask(fleetPath('profiles', profile, 'versions', version), profileVersionSchema, { signal }),
    diff: (profile, { from, to }, signal) =>
      ask(`${fleetPath('profiles', profile, 'diff')}?from=${from}&to=${to}`, configDiffSchema, { signal }),
    check: (text, signal) =>
      ask(fleetPath('profiles', 'check'), profileCheckSchema, { method: 'POST', body: { text }, signal }),
    make: body => ask(fleetPath('profiles'), profileVersionSchema, { method: 'POST', body }),
    save: (profile, body) =>
      ask(fleetPath('profiles', profile, 'versions'), profileVersionSchema, { method: 'POST', body }),
    configs: (gateway, signal) => ask(config(gateway, 'versions'), configVersionListSchema, { signal }),
    explained: (gateway, version, signal) =>
      ask(
        `${config(gateway, 'explained')}${version === undefined ? '' : `?version=${version}`}`,
        explainedConfigSchema,
        {
          signal,
        },
      ),
    configDiff: (gateway, { from, to }, signal) =>
      ask(`${config(gateway, 'diff')}?from=${from}&to=${to}`, configDiffSchema, { signal }),
    preview: (gateway, body) => ask(config(gateway, 'preview'), configPreviewSchema, { method: 'POST', body }),
    use,
    checkOwn: (gateway, body, signal) =>
      ask(config(gateway, 'check'), configTextCheckSchema, { method: 'POST', body, signal }),
    giveOwn: async (gateway, { text, profile, version }, confirm) => {
      const own: unknown = JSON.parse(text)
      if (profile !== undefined) {
        const overrides = profileOverridesSchema.parse(own)
        return (await use(gateway, { profile, version, overrides }, confirm)).version
      }
      const issued = await ask(`${config(gateway)}${query(confirm)}`, issuedSchema, { method: 'POST', body: own })
      return issued.desired.version
    },
  }
}

/** What a refused profile has wrong, by line; undefined: it was refused for something else. */
export function problemsOf(error: unknown): ProfileProblem[] | undefined {
  if (!(error instanceof RequestError)) return undefined
  const problems = profileProblemSchema.array().safeParse(error.details?.['problems'])
  return problems.success ? problems.data : undefined
}

/** What would be lost by the act that was refused until it is said twice; undefined: it was refused for something else. */
export function confirmationOf(error: unknown): Confirmation | undefined {
  if (!(error instanceof RequestError) || error.serverCode !== 'confirmation_required') return undefined
  const asked = confirmationSchema.safeParse(error.details)
  return asked.success ? asked.data : undefined
}
