import { limitsByLogin } from '../people/people.ts'
import { maySeeStation } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/**
 * Logins of those who are called on for a station: who serves there, and the managers whose region it is in. A manager of the whole city is
 * called on only where no nearer one is.
 */
export async function staffOf(
  db: RegistryDb,
  { station, district }: { station: string; district: string },
): Promise<string[]> {
  const [members, place, managers] = await Promise.all([
    db
      .selectFrom('rota_member')
      .select('person')
      .where('station', '=', station)
      .where('person', 'like', 'login:%')
      .where('ended_at_ms', 'is', null)
      .execute(),
    db.selectFrom('station').select('street').where('id', '=', station).executeTakeFirst(),
    db.selectFrom('person').select(['login', 'name', 'role']).where('role', '=', 'manager').execute(),
  ])
  const limitsOf = await limitsByLogin(
    db,
    managers.map(({ login }) => login),
  )
  const own = managers
    .map(person => ({ ...person, ...limitsOf(person.login) }))
    .filter(person => maySeeStation(person, { district, street: place?.street ?? undefined }))
  const nearer = own.filter(({ districts }) => districts.length > 0)
  const logins = (nearer.length > 0 ? nearer : own).map(({ login }) => login)
  return [...new Set([...members.map(({ person }) => person.slice('login:'.length)), ...logins])]
}
