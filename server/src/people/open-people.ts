import { join } from 'node:path'
import type { RegistryDb } from '../registry/open-registry.ts'
import { addDemoPeople } from './demo-people.ts'
import { type FirstAdministrator, openFirstAdministrator } from './first-administrator.ts'
import { type People, createPeople } from './people.ts'
import { type Sessions, createSessions } from './sessions.ts'
import { type SignInLimits, createSignInLimits } from './sign-in-limits.ts'

/** All that signing in takes. */
export interface Staff {
  people: People
  sessions: Sessions
  limits: SignInLimits
  firstAdministrator: FirstAdministrator
}

/**
 * Who can sign in, and how. A demo's people are taken from `demo-logins.json`.
 *
 * @throws RegistryError `SECRET_MISSING` when that file cannot be read.
 */
export async function openPeople(
  { demo, secretsDir }: { demo: unknown; secretsDir: string },
  deps: { db: RegistryDb; nowMs: () => number; randomBytes: (size: number) => Buffer },
): Promise<Staff> {
  const people = createPeople(deps)
  if (demo !== undefined) await addDemoPeople(people, join(secretsDir, 'demo-logins.json'))
  return {
    people,
    sessions: createSessions(deps),
    limits: createSignInLimits(deps.randomBytes(32)),
    firstAdministrator: await openFirstAdministrator(people, deps.randomBytes),
  }
}
