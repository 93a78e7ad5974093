import { join } from 'node:path'
import type { Role } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readSecret } from '../registry/secret-file.ts'
import { addDemoPeople } from './demo-people.ts'
import { type FirstAdministrator, openFirstAdministrator } from './first-administrator.ts'
import { type People, createPeople } from './people.ts'
import { createSeal } from './sealed.ts'
import { type SecondFactors, createSecondFactors } from './second-factor.ts'
import { type Sessions, createSessions } from './sessions.ts'
import { type SignInLimits, createSignInLimits } from './sign-in-limits.ts'
import { type SignInSteps, createSignInSteps } from './sign-in-steps.ts'

/** All that signing in takes. */
export interface Staff {
  people: People
  sessions: Sessions
  limits: SignInLimits
  firstAdministrator: FirstAdministrator
  secondFactors: SecondFactors
  /** Sign-ins that wait for a second factor. */
  steps: SignInSteps
  /** Whether people of a role have to have one. */
  needsSecondFactor: (role: Role) => boolean
}

export interface PeopleSettings {
  /** Undefined: no demo. */
  demo: unknown
  secretsDir: string
  /** Roles that have to have a second factor. */
  secondFactorRoles: readonly Role[]
}

/**
 * Who can sign in, and how. A demo's people are taken from `demo-logins.json`.
 *
 * @throws RegistryError `SECRET_MISSING` when that file or `second-factor-key` cannot be read.
 */
export async function openPeople(
  { demo, secretsDir, secondFactorRoles }: PeopleSettings,
  deps: { db: RegistryDb; nowMs: () => number; randomBytes: (size: number) => Buffer },
): Promise<Staff> {
  const people = createPeople(deps)
  if (demo !== undefined) await addDemoPeople(people, join(secretsDir, 'demo-logins.json'))
  const seal = createSeal(await readSecret(secretsDir, 'second-factor-key'), deps.randomBytes)
  return {
    people,
    sessions: createSessions(deps),
    limits: createSignInLimits(deps.randomBytes(32)),
    secondFactors: createSecondFactors({ ...deps, seal }),
    steps: createSignInSteps(deps),
    needsSecondFactor: role => secondFactorRoles.includes(role),
    firstAdministrator: await openFirstAdministrator(people, deps.randomBytes),
  }
}
