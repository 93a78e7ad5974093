import {
  type AlertDetail,
  type AlertList,
  type AlertView,
  type ClientConfig,
  type Enrolment,
  type Maintenance,
  type MaintenanceList,
  type MaintenanceRequest,
  type Person,
  type RecoveryCodes,
  type RuleList,
  type SignInStep,
  type SilenceRequest,
  type StationDetail,
  type StationList,
  type Telemetry,
  alertDetailSchema,
  alertListSchema,
  alertViewSchema,
  apiErrorSchema,
  clientConfigSchema,
  enrolmentSchema,
  maintenanceListSchema,
  maintenanceSchema,
  personSchema,
  recoveryCodesSchema,
  ruleListSchema,
  signInAnswerSchema,
  stationDetailSchema,
  stationListSchema,
  telemetrySchema,
} from '@harbor/protocol'
import type { z } from 'zod'
import {
  type ChecklistsApi,
  type FiguresApi,
  type TellApi,
  createChecklistsApi,
  createFiguresApi,
  createTellApi,
} from './care-api.ts'
import type { AskFile } from './ask-file.ts'
import { type CrewsApi, createCrewsApi } from './crews-api.ts'
import { type AssetsApi, type PlansApi, createAssetsApi, createPlansApi } from './assets-api.ts'
import { type AccountApi, createAccountApi } from './account-api.ts'
import { type AutomationApi, createAutomationApi } from './automation-api.ts'
import { type FeedbackApi, createFeedbackApi } from './feedback-api.ts'
import { type FleetApi, createFleetApi } from './fleet-api.ts'
import { type HoursApi, createHoursApi } from './hours-api.ts'
import { type InboxApi, createInboxApi } from './inbox-api.ts'
import { type KeepersApi, createKeepersApi } from './keepers-api.ts'
import { type ManagementApi, createManagementApi } from './management-api.ts'
import { type NoticesApi, createNoticesApi } from './notices-api.ts'
import { type RegisterApi, createRegisterApi } from './register-api.ts'
import { type ReportsApi, createReportsApi } from './reports-api.ts'
import { RequestError, codeOfStatus, retryAfterMs } from './request-error.ts'
import { type Ask, type WorkOrdersApi, createWorkOrdersApi } from './work-orders-api.ts'

/** No answer within this long counts as unreachable (chosen: long enough for a 3G link's worst round trips). */
const REQUEST_LIMIT_MS = 15_000
/** A file that is sent gets as long again as it takes at this rate (chosen: 1 Mbit/s, a poor uplink). */
const SLOWEST_UPLOAD_BYTES_PER_MS = 125

export interface Credentials {
  login: string
  password: string
}

export interface FirstAdministrator extends Credentials {
  /** The one-time code that the server printed when it started. */
  code: string
  name: string
}

export interface TelemetryQuery {
  station: string
  metric: string
  fromMs: number
  toMs: number
  /** Width of the windows that are averaged, whole minutes; absent: every reading by itself. */
  everyMs?: number
}

/** `open`: raised or acknowledged; `standing`: those and the ones that a cause explains. */
export type AlertChoice = 'open' | 'standing' | 'all'

/** Pages of a list of alerts that are fetched at most, of 1,000 alerts each: more nobody reads through. */
const MAX_ALERT_PAGES = 10

/** The HTTP API as the console uses it. Every method rejects with a RequestError. */
export interface ApiClient {
  clientConfig: (signal?: AbortSignal) => Promise<ClientConfig>
  /** Who is signed in, or null when nobody is. */
  session: (signal?: AbortSignal) => Promise<Person | null>
  /** What is left to do; undefined: nothing. */
  signIn: (credentials: Credentials) => Promise<SignInStep | undefined>
  /** The second step. */
  giveCode: (code: string) => Promise<void>
  /** The second step where a second factor has to be set up. */
  beginEnrolment: () => Promise<Enrolment>
  confirmEnrolment: (code: string) => Promise<RecoveryCodes>
  signOut: () => Promise<void>
  makeFirstAdministrator: (administrator: FirstAdministrator) => Promise<void>
  stations: (signal?: AbortSignal) => Promise<StationList>
  station: (id: string, signal?: AbortSignal) => Promise<StationDetail>
  telemetry: (query: TelemetryQuery, signal?: AbortSignal) => Promise<Telemetry>
  /** All pages of it in one list, newest first. */
  alerts: (choice: AlertChoice, signal?: AbortSignal) => Promise<AlertList>
  alert: (id: string, signal?: AbortSignal) => Promise<AlertDetail>
  rules: (signal?: AbortSignal) => Promise<RuleList>
  /** The alert as it then is, or undefined when the server does not say. */
  acknowledge: (alert: string) => Promise<AlertView | undefined>
  silence: (alert: string, request: SilenceRequest) => Promise<AlertView>
  unsilence: (alert: string) => Promise<AlertView>
  /** Windows of a station that are not over. */
  maintenance: (station: string, signal?: AbortSignal) => Promise<MaintenanceList>
  openMaintenance: (request: MaintenanceRequest) => Promise<Maintenance>
  endMaintenance: (id: string) => Promise<Maintenance>
  workOrders: WorkOrdersApi
  feedback: FeedbackApi
  checklists: ChecklistsApi
  figures: FiguresApi
  tell: TellApi
  assets: AssetsApi
  plans: PlansApi
  crews: CrewsApi
  hours: HoursApi
  inboxes: InboxApi
  keepers: KeepersApi
  management: ManagementApi
  notices: NoticesApi
  reports: ReportsApi
  register: RegisterApi
  automation: AutomationApi
  account: AccountApi
  fleet: FleetApi
}

export interface ApiClientDeps {
  fetch: typeof fetch
  /** The device's clock, in ms since 1970. */
  now: () => number
  /** Called when a request that needs a session finds none. */
  onUnauthorized: () => void
  /** Called with the server's clock (second precision) for each answer that carries it. */
  onServerTime: (serverMs: number) => void
}

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  signal?: AbortSignal | undefined
  /** True for requests whose 401 means "wrong login", not "your session is over". */
  isSignIn?: boolean
}

/** A client of the API on the page's own origin; the session travels in the server's HttpOnly cookie. */
export function createApiClient(deps: ApiClientDeps): ApiClient {
  const respond = async (path: string, options: RequestOptions): Promise<Response> => {
    const response = await send(deps, path, options)
    const dateMs = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(dateMs)) deps.onServerTime(dateMs)
    if (response.ok) return response
    const said = apiErrorSchema.safeParse(await readBody(response))
    const code = codeOfStatus(response.status)
    if (code === 'API_UNAUTHORIZED' && options.isSignIn !== true) deps.onUnauthorized()
    const wait = retryAfterMs(response.headers.get('retry-after'), deps.now())
    throw new RequestError(code, said.success ? said.data.error.message : `${path}: HTTP ${response.status}`, {
      status: response.status,
      ...(said.success ? { serverCode: said.data.error.code } : {}),
      ...(said.success && said.data.error.details !== undefined ? { details: said.data.error.details } : {}),
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    })
  }
  const request = async (path: string, options: RequestOptions = {}): Promise<unknown> =>
    readBody(await respond(path, options))
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema, signal?: AbortSignal) =>
    understand(path, schema, await request(path, { signal }))

  const ask: Ask = async (path, schema, options) => understand(path, schema, await request(path, options))
  const askFile: AskFile = async (path, body) => {
    const response = await respond(path, { method: 'POST', body })
    try {
      return new Uint8Array(await response.arrayBuffer())
    } catch (cause) {
      throw new RequestError('API_BROKEN', `${path}: the file was cut off`, { status: response.status, cause })
    }
  }

  return {
    workOrders: createWorkOrdersApi(ask),
    feedback: createFeedbackApi(ask),
    checklists: createChecklistsApi(ask),
    figures: createFiguresApi(ask),
    tell: createTellApi(ask),
    assets: createAssetsApi(ask),
    plans: createPlansApi(ask),
    crews: createCrewsApi(ask),
    hours: createHoursApi(ask),
    register: createRegisterApi(ask),
    inboxes: createInboxApi(ask),
    keepers: createKeepersApi(ask),
    management: createManagementApi(ask),
    notices: createNoticesApi(ask),
    reports: createReportsApi(ask),
    automation: createAutomationApi(ask),
    account: createAccountApi(ask),
    fleet: createFleetApi(ask, askFile),
    clientConfig: signal => get('client-config', clientConfigSchema, signal),
    async session(signal) {
      try {
        return understand('session', personSchema, await request('session', { signal, isSignIn: true }))
      } catch (error) {
        if (error instanceof RequestError && error.code === 'API_UNAUTHORIZED') return null
        throw error
      }
    },
    async signIn(credentials) {
      const answer = await request('session', { method: 'POST', body: credentials, isSignIn: true })
      const said = understand('session', signInAnswerSchema, answer)
      return 'next' in said ? said.next : undefined
    },
    async giveCode(code) {
      await request('session/code', { method: 'POST', body: { code }, isSignIn: true })
    },
    async beginEnrolment() {
      const path = 'session/enrolment'
      return understand(path, enrolmentSchema, await request(path, { method: 'POST', isSignIn: true }))
    },
    async confirmEnrolment(code) {
      const path = 'session/enrolment/confirm'
      return understand(
        path,
        recoveryCodesSchema,
        await request(path, { method: 'POST', body: { code }, isSignIn: true }),
      )
    },
    async signOut() {
      await request('session', { method: 'DELETE', isSignIn: true })
    },
    async makeFirstAdministrator(administrator) {
      await request('first-administrator', { method: 'POST', body: administrator, isSignIn: true })
    },
    stations: signal => get('stations', stationListSchema, signal),
    station: (id, signal) => get(`stations/${encodeURIComponent(id)}`, stationDetailSchema, signal),
    telemetry: (query, signal) => get(telemetryPath(query), telemetrySchema, signal),
    async alerts(choice, signal) {
      const path = `alerts?state=${choice}&limit=1000`
      const list = await get(path, alertListSchema, signal)
      let { next } = list
      for (let pages = 1; next !== undefined && pages < MAX_ALERT_PAGES; pages++) {
        const page: AlertList = await get(`${path}&after=${encodeURIComponent(next)}`, alertListSchema, signal)
        list.alerts.push(...page.alerts)
        next = page.next
      }
      return { at: list.at, alerts: list.alerts }
    },
    alert: (id, signal) => get(`alerts/${encodeURIComponent(id)}`, alertDetailSchema, signal),
    rules: signal => get('rules', ruleListSchema, signal),
    async acknowledge(alert) {
      const body = await request(`alerts/${encodeURIComponent(alert)}/acknowledge`, { method: 'POST', body: {} })
      const parsed = alertViewSchema.safeParse(body)
      return parsed.success ? parsed.data : undefined
    },
    async silence(alert, body) {
      const path = `alerts/${encodeURIComponent(alert)}/silence`
      return understand(path, alertViewSchema, await request(path, { method: 'POST', body }))
    },
    async unsilence(alert) {
      const path = `alerts/${encodeURIComponent(alert)}/silence`
      return understand(path, alertViewSchema, await request(path, { method: 'DELETE' }))
    },
    maintenance: (station, signal) =>
      get(`maintenance?station=${encodeURIComponent(station)}`, maintenanceListSchema, signal),
    async openMaintenance(body) {
      return understand('maintenance', maintenanceSchema, await request('maintenance', { method: 'POST', body }))
    },
    async endMaintenance(id) {
      const path = `maintenance/${encodeURIComponent(id)}`
      return understand(path, maintenanceSchema, await request(path, { method: 'DELETE' }))
    },
  }
}

/** Path and query of a telemetry request, below the API's root. */
export function telemetryPath({ station, metric, fromMs, toMs, everyMs }: TelemetryQuery): string {
  const query = new URLSearchParams({
    metric,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  })
  if (everyMs !== undefined) query.set('every', `${everyMs / 60_000}m`)
  return `stations/${encodeURIComponent(station)}/telemetry?${query}`
}

async function send(deps: ApiClientDeps, path: string, options: RequestOptions): Promise<Response> {
  const limit = new AbortController()
  const isBlob = options.body instanceof Blob
  const uploadMs = isBlob ? (options.body as Blob).size / SLOWEST_UPLOAD_BYTES_PER_MS : 0
  const timer = setTimeout(() => limit.abort(), REQUEST_LIMIT_MS + uploadMs)
  const giveUp = () => limit.abort()
  options.signal?.addEventListener('abort', giveUp, { once: true })
  try {
    return await deps.fetch(`/api/v1/${path}`, {
      method: options.method ?? 'GET',
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        // Of a photo the browser names the type itself.
        ...(options.body === undefined || isBlob ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: isBlob ? (options.body as Blob) : JSON.stringify(options.body) }),
      signal: limit.signal,
    })
  } catch (cause) {
    // The caller no longer wants the answer: that is no failure to report, so its own abort passes through.
    if (options.signal?.aborted === true) throw cause
    throw new RequestError('API_UNREACHABLE', `${path}: no answer from the server`, { cause })
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', giveUp)
  }
}

/** The answer's JSON; undefined when it has none (204, or a proxy's HTML page). */
async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204 || response.headers.get('content-type')?.includes('json') !== true) return undefined
  try {
    return await response.json()
  } catch (cause) {
    throw new RequestError('API_BROKEN', 'the answer was cut off or is no JSON', { status: response.status, cause })
  }
}

function understand<Schema extends z.ZodType>(path: string, schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new RequestError('API_BROKEN', `${path}: the answer is not what this page expects`, { cause: parsed.error })
}
