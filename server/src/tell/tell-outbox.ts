import { createHash } from 'node:crypto'
import {
  type PushMessage,
  type TellChannel,
  type TellKind,
  type TellTest,
  type Undelivered,
  errorText,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import type { RegistryDb } from '../registry/open-registry.ts'
import { isConfirmed } from './mail-address.ts'
import type { Attachment, SendMail, SendPush, SendResult } from './channels.ts'
import { type News, type OnlyWhile, manyAlerts } from './news.ts'
import { notBeforeMs } from './quiet.ts'
import type { Listener } from './tell-choices.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** How long after each failed try the next comes (chosen: a short break of the network first, a night of a mail server last). */
export const RETRY_AFTER_MS: readonly number[] = [
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
]
/** A service may ask for patience, but not for ever. */
const MAX_PATIENCE_MS = 24 * HOUR_MS
/** Messages of one round, and those that are on their way at once. */
const BATCH = 200
const AT_ONCE = 10
/** More alerts than this for one phone or mailbox in one round are one message. */
const MANY = 3
/** For how long it is known what was told. */
const KEEP_MS = 30 * 24 * HOUR_MS

/** What is to be told, durably: each thing once to each person on each of their ways. */
export interface TellOutbox {
  /** Letters go out at all. */
  sendsMail: boolean
  /** Puts news in for those who listen; what is there already stays as it is. */
  put: (news: News, to: readonly Listener[]) => Promise<void>
  /** Sends what is due, once; what fails is tried again later. */
  deliver: () => Promise<void>
  /** What came of news so far, for each of a person's ways. */
  outcomeOf: (news: News, login: string) => Promise<TellTest['ways']>
  undelivered: (limit: number) => Promise<Undelivered['tellings']>
}

export interface TellOutboxDeps {
  db: RegistryDb
  sendPush: SendPush
  /** Undefined: this server sends no mail. */
  sendMail: SendMail | undefined
  /** Without a trailing slash; undefined: letters give the path alone. */
  publicUrl: string | undefined
  timeZone: string
  /** What goes with a letter of a kind; undefined: nothing. */
  attachmentOf?: (kind: TellKind, subject: string, language: 'zh' | 'en') => Promise<Attachment | undefined>
  nowMs: () => number
  log: Logger
}

interface Waiting {
  key: string
  login: string
  channel: TellChannel
  target: string
  kind: TellKind
  subject: string
  only_while: string
  message: string
  tries: number
}

export function createTellOutbox(deps: TellOutboxDeps): TellOutbox {
  const { db, sendPush, sendMail, publicUrl, timeZone, nowMs, log } = deps

  const end = async (row: Pick<Waiting, 'key'>, state: 'told' | 'dropped' | 'dead', reason: string | null) =>
    db
      .updateTable('tell_outbox')
      .set({ state, reason, ended_at_ms: nowMs() })
      .where('key', '=', row.key)
      .where('state', '=', 'waiting')
      .execute()

  const settle = async (row: Waiting, sent: SendResult) => {
    if (sent.result === 'sent') return void (await end(row, 'told', null))
    const waitMs = RETRY_AFTER_MS[row.tries]
    if (sent.result === 'later' && waitMs !== undefined) {
      const afterMs = Math.min(Math.max(waitMs, sent.afterMs ?? 0), MAX_PATIENCE_MS)
      await db
        .updateTable('tell_outbox')
        .set({ tries: row.tries + 1, due_ms: nowMs() + afterMs, reason: sent.reason })
        .where('key', '=', row.key)
        .execute()
      return
    }
    if (sent.result === 'gone') await db.deleteFrom('tell_device').where('id', '=', row.target).execute()
    log.warn({ channel: row.channel, kind: row.kind, reason: sent.reason }, 'somebody could not be told')
    await end(row, 'dead', sent.reason)
  }

  const send = async (row: Waiting, message: PushMessage & { language: 'zh' | 'en' }): Promise<SendResult> => {
    if (row.channel === 'mail') {
      if (sendMail === undefined) return { result: 'refused', reason: 'this server sends no mail' }
      // Another address was chosen meanwhile, or the former one not confirmed yet.
      if (!(await isConfirmed(db, row.login, row.target))) return { result: 'refused', reason: 'unconfirmed' }
      const text = `${message.body}\n\n${publicUrl ?? ''}${message.url}\n`
      const id = createHash('sha256').update(row.key).digest('hex').slice(0, 32)
      const attachment = await deps.attachmentOf?.(row.kind, row.subject, message.language)
      return sendMail({ to: row.target, subject: message.title, text, id, attachment })
    }
    const device = await db.selectFrom('tell_device').selectAll().where('id', '=', row.target).executeTakeFirst()
    // Signed off, or somebody else's by now.
    if (device === undefined || device.login !== row.login) return { result: 'refused', reason: 'unsubscribed' }
    const onlyWhile = JSON.parse(row.only_while) as OnlyWhile
    const isUrgent = onlyWhile.of !== 'alert' || onlyWhile.severity <= 'P1'
    const { title, body, tag, url } = message
    return sendPush(device, { title, body, tag, url: `${publicUrl ?? ''}${url}` }, { isUrgent })
  }

  /** Sends one message for rows of one target; what no longer holds is dropped first, at the last moment. */
  const tellGroup = async (rows: readonly Waiting[]) => {
    const holding: Waiting[] = []
    for (const row of rows) {
      if (await stillHolds(db, row, nowMs())) holding.push(row)
      else await end(row, 'dropped', null)
    }
    const [first] = holding
    if (first === undefined) return
    const own = JSON.parse(first.message) as PushMessage & { language: 'zh' | 'en' }
    const { language } = own
    const sent = await send(first, holding.length > 1 ? { ...manyAlerts(holding.length, language), language } : own)
    for (const row of holding) await settle(row, sent)
  }

  return {
    sendsMail: sendMail !== undefined,
    put: async (news, to) => {
      const atMs = nowMs()
      const rows = to.flatMap(({ person: { login }, choice, devices }) => {
        const ways = [
          ...devices.map(target => ({ channel: 'push' as const, target })),
          ...(choice.mail === undefined || sendMail === undefined
            ? []
            : [{ channel: 'mail' as const, target: choice.mail }]),
        ]
        const isHeld = news.severity !== 'P0'
        return ways.map(way => ({
          ...way,
          key: `${news.id}/${login}/${way.channel}/${way.target}`,
          login,
          kind: news.kind,
          subject: news.subject,
          only_while: JSON.stringify(news.onlyWhile),
          message: JSON.stringify({ ...news.message[choice.language], language: choice.language }),
          state: 'waiting' as const,
          created_at_ms: atMs,
          due_ms: isHeld ? notBeforeMs(choice.quiet, atMs, timeZone) : atMs,
          tries: 0,
          reason: null,
          ended_at_ms: null,
        }))
      })
      for (const row of rows)
        await db
          .insertInto('tell_outbox')
          .values(row)
          .onConflict(conflict =>
            conflict
              .column('key')
              // What was dropped because a cause explained it holds again: it was never told.
              .doUpdateSet({ state: 'waiting', due_ms: row.due_ms, ended_at_ms: null })
              .where('tell_outbox.state', '=', 'dropped'),
          )
          .execute()
    },
    deliver: async () => {
      const rows = await db
        .selectFrom('tell_outbox')
        .select(['key', 'login', 'channel', 'target', 'kind', 'subject', 'only_while', 'message', 'tries'])
        .where('state', '=', 'waiting')
        .where('due_ms', '<=', nowMs())
        .orderBy('due_ms')
        .limit(BATCH)
        .execute()
      const groups = grouped(rows)
      for (let from = 0; from < groups.length; from += AT_ONCE)
        await Promise.all(
          groups
            .slice(from, from + AT_ONCE)
            .map(group =>
              tellGroup(group).catch((error: unknown) =>
                log.error({ reason: errorText(error) }, 'telling somebody failed; it is tried again'),
              ),
            ),
        )
      await db
        .deleteFrom('tell_outbox')
        .where('ended_at_ms', '<', nowMs() - KEEP_MS)
        .execute()
    },
    outcomeOf: async ({ subject }, login) => {
      const rows = await db
        .selectFrom('tell_outbox')
        .leftJoin('tell_device', 'tell_device.id', 'tell_outbox.target')
        .select(['channel', 'target', 'state', 'reason', 'tell_device.label'])
        .where('subject', '=', subject)
        .where('tell_outbox.login', '=', login)
        .execute()
      return rows.map(({ channel, target, state, reason, label }) => ({
        channel,
        // A phone that is gone is forgotten, and its name with it.
        label: channel === 'mail' ? target : (label ?? ''),
        result: state === 'told' ? 'sent' : state === 'waiting' ? 'later' : 'failed',
        ...(reason !== null && { reason }),
      }))
    },
    undelivered: async limit => {
      const rows = await db
        .selectFrom('tell_outbox')
        .select(['login', 'channel', 'kind', 'subject', 'created_at_ms', 'tries', 'reason'])
        .where('state', '=', 'dead')
        .orderBy('ended_at_ms', 'desc')
        .limit(limit)
        .execute()
      return rows.map(({ created_at_ms: atMs, reason, ...row }) => ({
        ...row,
        createdAt: new Date(atMs).toISOString(),
        ...(reason !== null && { reason }),
      }))
    },
  }
}

/** What goes out as one message: alone, but for many alerts at once to one target. */
function grouped(rows: readonly Waiting[]): Waiting[][] {
  const alerts = Map.groupBy(
    rows.filter(({ kind }) => kind === 'alert'),
    ({ channel, target, login }) => JSON.stringify([login, channel, target]),
  )
  const single = rows.filter(({ kind }) => kind !== 'alert').map(row => [row])
  return [...single, ...[...alerts.values()].flatMap(many => (many.length > MANY ? [many] : many.map(row => [row])))]
}

/** Whether it is still so, and nobody has taken it: after that, telling it would call somebody out for nothing. */
export async function stillHolds(
  db: RegistryDb,
  row: Pick<Waiting, 'login' | 'only_while'>,
  nowMs: number,
): Promise<boolean> {
  const onlyWhile = JSON.parse(row.only_while) as OnlyWhile
  switch (onlyWhile.of) {
    case 'test':
    case 'anyway':
      return true
    case 'shift': {
      const shift = await db
        .selectFrom('shift')
        .select(['person', 'checked_in_ms', 'cancelled_at_ms'])
        .where('id', '=', onlyWhile.id)
        .executeTakeFirst()
      return shift?.person === onlyWhile.person && shift.checked_in_ms === null && shift.cancelled_at_ms === null
    }
    case 'stock': {
      const { batch: id } = onlyWhile
      const batch = await db.selectFrom('stock_batch').select('quantity').where('id', '=', id).executeTakeFirst()
      return (batch?.quantity ?? 0) > 0
    }
    case 'report': {
      const mailing = await db
        .selectFrom('report_mailing')
        .select('login')
        .where('login', '=', row.login)
        .where('district', '=', onlyWhile.district)
        .executeTakeFirst()
      return mailing !== undefined
    }
    case 'raised':
    case 'alert': {
      const alert = await db
        .selectFrom('alert')
        .select(['state', 'severity', 'silenced_until_ms'])
        .where('id', '=', onlyWhile.id)
        .executeTakeFirst()
      return (
        alert?.state === 'raised' &&
        (onlyWhile.of === 'raised' || alert.severity === onlyWhile.severity) &&
        (alert.silenced_until_ms === null || alert.silenced_until_ms <= nowMs)
      )
    }
    case 'silent': {
      const beat = await db
        .selectFrom('automation_heartbeat')
        .select('silent_since_ms')
        .where('account', '=', onlyWhile.account)
        .executeTakeFirst()
      return beat?.silent_since_ms != null
    }
    case 'notice': {
      const end = await db
        .selectFrom('notice_end')
        .select('state')
        .where('notice', '=', onlyWhile.id)
        .executeTakeFirst()
      return end === undefined
    }
    case 'order': {
      const order = await db
        .selectFrom('work_order')
        .select(['state', 'assignee', 'paused_since_ms'])
        .where('id', '=', onlyWhile.id)
        .executeTakeFirst()
      return order?.state === onlyWhile.state && order.assignee === onlyWhile.assignee && order.paused_since_ms === null
    }
  }
}
