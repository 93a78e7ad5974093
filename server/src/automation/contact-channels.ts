import type { ContactChannel, ContactChannelRequest, Role, TellChoice } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** Channels at most: every notification is held against each (chosen: a city with a few groups for every district). */
const MAX_CHANNELS = 500

/** Groups' robots and people's phones that administrators entered. */
export interface ContactChannels {
  list: () => Promise<ContactChannel[]>
  /** @throws ApiProblem `invalid_request` for a login that is none; `no_room`. */
  put: (id: string, request: ContactChannelRequest, by: string) => Promise<ContactChannel>
  /** @throws ApiProblem `not_found`. */
  remove: (id: string) => Promise<void>
}

export function createContactChannels({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): ContactChannels {
  const rows = () => db.selectFrom('contact_channel').selectAll().orderBy('id').execute()
  return {
    list: async () => (await rows()).map(toView),
    put: async (id, request, by) => {
      const known = await rows()
      if (known.length >= MAX_CHANNELS && !known.some(row => row.id === id))
        throw new ApiProblem('no_room', `there are ${MAX_CHANNELS} channels; remove one first`)
      const { login, region, roles, severities, quiet, ...plain } = request
      if (login !== undefined) {
        const person = await db.selectFrom('person').select('login').where('login', '=', login).executeTakeFirst()
        if (person === undefined) throw new ApiProblem('invalid_request', `body: login: there is nobody named ${login}`)
      }
      const values = {
        ...plain,
        login: login ?? null,
        region: region ?? null,
        roles: JSON.stringify(roles),
        severities: JSON.stringify(severities),
        quiet: quiet === undefined ? null : JSON.stringify(quiet),
      }
      const row = await db
        .insertInto('contact_channel')
        .values({ id, ...values, created_at_ms: nowMs(), created_by: by })
        .onConflict(conflict => conflict.column('id').doUpdateSet(values))
        .returningAll()
        .executeTakeFirstOrThrow()
      return toView(row)
    },
    remove: async id => {
      const { numDeletedRows } = await db.deleteFrom('contact_channel').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) throw new ApiProblem('not_found', `there is no channel ${id}`)
    },
  }
}

function toView(row: Readonly<RegistryTables['contact_channel']>): ContactChannel {
  const { id, kind, name, target, login, region, language } = row
  return {
    id,
    kind,
    name,
    target,
    language,
    ...(login !== null && { login }),
    ...(region !== null && { region }),
    roles: JSON.parse(row.roles) as Role[],
    severities: JSON.parse(row.severities) as ContactChannel['severities'],
    ...(row.quiet !== null && { quiet: JSON.parse(row.quiet) as NonNullable<TellChoice['quiet']> }),
    createdAt: new Date(row.created_at_ms).toISOString(),
    createdBy: row.created_by,
  }
}
