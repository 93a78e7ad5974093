import { type AlertView, type Person, type RuleView, type TellTest, type WorkOrder, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { selectAlertRows, toAlertView } from '../alerts/alert-row.ts'
import { type StationPlace, maySeeStation } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { selectOrderRows, toOrderView } from '../work-orders/order-row.ts'
import { type News, alertNews, orderNews, testNews } from './news.ts'
import { recipientsOf } from './recipients.ts'
import { type Listener, listeners } from './tell-choices.ts'
import type { TellOutbox } from './tell-outbox.ts'

/** How often it is looked what is due: quiet hours end, tries are made again. */
const LOOK_EVERY_MS = 5_000
/** What began longer ago is no news: nobody is called out for what stood for days before they subscribed, or a server was off. */
export const NEWS_FOR_MS = 24 * 3_600_000
/** Alerts and orders that are looked through at the start. */
const MAX_AT_START = 5_000

/** By which of their ways people are told: the first one that they have, push before mail; another one, if they have any; all of them. */
export type TellWay = 'first' | 'other' | 'every'

/** Tells people, in time and once. */
export interface Tell {
  /** Finds what happened while nobody looked, and begins to send. */
  start: () => Promise<void>
  /** Resolves when nothing of it runs any more. */
  stop: () => Promise<void>
  takeAlert: (alert: AlertView) => void
  takeOrder: (order: WorkOrder) => void
  /** Tells people of anything else, each once on each of their ways; those who chose no way are passed over. */
  say: (news: News, logins: readonly string[]) => Promise<void>
  /** Puts news in for these people, durably; the same news for the same person and way is told once. Gives those who have a way. */
  tellPeople: (news: News, logins: readonly string[], way: TellWay) => Promise<string[]>
  /** Tells a person on all their ways that they are reached; resolves with what came of the first try. */
  test: (person: Person) => Promise<TellTest>
  /** Resolves when all that was taken is in the outbox, and what is due was tried once. For tests; runs by itself otherwise. */
  settle: () => Promise<void>
}

export interface TellDeps {
  db: RegistryDb
  outbox: TellOutbox
  rules: readonly Pick<RuleView, 'id' | 'nameZh' | 'nameEn'>[]
  nowMs: () => number
  newId: () => string
  log: Logger
}

export function createTell({ db, outbox, rules, nowMs, newId, log }: TellDeps): Tell {
  const names = new Map(rules.map(({ id, nameZh, nameEn }) => [id, { zh: nameZh, en: nameEn }]))
  /** Ids to look at; each is there once, so that a storm of changes does not pile up. */
  const alerts = new Set<string>()
  const orders = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isWoken = false

  const placeOf = async ({ station, district }: { station: string; district: string }): Promise<StationPlace> => {
    const row = await db.selectFrom('station').select('street').where('id', '=', station).executeTakeFirst()
    return { district, street: row?.street ?? undefined }
  }
  const tellAlert = async (id: string) => {
    const row = await selectAlertRows(db).where('alert.id', '=', id).executeTakeFirst()
    if (row === undefined || row.state !== 'raised' || nowMs() - row.standing_since_ms > NEWS_FOR_MS) return
    if (row.silenced_until_ms !== null && row.silenced_until_ms > nowMs()) return
    const alert = toAlertView(row)
    const place = await placeOf(alert)
    const to = (await listeners(db)).filter(
      ({ person, choice }) => choice.severities.includes(alert.severity) && maySeeStation(person, place),
    )
    const name = names.get(alert.rule) ?? { zh: alert.rule, en: alert.rule }
    await outbox.put(alertNews(alert, name, row.standing_since_ms), to)
  }
  const tellOrder = async (id: string) => {
    const row = await selectOrderRows(db).where('work_order.id', '=', id).executeTakeFirst()
    if (row === undefined || row.closed_at_ms !== null || row.paused_since_ms !== null) return
    const order = toOrderView(row)
    const steps = await db
      .selectFrom('work_order_step')
      .select(['seq', 'act', 'actor', 'detail', 'from_state', 'to_state', 'at_ms'])
      .where('work_order', '=', id)
      .orderBy('seq', 'desc')
      .limit(20)
      .execute()
    // What was said of an earlier state, or before it came into these hands, was said to whoever could act on it then.
    const since = steps.findIndex(({ act, from_state: from, to_state: to }) => act === 'assign' || from !== to)
    const fresh = (since === -1 ? steps : steps.slice(0, since + 1)).filter(
      ({ at_ms: atMs }) => nowMs() - atMs <= NEWS_FOR_MS,
    )
    for (const { seq, act, actor, detail } of fresh) {
      if (act !== 'assign' && act !== 'remind' && act !== 'escalate') continue
      // Who takes an order knows of it.
      if (act === 'assign' && (actor === row.assignee || row.state !== 'assigned')) continue
      const { level } = JSON.parse(detail ?? '{}') as WorkOrderStepDetail
      const logins = await recipientsOf(db, order, { act, level })
      if (logins.length === 0) continue
      const place = await placeOf(order)
      const to = (await listeners(db, logins)).filter(({ person }) => maySeeStation(person, place))
      await outbox.put(orderNews(order, { act, seq, level }), to)
    }
  }
  const takeAll = async (ids: Set<string>, work: (id: string) => Promise<void>) => {
    const taken = [...ids]
    ids.clear()
    for (const id of taken) {
      await work(id).catch((error: unknown) => {
        // Tried again in the next round.
        ids.add(id)
        log.error({ reason: errorText(error) }, 'it could not be found out who is to be told')
      })
    }
  }
  const round = async () => {
    await takeAll(alerts, tellAlert)
    await takeAll(orders, tellOrder)
    await outbox.deliver()
  }
  const look = (): Promise<void> => {
    isWoken = true
    running ??= (async () => {
      while (isWoken) {
        isWoken = false
        await round().catch((error: unknown) => log.error({ reason: errorText(error) }, 'telling people failed'))
      }
    })().finally(() => {
      running = undefined
    })
    return running
  }
  const wake = () => {
    if (timer !== undefined) void look()
  }

  return {
    start: async () => {
      // A kill between a change and the outbox loses nothing: what is in it already stays as it is.
      const freshMs = nowMs() - NEWS_FOR_MS
      const standing = await db
        .selectFrom('alert')
        .select('id')
        .where('state', '=', 'raised')
        .where('standing_since_ms', '>=', freshMs)
        .limit(MAX_AT_START)
        .execute()
      for (const { id } of standing) alerts.add(id)
      const open = await db
        .selectFrom('work_order')
        .select('id')
        .where('closed_at_ms', 'is', null)
        .orderBy('due_ms', 'desc')
        .limit(MAX_AT_START)
        .execute()
      for (const { id } of open) orders.add(id)
      timer = setInterval(wake, LOOK_EVERY_MS)
      wake()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      isWoken = false
      await running
    },
    takeAlert: ({ id, state }) => {
      if (state !== 'raised') return
      alerts.add(id)
      wake()
    },
    takeOrder: ({ id }) => {
      orders.add(id)
      wake()
    },
    say: async (news, logins) => {
      if (logins.length > 0) await outbox.put(news, await listeners(db, logins))
      wake()
    },
    tellPeople: async (news, logins, way) => {
      if (logins.length === 0) return []
      const to = (await listeners(db, logins))
        .map(one => byWay(one, way, outbox.sendsMail))
        .filter(({ devices, choice }) => devices.length > 0 || choice.mail !== undefined)
      await outbox.put(news, to)
      wake()
      return to.map(({ person }) => person.login)
    },
    test: async person => {
      const [self] = await listeners(db, [person.login])
      if (self === undefined) return { ways: [] }
      const news = testNews(newId())
      await outbox.put(news, [self])
      await look()
      return { ways: await outbox.outcomeOf(news, person.login) }
    },
    settle: look,
  }
}

/** Somebody with only those of their ways that are asked for. */
function byWay({ person, choice, devices }: Listener, way: TellWay, sendsMail: boolean): Listener {
  const { mail, ...silent } = choice
  const reachable = sendsMail ? choice : silent
  if (way === 'every') return { person, choice: reachable, devices }
  const hasBoth = devices.length > 0 && sendsMail && mail !== undefined
  // The way that is left over is the only one for who has but one.
  if (!hasBoth) return { person, choice: reachable, devices }
  return way === 'first' ? { person, choice: silent, devices } : { person, choice: reachable, devices: [] }
}
