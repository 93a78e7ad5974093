import {
  type NewProfile,
  type NewProfileVersion,
  type Person,
  type ProfileDocument,
  type ProfileList,
  type ProfileVersion,
  type ProfileView,
  profileDocumentSchema,
} from '@harbor/protocol'
import { type SqlBool, sql } from 'kysely'
import { ApiProblem } from '../../errors.ts'
import { withinScope } from '../../people/scope.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import type { Tx } from '../config-book.ts'
import { checkProfile } from './check-profile.ts'

/** Profiles of one system; chosen: far more than there are kinds of stations. */
const MAX_PROFILES = 200
/** Of one profile. */
const MAX_VERSIONS = 1_000

/** A version of a profile, as configs are made of it. */
export interface NamedProfile {
  profile: string
  version: number
  document: ProfileDocument
}

/** Profiles in the registry. A version never changes; who writes one changes no gateway by that. */
export interface ProfileBook {
  list: (person: Person) => Promise<ProfileList>
  /** @throws ApiProblem `not_found` */
  view: (person: Person, profile: string) => Promise<ProfileView>
  /** @throws ApiProblem `not_found` */
  version: (profile: string, version: number) => Promise<ProfileVersion>
  /** @throws ApiProblem `invalid_request` with the problems of its text, or `conflict`: the id is taken. */
  create: (wanted: NewProfile, by: string) => Promise<ProfileVersion>
  /** @throws ApiProblem `invalid_request` with the problems of its text, `not_found`, or `conflict`: somebody was faster. */
  addVersion: (profile: string, wanted: NewProfileVersion, by: string) => Promise<ProfileVersion>
  /** For a config. @throws ApiProblem `not_found` */
  named: (db: RegistryDb, wanted: { profile: string; version?: number | undefined }) => Promise<NamedProfile>
}

interface NewVersion extends NamedProfile {
  text: string
  note: string
  by: string
}

export function createProfileBook({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): ProfileBook {
  const versionOf: ProfileBook['version'] = async (profile, version) => {
    const row = await db
      .selectFrom('profile_version')
      .innerJoin('profile', 'profile.id', 'profile_version.profile')
      .selectAll()
      .where('profile', '=', profile)
      .where('version', '=', version)
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no profile ${profile} with a version ${version}`)
    return {
      profile,
      nameZh: row.name_zh,
      nameEn: row.name_en,
      ...headOf(row),
      document: profileDocumentSchema.parse(JSON.parse(row.document)),
      text: row.text,
    }
  }

  /** Gateways within somebody's districts by profile and version of their newest config. */
  const gatewaysOf = async (person: Person): Promise<Map<string, number>> => {
    const rows = await db
      .selectFrom('gateway_config as c')
      .innerJoin('gateway', 'gateway.id', 'c.gateway')
      .select(({ fn }) => ['c.profile', 'c.profile_version', fn.countAll<number>().as('count')])
      .where('c.profile', 'is not', null)
      .where(sql<SqlBool>`c.version = (select max(n.version) from gateway_config n where n.gateway = c.gateway)`)
      .where(withinScope(person, { district: 'gateway.district', station: 'gateway.station' }))
      .groupBy(['c.profile', 'c.profile_version'])
      .execute()
    return new Map(rows.map(({ profile, profile_version, count }) => [`${profile} ${profile_version}`, Number(count)]))
  }

  const insertVersion = async (tx: Tx, wanted: NewVersion): Promise<void> => {
    const { profile, note, text, version, document, by } = wanted
    const atMs = nowMs()
    await tx
      .insertInto('profile_version')
      .values({ profile, version, text, document: JSON.stringify(document), note, saved_at_ms: atMs, saved_by: by })
      .execute()
    await recordFleetAct(tx, { act: 'profile-saved', atMs, by, detail: { profile, version, note } })
  }

  return {
    version: versionOf,

    list: async person => {
      const gateways = await gatewaysOf(person)
      const rows = await db
        .selectFrom('profile')
        .innerJoin('profile_version as v', 'v.profile', 'profile.id')
        .selectAll()
        .where(sql<SqlBool>`v.version = (select max(n.version) from profile_version n where n.profile = v.profile)`)
        .orderBy('profile.id')
        .execute()
      return {
        profiles: rows.map(row => {
          const { appliances, devices } = profileDocumentSchema.parse(JSON.parse(row.document))
          const having = [...gateways].filter(([key]) => key.startsWith(`${row.id} `))
          return {
            profile: row.id,
            nameZh: row.name_zh,
            nameEn: row.name_en,
            ...headOf(row),
            appliances: appliances.length,
            devices: devices.length,
            gateways: having.reduce((sum, [, count]) => sum + count, 0),
          }
        }),
      }
    },

    view: async (person, profile) => {
      const rows = await db
        .selectFrom('profile')
        .innerJoin('profile_version', 'profile_version.profile', 'profile.id')
        .select(['name_zh', 'name_en', 'version', 'note', 'saved_at_ms', 'saved_by'])
        .where('profile.id', '=', profile)
        .orderBy('version', 'desc')
        .execute()
      const [newest] = rows
      if (newest === undefined) throw new ApiProblem('not_found', `there is no profile ${profile}`)
      const gateways = await gatewaysOf(person)
      return {
        profile,
        nameZh: newest.name_zh,
        nameEn: newest.name_en,
        versions: rows.map(row => ({ ...headOf(row), gateways: gateways.get(`${profile} ${row.version}`) ?? 0 })),
      }
    },

    create: async (wanted, by) => {
      const { profile, nameZh, nameEn } = wanted
      const document = documentOf(wanted.text)
      await db.transaction().execute(async tx => {
        const known = await tx.selectFrom('profile').select('id').execute()
        if (known.some(({ id }) => id === profile))
          throw new ApiProblem('conflict', `there is a profile ${profile}; save a version of it, or choose another id`)
        if (known.length >= MAX_PROFILES) throw new ApiProblem('conflict', `there are ${MAX_PROFILES} profiles already`)
        await tx.insertInto('profile').values({ id: profile, name_zh: nameZh, name_en: nameEn }).execute()
        await insertVersion(tx, { ...wanted, document, version: 1, by })
      })
      return versionOf(profile, 1)
    },

    addVersion: async (profile, wanted, by) => {
      const document = documentOf(wanted.text)
      const version = wanted.after + 1
      await db.transaction().execute(async tx => {
        const { newest } = await tx
          .selectFrom('profile_version')
          .select(({ fn }) => fn.max('version').as('newest'))
          .where('profile', '=', profile)
          .executeTakeFirstOrThrow()
        if (newest === null) throw new ApiProblem('not_found', `there is no profile ${profile}`)
        if (newest !== wanted.after)
          throw new ApiProblem('conflict', `the newest version of ${profile} is ${newest}, not ${wanted.after}`)
        if (newest >= MAX_VERSIONS) throw new ApiProblem('conflict', `${profile} has ${MAX_VERSIONS} versions`)
        await insertVersion(tx, { ...wanted, profile, document, version, by })
      })
      return versionOf(profile, version)
    },

    named: async (tx, { profile, version }) => {
      const row = await tx
        .selectFrom('profile_version')
        .select(['version', 'document'])
        .where('profile', '=', profile)
        .$if(version !== undefined, q => q.where('version', '=', version as number))
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (row === undefined)
        throw new ApiProblem('not_found', `there is no profile ${profile}${version === undefined ? '' : ` ${version}`}`)
      return { profile, version: row.version, document: profileDocumentSchema.parse(JSON.parse(row.document)) }
    },
  }
}

function headOf(row: { version: number; note: string; saved_at_ms: number; saved_by: string }) {
  const { version, note, saved_at_ms: atMs, saved_by: savedBy } = row
  return { version, note, savedAt: new Date(atMs).toISOString(), savedBy }
}

/** @throws ApiProblem `invalid_request` that tells the first problem, and all of them in its details. */
function documentOf(text: string): ProfileDocument {
  const { document, problems } = checkProfile(text)
  if (document !== undefined) return document
  const [first] = problems
  const said =
    first === undefined ? '' : `line ${first.line}, ${first.path === '' ? 'the text' : first.path}: ${first.reason}`
  const more = problems.length > 1 ? `; and ${problems.length - 1} more` : ''
  throw new ApiProblem('invalid_request', `text: ${said}${more}`, { details: { problems } })
}
