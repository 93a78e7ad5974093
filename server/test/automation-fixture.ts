import { randomBytes, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import {
  type ContactChannelRequest,
  type NotifyAnswer,
  type NotifyRequest,
  type PushMessage,
  type Role,
  SERVICE_RIGHTS,
  type TellChoice,
} from '@harbor/protocol'
import { pino } from 'pino'
import { type ContactChannels, createContactChannels } from '../src/automation/contact-channels.ts'
import { type Deliveries, createDeliveries } from '../src/automation/deliveries.ts'
import { type Heartbeats, createHeartbeats } from '../src/automation/heartbeats.ts'
import { type Notify, createNotify } from '../src/automation/notify.ts'
import { createServiceAccounts } from '../src/automation/service-accounts.ts'
import type { RegistryDb } from '../src/registry/open-registry.ts'
import { openTestRegistry } from './test-registry.ts'
import { putChoice, putDevice } from '../src/tell/tell-choices.ts'
import { createTellOutbox } from '../src/tell/tell-outbox.ts'
import { type Tell, createTell } from '../src/tell/tell.ts'
import { dataDirWithAlerts } from './seeded-alerts.ts'

const LOG = pino({ level: 'silent' })
const TIME_ZONE = 'Asia/Shanghai'
/** Noon where the stations are. */
export const NOON_MS = Date.UTC(2026, 6, 30, 4)

/** Automation on a real registry, with people whose phones show what they are told. */
export interface AutomationBench extends AsyncDisposable {
  db: RegistryDb
  /** What phones showed, oldest first. */
  shown: { login: string; title: string; body: string; atMs: number }[]
  /** Open alerts of the two districts. */
  alerts: { yuzhong: string; yubei: string }
  clock: { nowMs: number }
  notify: (request: Partial<NotifyRequest>, account?: string) => Promise<NotifyAnswer>
  channels: ContactChannels
  deliveries: Deliveries
  heartbeats: Heartbeats
  addPerson: (login: string, role: Role, more?: { districts?: string[]; choice?: Partial<TellChoice> }) => Promise<void>
  addChannel: (id: string, request?: Partial<ContactChannelRequest>) => Promise<void>
  /** Everything that is due is told now. */
  settle: () => Promise<void>
  /** The same data in a new process. */
  restart: () => Promise<void>
}

export async function openAutomationBench(): Promise<AutomationBench> {
  const { dataDir, yuzhong, yubei } = await dataDirWithAlerts()
  const clock = { nowMs: NOON_MS }
  const shown: AutomationBench['shown'] = []
  const nowMs = () => clock.nowMs
  const open = async () => {
    const db = await openTestRegistry(dataDir)
    const outbox = createTellOutbox({
      db,
      sendPush: ({ endpoint }, { title, body }: PushMessage) => {
        shown.push({ login: endpoint.replace('https://push.example/', ''), title, body, atMs: nowMs() })
        return Promise.resolve({ result: 'sent' })
      },
      sendMail: undefined,
      publicUrl: undefined,
      timeZone: TIME_ZONE,
      nowMs,
      log: LOG,
    })
    const tell: Tell = createTell({ db, outbox, rules: [], nowMs, newId: randomUUID, log: LOG })
    const channels = createContactChannels({ db, nowMs })
    const deliveries = createDeliveries({ db, nowMs })
    const deps = { db, tell, sendsMail: false, channels, deliveries, timeZone: TIME_ZONE, nowMs, newId: randomUUID }
    const notify: Notify = createNotify({ ...deps, log: LOG })
    const heartbeats = createHeartbeats({ db, tell, nowMs, log: LOG })
    const accounts = createServiceAccounts({ db, nowMs, newId: randomUUID, randomBytes })
    return { db, tell, channels, deliveries, notify, heartbeats, accounts }
  }
  let parts = await open()
  const tokens = new Map<string, string>()
  for (const [name, districts] of [
    ['node-red', []],
    ['yubei', ['500112']],
  ] as const) {
    const rights = [...SERVICE_RIGHTS]
    tokens.set(name, (await parts.accounts.add({ name, rights, districts: [...districts] }, 'admin')).token)
  }
  const bench: AutomationBench = {
    db: parts.db,
    channels: parts.channels,
    deliveries: parts.deliveries,
    heartbeats: parts.heartbeats,
    shown,
    clock,
    alerts: { yuzhong: yuzhong.id, yubei: yubei.id },
    notify: async (request, account = 'node-red') => {
      const service = await parts.accounts.use(tokens.get(account) ?? '')
      if (service === undefined) throw new Error(`no account ${account}`)
      return parts.notify.notify(service, {
        to: { roles: ['manager'], region: '500103' },
        severity: 'P2',
        title: { zh: '标题', en: 'Title' },
        body: { zh: '内容', en: 'Body' },
        url: '/console/',
        kind: 'test',
        dedupeKey: randomUUID(),
        ...request,
      })
    },
    addPerson: async (login, role, { districts = [], choice } = {}) => {
      const { db } = parts
      await db.insertInto('person').values({ login, name: login, role, password_hash: '', created_at_ms: 0 }).execute()
      for (const district of districts) await db.insertInto('person_district').values({ login, district }).execute()
      const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) }
      const device = { endpoint: `https://push.example/${login}`, keys, label: login }
      await putDevice(db, login, { device, nowMs: 0 })
      await putChoice(db, login, { severities: ['P0', 'P1', 'P2', 'P3'], language: 'en', ...choice })
    },
    addChannel: async (id, request = {}) => {
      const plain: ContactChannelRequest = {
        kind: 'wecom',
        name: id,
        target: id,
        roles: [],
        severities: ['P0', 'P1', 'P2', 'P3'],
        language: 'zh',
      }
      await parts.channels.put(id, { ...plain, ...request }, 'admin')
    },
    settle: async () => {
      await parts.notify.look()
      await parts.heartbeats.look()
      await parts.tell.settle()
    },
    restart: async () => {
      await parts.db.destroy()
      parts = await open()
      const { db, channels, deliveries, heartbeats } = parts
      Object.assign(bench, { db, channels, deliveries, heartbeats })
    },
    [Symbol.asyncDispose]: async () => {
      await parts.notify.stop()
      await parts.heartbeats.stop()
      await parts.db.destroy()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return bench
}
