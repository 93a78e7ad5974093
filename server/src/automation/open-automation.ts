import { SERVICE_RIGHTS, errorText, hasCode, serviceTokenSchema } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { ServiceAct } from '../http/api-router.ts'
import type { Route } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readSecret } from '../registry/secret-file.ts'
import type { Telling } from '../tell/open-tell.ts'
import { accountRoutes } from './accounts.routes.ts'
import { createActBook } from './acts.ts'
import { createContactChannels } from './contact-channels.ts'
import { createDeliveries } from './deliveries.ts'
import { createEventFeed } from './event-feed.ts'
import { createHeartbeats } from './heartbeats.ts'
import { createNotify } from './notify.ts'
import { type StationStatuses, createStationStatuses } from './station-statuses.ts'
import { type ServiceAccounts, createServiceAccounts } from './service-accounts.ts'
import { serviceRoutes } from './service.routes.ts'

/** The account of the Node-RED that is installed with this server, and the file of its token. */
const OWN_ACCOUNT = 'node-red'
const OWN_TOKEN_FILE = 'node-red-api'
/** How often the feed and the journal are looked through for what is kept no longer. */
const TRIM_EVERY_MS = 10 * 60_000
/** What is told of every few seconds is no news in a journal. */
const UNRECORDED = [
  '/api/v1/automation/heartbeat',
  '/api/v1/notify/due',
  '/api/v1/notify/deliveries/{id}',
  '/api/v1/events/cursors/{consumer}',
]

export interface AutomationDeps {
  db: RegistryDb
  tell: Pick<Telling, 'tellPeople' | 'sendsMail'>
  /** Events wait in the outbox. */
  onEvent: () => void
  nowMs: () => number
  newId: () => string
  randomBytes: (size: number) => Buffer
  log: Logger
}

/** What programs that act by themselves may do, and how they are looked after. */
export interface Automation {
  routes: Route[]
  services: Pick<ServiceAccounts, 'use'>
  /** Stations as they now are: who waits for one to open or close is told. */
  takeStations: StationStatuses['take']
  /** Writes down what a service account asked for. */
  record: (act: ServiceAct) => Promise<void>
  start: () => void
  stop: () => Promise<void>
}

/** Puts its parts together, and takes over the own Node-RED's token where its file is there. */
export async function openAutomation(
  settings: { secretsDir: string; timeZone: string },
  deps: AutomationDeps,
): Promise<Automation> {
  const { db, tell, nowMs, newId, log } = deps
  const accounts = createServiceAccounts(deps)
  await takeOwnToken(accounts, settings.secretsDir, log)
  const acts = createActBook({ db, nowMs, newId })
  const feed = createEventFeed({ db, nowMs })
  const channels = createContactChannels({ db, nowMs })
  const deliveries = createDeliveries({ db, nowMs })
  const heartbeats = createHeartbeats({ db, tell, nowMs, log })
  const { timeZone } = settings
  const { sendsMail } = tell
  const notify = createNotify({ db, tell, sendsMail, channels, deliveries, timeZone, nowMs, newId, log })
  const statuses = createStationStatuses(deps)
  let timer: NodeJS.Timeout | undefined
  let trimming: Promise<void> | undefined
  const trim = () => {
    trimming ??= Promise.all([feed.trim(), acts.trim()])
      .then(() => undefined)
      .catch((error: unknown) => log.error({ reason: errorText(error) }, 'old events could not be forgotten'))
      .finally(() => {
        trimming = undefined
      })
  }
  return {
    routes: [
      ...accountRoutes({ accounts, channels, deliveries, heartbeats, acts, log }),
      ...serviceRoutes({ feed, notify, deliveries, heartbeats }),
    ],
    services: accounts,
    takeStations: statuses.take,
    record: async ({ service: { account }, flow, route, path, status, reason }) => {
      if (UNRECORDED.includes(route.path)) return
      const { method } = route
      log.info({ audit: 'automation-act', account, flow, method, path, status }, 'a service account acted')
      await acts.put({ account, flow, method, path, status, reason })
    },
    start: () => {
      heartbeats.start()
      notify.start()
      statuses.start()
      trim()
      timer ??= setInterval(trim, TRIM_EVERY_MS)
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await Promise.all([heartbeats.stop(), notify.stop(), statuses.stop(), trimming])
    },
  }
}

/** Without the file no program of this installation may use the API: an administrator makes an account for each. */
async function takeOwnToken(accounts: ServiceAccounts, secretsDir: string, log: Logger): Promise<void> {
  let text: string
  try {
    text = await readSecret(secretsDir, OWN_TOKEN_FILE)
  } catch (error) {
    if (!hasCode(error, 'SECRET_MISSING')) throw error
    log.info({ file: OWN_TOKEN_FILE }, 'Node-RED has no token of its own here')
    return
  }
  const token = serviceTokenSchema.safeParse(text)
  if (!token.success) {
    log.warn({ file: OWN_TOKEN_FILE }, 'the file of the token does not hold 64 hex digits; it is not taken')
    return
  }
  const mayAct = await accounts.putOwn({ name: OWN_ACCOUNT, rights: [...SERVICE_RIGHTS], districts: [] }, token.data)
  if (!mayAct)
    log.warn(
      { account: OWN_ACCOUNT, file: OWN_TOKEN_FILE },
      'the token in the file was ended, or its account revoked; it is not taken',
    )
}
