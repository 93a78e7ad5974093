import { type ContactChannel, type NotifyAnswer, type NotifyRequest, errorText } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { notBeforeMs } from '../tell/quiet.ts'
import { listeners } from '../tell/tell-choices.ts'
import { stillHolds } from '../tell/tell-outbox.ts'
import type { Tell } from '../tell/tell.ts'
import type { ContactChannels } from './contact-channels.ts'
import { type Deliveries, KEEP_DELIVERIES_MS, endDelivery, putDelivery } from './deliveries.ts'
import { DIGEST_LIMITS, type DigestWindow, flush, take } from './digest.ts'
import { type NotifyMessage, digestOf, messageOf, newsOf } from './notify-message.ts'
import { meantBy } from './recipients.ts'
import type { Service } from './service-accounts.ts'

/** How often it is looked what waits no longer. */
const LOOK_EVERY_MS = 5_000
/** Messages that are kept of what waits for one person or channel; of more only the number is known. */
const MAX_HELD = 200
/** Windows, and people's deliveries, looked through in one go. */
const PAGE = 500

type Tx = Kysely<RegistryTables>

/** Has people told of what a flow found, each once, and never more than they can read. */
export interface Notify {
  /** @throws ApiProblem as `meantBy`. */
  notify: (service: Service, request: NotifyRequest) => Promise<NotifyAnswer>
  start: () => void
  /** Resolves when nothing of it runs any more; what waits stays for the next start. */
  stop: () => Promise<void>
  /** Tells what is due now. For tests; runs by itself otherwise. */
  look: () => Promise<void>
}

export interface NotifyDeps {
  db: RegistryDb
  tell: Pick<Tell, 'tellPeople'>
  sendsMail: boolean
  channels: Pick<ContactChannels, 'list'>
  deliveries: Pick<Deliveries, 'handOut'>
  timeZone: string
  nowMs: () => number
  newId: () => string
  log: Logger
}

/** One whom a message is for. */
interface Target {
  to: { login: string } | { channel: string }
  /** When their quiet hours are over. */
  notBeforeMs: number
}

type Outcome = 'told' | 'held' | 'repeated'

export function createNotify(deps: NotifyDeps): Notify {
  const { db, tell, sendsMail, channels, deliveries, timeZone, nowMs, newId, log } = deps
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let isWoken = false

  /** Takes one message for one target; gives the delivery's id if it is to be sent now. */
  const takeOne = async (
    tx: Tx,
    { account, dedupeKey, message }: { account: string; dedupeKey: string; message: NotifyMessage },
    target: Target,
  ): Promise<{ outcome: Outcome; delivery?: string }> => {
    const atMs = nowMs()
    const key = windowKey(target.to, account)
    const seen = await tx
      .insertInto('notify_seen')
      .values({ key: `${account}/${key}/${dedupeKey}`, at_ms: atMs })
      .onConflict(conflict => conflict.column('key').doNothing())
      .executeTakeFirst()
    if (seen.numInsertedOrUpdatedRows === 0n) return { outcome: 'repeated' }
    const isUrgent = message.severity === 'P0'
    const { window, isNow } = take(
      await windowOf(tx, key),
      { atMs, isUrgent, notBeforeMs: target.notBeforeMs },
      DIGEST_LIMITS,
    )
    await putWindow(tx, key, window)
    const id = newId()
    if (isNow) {
      await putDelivery(tx, { id, account, to: target.to, message, count: 1, atMs })
      return { outcome: 'told', delivery: id }
    }
    if (window.pending <= MAX_HELD)
      await tx
        .insertInto('notify_held')
        .values({ id, key, account, message: JSON.stringify(message), created_at_ms: atMs })
        .execute()
    return { outcome: 'held' }
  }

  /** People by the server's own ways, then channels. */
  const targetsOf = async (service: Service, request: NotifyRequest) => {
    const atMs = nowMs()
    const { to, severity, onlyWhile } = request
    const meant = await meantBy(db, service.person, { to, nowMs: atMs })
    const logins = meant.people.map(({ login }) => login)
    const reachable = (logins.length === 0 ? [] : await listeners(db, logins)).filter(
      ({ choice, devices }) => devices.length > 0 || (sendsMail && choice.mail !== undefined),
    )
    const groups = (await channels.list()).filter(({ login, region, roles, severities }) => {
      if (!severities.includes(severity)) return false
      return login === undefined ? meant.isGroupMeant({ region, roles }) : logins.includes(login)
    })
    const people = reachable.map(({ person: { login }, choice }): Target => ({
      to: { login },
      notBeforeMs: notBeforeMs(choice.quiet, atMs, timeZone),
    }))
    // The server tells everybody of an alert as they chose themselves.
    const isToldAnyway = 'roles' in to && onlyWhile !== undefined && 'alertRaised' in onlyWhile
    return {
      people: isToldAnyway ? [] : people,
      repeatedPeople: isToldAnyway ? people.length : 0,
      channels: groups.map(({ id, quiet }): Target => ({
        to: { channel: id },
        notBeforeMs: notBeforeMs(quiet, atMs, timeZone),
      })),
    }
  }

  const isTrueNow = async (service: Service, { onlyWhile }: NotifyMessage): Promise<boolean> => {
    if (onlyWhile.of === 'raised') {
      const alert = await db
        .selectFrom('alert')
        .select('id')
        .where('id', '=', onlyWhile.id)
        .where(withinScope(service.person, { district: 'alert.district', station: 'alert.station' }))
        .executeTakeFirst()
      if (alert === undefined) return false
    }
    return stillHolds(db, { login: '', only_while: JSON.stringify(onlyWhile) }, nowMs())
  }

  /** What waits for one person or channel and is due becomes one delivery. */
  const flushOne = (key: string) =>
    db.transaction().execute(async tx => {
      const atMs = nowMs()
      const window = await windowOf(tx, key)
      const notBefore = notBeforeMs(await quietOf(tx, targetOfKey(key)), atMs, timeZone)
      const due = window && flush(window, { atMs, notBeforeMs: notBefore }, DIGEST_LIMITS)
      if (due === undefined) return
      if (due.count === 0) return putWindow(tx, key, due.window)
      const held = await tx
        .selectFrom('notify_held')
        .selectAll()
        .where('key', '=', key)
        .orderBy('created_at_ms')
        .execute()
      const holding: NotifyMessage[] = []
      for (const row of held) {
        const message = JSON.parse(row.message) as NotifyMessage
        if (await stillHolds(tx, { login: '', only_while: JSON.stringify(message.onlyWhile) }, atMs))
          holding.push(message)
      }
      await tx.deleteFrom('notify_held').where('key', '=', key).execute()
      await putWindow(tx, key, due.window)
      const count = holding.length + (due.count - held.length)
      const account = held.at(-1)?.account
      if (count === 0 || account === undefined) return
      const message = digestOf(holding, count)
      await putDelivery(tx, { id: newId(), account, to: targetOfKey(key), message, count, atMs })
    })

  /** What is for people goes by the server's own ways, which lose nothing and tell nothing twice. */
  const tellPeople = async () => {
    const rows = await db
      .selectFrom('notify_delivery')
      .select(['id', 'login', 'message'])
      .where('state', '=', 'waiting')
      .where('login', 'is not', null)
      .orderBy('due_ms')
      .limit(PAGE)
      .execute()
    for (const { id, login, message } of rows) {
      await tell.tellPeople(newsOf(id, JSON.parse(message) as NotifyMessage), [login ?? ''], 'every')
      await endDelivery(db, id, { state: 'delivered', atMs: nowMs() })
    }
    return rows.length === PAGE
  }

  const round = async () => {
    const atMs = nowMs()
    const due = await db.selectFrom('notify_window').select('key').where('due_ms', '<=', atMs).limit(PAGE).execute()
    for (const { key } of due) await flushOne(key)
    if (await tellPeople()) isWoken = true
    const oldMs = atMs - KEEP_DELIVERIES_MS
    await db.deleteFrom('notify_seen').where('at_ms', '<', oldMs).execute()
    await db.deleteFrom('notify_delivery').where('ended_at_ms', '<', oldMs).execute()
    await db.deleteFrom('notify_window').where('pending', '=', 0).where('end_ms', '<', oldMs).execute()
  }
  const look = (): Promise<void> => {
    isWoken = true
    looking ??= (async () => {
      while (isWoken) {
        isWoken = false
        await round().catch((error: unknown) => log.error({ reason: errorText(error) }, 'telling for flows failed'))
      }
    })().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    notify: async (service, request) => {
      const message = messageOf(request)
      const { account } = service
      const targets = await targetsOf(service, request)
      const people = { told: 0, held: 0, repeated: targets.repeatedPeople }
      const groups = { told: 0, held: 0, repeated: 0 }
      if (!(await isTrueNow(service, message)))
        return { people: { told: 0, held: 0, repeated: 0 }, channels: groups, deliveries: [] }
      const now: string[] = []
      await db.transaction().execute(async tx => {
        const asked = { account, dedupeKey: request.dedupeKey, message }
        for (const target of targets.people) people[(await takeOne(tx, asked, target)).outcome] += 1
        for (const target of targets.channels) {
          const { outcome, delivery } = await takeOne(tx, asked, target)
          groups[outcome] += 1
          if (delivery !== undefined) now.push(delivery)
        }
      })
      if (people.told > 0 && timer !== undefined) void look()
      return { people, channels: groups, deliveries: await deliveries.handOut(account, now) }
    },
    start: () => {
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS)
      void look()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      isWoken = false
      await looking
    },
    look,
  }
}

/** A person is told so much by all accounts together; a channel's digest is handed to the account that filled it. */
function windowKey(to: Target['to'], account: string): string {
  return 'login' in to ? `login/${to.login}` : `channel/${to.channel}/${account}`
}

function targetOfKey(key: string): Target['to'] {
  const [kind, id = ''] = key.split('/')
  return kind === 'login' ? { login: key.slice('login/'.length) } : { channel: id }
}

/** The quiet hours of a channel; a person's are kept by the server's own ways, which hold what is told to them. */
async function quietOf(tx: Tx, to: Target['to']): Promise<ContactChannel['quiet']> {
  if ('login' in to) return undefined
  const row = await tx.selectFrom('contact_channel').select('quiet').where('id', '=', to.channel).executeTakeFirst()
  return row?.quiet == null ? undefined : (JSON.parse(row.quiet) as ContactChannel['quiet'])
}

async function windowOf(tx: Tx, key: string): Promise<DigestWindow | undefined> {
  const row = await tx.selectFrom('notify_window').selectAll().where('key', '=', key).executeTakeFirst()
  if (row === undefined) return undefined
  return { endMs: row.end_ms, sent: row.sent, pending: row.pending, dueMs: row.due_ms ?? undefined }
}

async function putWindow(tx: Tx, key: string, { endMs, sent, pending, dueMs }: DigestWindow): Promise<void> {
  const values = { end_ms: endMs, sent, pending, due_ms: dueMs ?? null }
  await tx
    .insertInto('notify_window')
    .values({ key, ...values })
    .onConflict(conflict => conflict.column('key').doUpdateSet(values))
    .execute()
}
