import { type AutomationState, type FlowState, HEARTBEAT_LOST_MS, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Tell } from '../tell/tell.ts'

/** How often it is looked who has fallen silent. */
const LOOK_EVERY_MS = 10_000

/** Whether the programs that act by themselves still run. */
export interface Heartbeats {
  /** An account was heard: whatever was said of its silence is over. */
  take: (account: string, flows: readonly FlowState[]) => Promise<void>
  /** Accounts that stand and may say that they run. */
  state: () => Promise<AutomationState>
  /** Begins to wait: nobody is called silent who was not heard for HEARTBEAT_LOST_MS of this process' own time. */
  start: () => void
  stop: () => Promise<void>
  /** Looks who has fallen silent. For tests; runs by itself otherwise. */
  look: () => Promise<void>
}

export interface HeartbeatsDeps {
  db: RegistryDb
  tell: Pick<Tell, 'tellPeople'>
  nowMs: () => number
  log: Logger
}

export function createHeartbeats({ db, tell, nowMs, log }: HeartbeatsDeps): Heartbeats {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let waitingSinceMs = nowMs()

  const rows = () =>
    db
      .selectFrom('service_account')
      .leftJoin('automation_heartbeat', 'automation_heartbeat.account', 'service_account.name')
      .select(['name', 'rights', 'heard_at_ms', 'flows', 'silent_since_ms'])
      .where('revoked_at_ms', 'is', null)
      .orderBy('name')
      .execute()

  const lookOnce = async () => {
    const atMs = nowMs()
    for (const { name, heard_at_ms: heardMs, silent_since_ms: silentMs } of await rows()) {
      // Who was never heard is not missed: it may not have been set up yet.
      if (heardMs === null || silentMs !== null) continue
      if (atMs - Math.max(heardMs, waitingSinceMs) < HEARTBEAT_LOST_MS) continue
      await db
        .updateTable('automation_heartbeat')
        .set({ silent_since_ms: heardMs })
        .where('account', '=', name)
        .execute()
      log.warn(
        { account: name, heardAtMs: heardMs },
        'a service account has fallen silent: what it does by itself does not happen',
      )
    }
    // Told from what is stored: a kill between the two loses nothing, and the same silence is told once.
    const silent = await db
      .selectFrom('automation_heartbeat')
      .innerJoin('service_account', 'service_account.name', 'automation_heartbeat.account')
      .select(['account', 'silent_since_ms'])
      .where('silent_since_ms', 'is not', null)
      .where('revoked_at_ms', 'is', null)
      .execute()
    if (silent.length === 0) return
    const administrators = await db.selectFrom('person').select('login').where('role', '=', 'administrator').execute()
    for (const { account, silent_since_ms: sinceMs } of silent)
      await tell.tellPeople(
        silenceNews(account, sinceMs ?? 0),
        administrators.map(({ login }) => login),
        'every',
      )
  }
  const look = (): Promise<void> =>
    (looking ??= lookOnce()
      .catch((error: unknown) => log.error({ reason: errorText(error) }, 'looking after service accounts failed'))
      .finally(() => {
        looking = undefined
      }))

  return {
    take: async (account, flows) => {
      const values = { heard_at_ms: nowMs(), flows: JSON.stringify(flows), silent_since_ms: null }
      const known = await db
        .selectFrom('automation_heartbeat')
        .select('silent_since_ms')
        .where('account', '=', account)
        .executeTakeFirst()
      await db
        .insertInto('automation_heartbeat')
        .values({ account, ...values })
        .onConflict(conflict => conflict.column('account').doUpdateSet(values))
        .execute()
      if (known?.silent_since_ms != null) log.info({ account }, 'a service account is heard again')
    },
    state: async () => {
      const isoTime = (ms: number) => new Date(ms).toISOString()
      const accounts = (await rows()).filter(({ rights }) => (JSON.parse(rights) as string[]).includes('heartbeat'))
      return {
        at: isoTime(nowMs()),
        accounts: accounts.map(({ name, heard_at_ms: heardMs, flows, silent_since_ms: silentMs }) => {
          const isWaited = heardMs === null || nowMs() - heardMs >= HEARTBEAT_LOST_MS
          return {
            account: name,
            state: silentMs !== null ? ('silent' as const) : isWaited ? ('unheard' as const) : ('running' as const),
            ...(heardMs !== null && { heardAt: isoTime(heardMs) }),
            ...(silentMs !== null && { silentSince: isoTime(silentMs) }),
            flows: JSON.parse(flows ?? '[]') as FlowState[],
          }
        }),
      }
    },
    start: () => {
      waitingSinceMs = nowMs()
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS)
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await looking
    },
    look,
  }
}

function silenceNews(account: string, sinceMs: number) {
  const rest = { tag: `automation-${account}`, url: '/console/automation' }
  const since = new Date(sinceMs).toISOString().slice(0, 16).replace('T', ' ')
  return {
    id: `automation/${account}/${sinceMs}`,
    kind: 'automation' as const,
    subject: account,
    severity: 'P1' as const,
    onlyWhile: { of: 'silent' as const, account },
    message: {
      zh: {
        ...rest,
        title: `自动化停止：${account}`,
        body: `自 ${since} UTC 起没有收到它的心跳；通知群机器人和短信、定时开关等流程不会运行。`,
      },
      en: {
        ...rest,
        title: `Automation is silent: ${account}`,
        body: `Not heard since ${since} UTC; its flows do not run: group robots, text messages, timed switching.`,
      },
    },
  }
}
