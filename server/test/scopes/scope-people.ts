import { type Person, ROLES, type Role } from '@harbor/protocol'
import { hashPassword } from '../../src/people/passwords.ts'
import { sha256Hex } from '../../src/registry/fleet-import.ts'
import type { RegistryDb } from '../../src/registry/open-registry.ts'

/** Two districts with two streets each, and one station in each street. */
export const PLACES = ['a1', 'a2', 'b1', 'b2'] as const
export type ScopePlace = (typeof PLACES)[number]

export const DISTRICTS = { a: '500103', b: '500112' } as const
export const STREETS: Readonly<Record<ScopePlace, string>> = {
  a1: '500103003',
  a2: '500103012',
  b1: '500112010',
  b2: '500112016',
}

export function districtAt(place: ScopePlace): string {
  return place.startsWith('a') ? DISTRICTS.a : DISTRICTS.b
}

/** How far people may look, and what they then see. */
export const REGIONS = {
  city: { limits: { districts: [] }, sees: PLACES },
  'district a': { limits: { districts: [DISTRICTS.a] }, sees: ['a1', 'a2'] },
  'district b': { limits: { districts: [DISTRICTS.b] }, sees: ['b1', 'b2'] },
  'street a1': { limits: { districts: [DISTRICTS.a], streets: [STREETS.a1] }, sees: ['a1'] },
  'street b2': { limits: { districts: [DISTRICTS.b], streets: [STREETS.b2] }, sees: ['b2'] },
} as const satisfies Record<string, { limits: Pick<Person, 'districts' | 'streets'>; sees: readonly ScopePlace[] }>

/** Somebody of one role and one region. */
export interface Somebody extends Person {
  region: keyof typeof REGIONS
  sees: readonly ScopePlace[]
  /** Their Cookie header. */
  cookie: string
}

/** Each role with each region. */
export const EVERYBODY: readonly Somebody[] = ROLES.flatMap(role =>
  (Object.keys(REGIONS) as (keyof typeof REGIONS)[]).map(region => somebody(role, region)),
)

function somebody(role: Role, region: keyof typeof REGIONS): Somebody {
  const login = `${role}-${region.replaceAll(' ', '-')}`
  const { limits, sees } = REGIONS[region]
  const own = { ...limits, districts: [...limits.districts] }
  return {
    login,
    name: login,
    role,
    ...('streets' in own ? { ...own, streets: [...own.streets] } : own),
    region,
    sees,
    cookie: `harbor_session=${tokenOf(login)}`,
  }
}

/** A session's token has 43 characters. */
function tokenOf(login: string): string {
  return login
    .replaceAll(/[^a-z0-9]/g, '')
    .padEnd(43, 'A')
    .slice(0, 43)
}

/** All of them, signed in and with one hash: one for each would take longer than all that is asked of the server. */
export async function addEverybody(db: RegistryDb, nowMs: number): Promise<void> {
  const passwordHash = await hashPassword('nobody knows this one')
  for (const { login, name, role, districts, streets = [] } of EVERYBODY) {
    await db
      .insertInto('person')
      .values({ login, name, role, password_hash: passwordHash, created_at_ms: nowMs })
      .execute()
    for (const district of districts) await db.insertInto('person_district').values({ login, district }).execute()
    for (const street of streets) await db.insertInto('person_street').values({ login, street }).execute()
    await db
      .insertInto('session')
      .values({ token_sha256: sha256Hex(tokenOf(login)), login, created_at_ms: nowMs, seen_at_ms: nowMs })
      .execute()
  }
}

/** Somebody in each street whom administrators may look after, signed in nowhere. */
export async function addLookedAfter(db: RegistryDb, nameOf: (place: ScopePlace) => string): Promise<void> {
  for (const place of PLACES) {
    const login = nameOf(place)
    await db
      .insertInto('person')
      .values({ login, name: login, role: 'keeper', password_hash: '', created_at_ms: 0 })
      .execute()
    await db
      .insertInto('person_district')
      .values({ login, district: districtAt(place) })
      .execute()
    await db.insertInto('person_street').values({ login, street: STREETS[place] }).execute()
  }
}
