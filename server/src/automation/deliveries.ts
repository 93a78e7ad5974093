import { DELIVERY_LEASE_MS, type Delivery, type DeliveryResult, MAX_DUE } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { stillHolds } from '../tell/tell-outbox.ts'
import type { NotifyMessage } from './notify-message.ts'

const MINUTE_MS = 60_000
/** How long after each failed try a delivery is handed out again. */
const RETRY_AFTER_MS: readonly number[] = [30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS]
/** How long it is known what became of a delivery. */
export const KEEP_DELIVERIES_MS = 7 * 24 * 60 * MINUTE_MS

type Tx = Kysely<RegistryTables>
type Row = Readonly<RegistryTables['notify_delivery']>

export interface NewDelivery {
  id: string
  account: string
  to: { login: string } | { channel: string }
  message: NotifyMessage
  count: number
  atMs: number
}

/** Puts something in to be handed on at once. */
export async function putDelivery(tx: Tx, { id, account, to, message, count, atMs }: NewDelivery): Promise<void> {
  await tx
    .insertInto('notify_delivery')
    .values({
      id,
      account,
      login: 'login' in to ? to.login : null,
      channel: 'channel' in to ? to.channel : null,
      message: JSON.stringify(message),
      count,
      state: 'waiting',
      due_ms: atMs,
      tries: 0,
      reason: null,
      created_at_ms: atMs,
      ended_at_ms: null,
    })
    .execute()
}

/** Ends a delivery that waits; one that ended before stays as it is. */
export async function endDelivery(
  tx: Tx,
  id: string,
  { state, reason, atMs }: { state: 'delivered' | 'dropped' | 'dead'; reason?: string | undefined; atMs: number },
): Promise<void> {
  await tx
    .updateTable('notify_delivery')
    .set({ state, reason: reason ?? null, ended_at_ms: atMs })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

/** What Node-RED sends on its ways, handed out under a lease. */
export interface Deliveries {
  /** What is due for an account, of these ids alone if they are given; each is then its own for DELIVERY_LEASE_MS. */
  handOut: (account: string, ids?: readonly string[]) => Promise<Delivery[]>
  /** What came of one; of one that has ended, nothing changes. @throws ApiProblem `not_found`. */
  report: (account: string, id: string, result: DeliveryResult) => Promise<void>
  /** By channel: what could not be delivered last. */
  troubles: () => Promise<ReadonlyMap<string, { at: string; reason: string }>>
}

export function createDeliveries({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): Deliveries {
  /** Undefined: it is not to be sent any more. */
  const handOutOne = async (tx: Tx, row: Row): Promise<Delivery | undefined> => {
    const atMs = nowMs()
    const message = JSON.parse(row.message) as NotifyMessage
    const channel = await tx
      .selectFrom('contact_channel')
      .select(['id', 'kind', 'target', 'language'])
      .where('id', '=', row.channel ?? '')
      .executeTakeFirst()
    const holds = await stillHolds(tx, { login: '', only_while: JSON.stringify(message.onlyWhile) }, atMs)
    if (channel === undefined || !holds) return void (await endDelivery(tx, row.id, { state: 'dropped', atMs }))
    if (row.tries > RETRY_AFTER_MS.length) {
      const reason = 'it was handed out again and again, and nobody said what became of it'
      return void (await endDelivery(tx, row.id, { state: 'dead', reason, atMs }))
    }
    await tx
      .updateTable('notify_delivery')
      .set({ due_ms: atMs + DELIVERY_LEASE_MS, tries: row.tries + 1 })
      .where('id', '=', row.id)
      .execute()
    const { severity, title, body, url, kind } = message
    return {
      id: row.id,
      channel,
      severity,
      title: title[channel.language],
      body: body[channel.language],
      url,
      kind,
      count: row.count,
      createdAt: new Date(row.created_at_ms).toISOString(),
      tries: row.tries,
    }
  }

  return {
    handOut: (account, ids) =>
      db.transaction().execute(async tx => {
        if (ids?.length === 0) return []
        const rows = await tx
          .selectFrom('notify_delivery')
          .selectAll()
          .where('state', '=', 'waiting')
          .where('due_ms', '<=', nowMs())
          .where('account', '=', account)
          .where('channel', 'is not', null)
          .$if(ids !== undefined, query => query.where('id', 'in', ids as string[]))
          .orderBy('due_ms')
          .limit(MAX_DUE)
          .execute()
        const handed: Delivery[] = []
        for (const row of rows) {
          const delivery = await handOutOne(tx, row)
          if (delivery !== undefined) handed.push(delivery)
        }
        return handed
      }),
    report: async (account, id, { state, reason = 'no reason given' }) => {
      const row = await db
        .selectFrom('notify_delivery')
        .selectAll()
        .where('id', '=', id)
        .where('account', '=', account)
        .where('channel', 'is not', null)
        .executeTakeFirst()
      if (row === undefined) throw new ApiProblem('not_found', `there is no delivery ${id}`)
      const atMs = nowMs()
      if (state === 'delivered') return endDelivery(db, id, { state, atMs })
      const waitMs = state === 'off' ? undefined : RETRY_AFTER_MS[row.tries - 1]
      if (waitMs === undefined) return endDelivery(db, id, { state: 'dead', reason, atMs })
      await db
        .updateTable('notify_delivery')
        .set({ due_ms: atMs + waitMs, reason })
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .execute()
    },
    troubles: async () => {
      const rows = await db
        .selectFrom('notify_delivery')
        .select(['channel', 'reason', 'ended_at_ms'])
        .where('state', '=', 'dead')
        .where('channel', 'is not', null)
        .orderBy('ended_at_ms')
        .execute()
      return new Map(
        rows.map(row => [
          row.channel ?? '',
          { at: new Date(row.ended_at_ms ?? 0).toISOString(), reason: row.reason ?? '' },
        ]),
      )
    },
  }
}
