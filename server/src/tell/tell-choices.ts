import { createHash } from 'node:crypto'
import {
  type Person,
  type TellChoice,
  type TellDeviceRequest,
  type TellSettings,
  tellChoiceSchema,
} from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { limitsByLogin } from '../people/people.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** Browsers of one person that are told; the one that subscribed first goes when there are more. */
const MAX_DEVICES = 10

/** Of somebody who has chosen nothing: what endangers people, on the phones that they subscribed. */
const UNCHOSEN: TellChoice = { severities: ['P0', 'P1'], language: 'zh' }

/** Somebody who can be told, and how. */
export interface Listener {
  person: Person
  choice: TellChoice
  /** Ids of devices. */
  devices: readonly string[]
}

export async function choiceOf(db: RegistryDb, login: string): Promise<TellChoice> {
  const row = await db.selectFrom('tell_choice').select('choice').where('login', '=', login).executeTakeFirst()
  return row === undefined ? UNCHOSEN : tellChoiceSchema.parse(JSON.parse(row.choice))
}

export async function putChoice(db: RegistryDb, login: string, choice: TellChoice): Promise<void> {
  const text = JSON.stringify(choice)
  await db
    .insertInto('tell_choice')
    .values({ login, choice: text })
    .onConflict(conflict => conflict.column('login').doUpdateSet({ choice: text }))
    .execute()
}

export async function devicesOf(db: RegistryDb, login: string): Promise<TellSettings['devices']> {
  const rows = await db
    .selectFrom('tell_device')
    .select(['id', 'label', 'created_at_ms'])
    .where('login', '=', login)
    .orderBy('created_at_ms')
    .orderBy('id')
    .execute()
  return rows.map(({ id, label, created_at_ms: atMs }) => ({ id, label, since: new Date(atMs).toISOString() }))
}

/** Keeps a browser. It is its last person's: a phone that is handed on no longer tells its former one's news. */
export async function putDevice(
  db: RegistryDb,
  login: string,
  { device, nowMs }: { device: TellDeviceRequest; nowMs: number },
): Promise<void> {
  const id = createHash('sha256').update(device.endpoint).digest('hex')
  const values = { login, ...device.keys, label: device.label, endpoint: device.endpoint }
  await db.transaction().execute(async tx => {
    await tx
      .insertInto('tell_device')
      .values({ id, ...values, created_at_ms: nowMs })
      .onConflict(conflict => conflict.column('id').doUpdateSet(values))
      .execute()
    const known = await tx
      .selectFrom('tell_device')
      .select('id')
      .where('login', '=', login)
      .where('id', '!=', id)
      .orderBy('created_at_ms', 'desc')
      .execute()
    for (const { id: oldest } of known.slice(MAX_DEVICES - 1))
      await tx.deleteFrom('tell_device').where('id', '=', oldest).execute()
  })
}

/** @throws ApiProblem `not_found`, also for another person's. */
export async function removeDevice(db: RegistryDb, login: string, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('tell_device')
    .where('id', '=', id)
    .where('login', '=', login)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new ApiProblem('not_found', `you have no device ${id}`)
}

/** Everybody who can be told by some way, or of them those named. */
export async function listeners(db: RegistryDb, logins?: readonly string[]): Promise<Listener[]> {
  const people = await db
    .selectFrom('person')
    .leftJoin('tell_choice', 'tell_choice.login', 'person.login')
    .leftJoin('tell_mail', join =>
      join.onRef('tell_mail.login', '=', 'person.login').on('tell_mail.confirmed_at_ms', 'is not', null),
    )
    .select(['person.login', 'person.name', 'person.role', 'tell_choice.choice', 'tell_mail.address'])
    .where(eb =>
      eb.or([
        eb('tell_choice.login', 'is not', null),
        eb('person.login', 'in', of => of.selectFrom('tell_device').select('tell_device.login')),
      ]),
    )
    .$if(logins !== undefined, query => query.where('person.login', 'in', logins as string[]))
    .execute()
  if (people.length === 0) return []
  const limitsOf = await limitsByLogin(
    db,
    people.map(({ login }) => login),
  )
  const devices = await db.selectFrom('tell_device').select(['id', 'login']).execute()
  return people.map(({ login, name, role, choice, address }) => ({
    person: { login, name, role, ...limitsOf(login) },
    choice: withConfirmedMail(choice === null ? UNCHOSEN : tellChoiceSchema.parse(JSON.parse(choice)), address),
    devices: devices.filter(one => one.login === login).map(({ id }) => id),
  }))
}

/** No letter goes to an address that nobody confirmed. */
function withConfirmedMail({ mail, ...choice }: TellChoice, confirmed: string | null): TellChoice {
  return mail === undefined || mail !== confirmed ? choice : { ...choice, mail }
}
