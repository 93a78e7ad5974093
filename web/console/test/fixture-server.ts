import { readFile } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import {
  type AlertView,
  type FeedbackView,
  type HoursChange,
  type Maintenance,
  type Overview,
  type OverviewStation,
  type Person,
  STAFF_NAMESPACE,
  type StaffEvents,
  type StaffRequests,
  type StationDetail,
  signInSchema,
} from '@harbor/protocol'
import { type DefaultEventsMap, Server } from 'socket.io'
import { answerFeedback } from './fixture-feedback.ts'
import { type FleetState, answerFleet } from './fixture-fleet.ts'
import { answerHours } from './fixture-hours.ts'
import { answerInbox } from './fixture-inbox.ts'
import { answerManagement, overview, overviewStations } from './fixture-management.ts'
import { PASSWORD, PERSON, RULES, STATION, alertDetail, station as makeStation, telemetry } from './fixture-data.ts'

/** What a test may turn, and see. */
export interface FixtureState {
  alerts: AlertView[]
  feedback: FeedbackView[]
  hours: HoursChange[]
  stations: StationDetail[]
  windows: Maintenance[]
  /** What was told of a region's counts (empty: of all) in place of the usual ones. */
  overviewCounts: Map<string, Partial<Overview['counts']>>
  /** What the one screen's map shows. */
  overviewStations: OverviewStation[]
  fleet: FleetState
  role: Person['role']
  needsFirstAdministrator: boolean
  /** Answers the next sign-ins with 429 and this Retry-After, in seconds. */
  refuseSignInsS: number | undefined
  /** Answers acknowledgements with this status. */
  acknowledgeStatus: number
  /** Which station each staff socket watches. */
  watched: Map<string, string | null>
  /** Which region each staff socket looks over. */
  lookedOver: Map<string, string | null>
  /** Every session is over. */
  isSessionOver: boolean
}

export interface Fixture {
  url: string
  state: FixtureState
  pushAlert: (alert: AlertView) => void
  pushFeedback: (feedback: FeedbackView) => void
  /** Says that the gateway is another than before. */
  pushTwin: (gateway: string) => void
  /** Tells those who look over a region (empty: all) of other counts. */
  pushOverview: (counts: Partial<Overview['counts']>, region?: string) => void
  pushReadings: (readings: StationDetail['readings'], station?: string) => void
  /** Cuts every live connection and takes no new ones until told again. */
  setLive: (isLive: boolean) => void
  /** How many staff sockets are connected. */
  liveCount: () => number
  close: () => Promise<void>
}

/** As strict as it gets: the console is to run without inline script or style. */
const POLICY =
  "default-src 'self'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; script-src 'self'; style-src 'self'"
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const COOKIE = 'harbor_session=fixture'

/** The built console with an API of fixed answers and a real socket.io beside it, on a free port of this machine. */
export async function startFixture(builtDir: string): Promise<Fixture> {
  const state: FixtureState = {
    alerts: [],
    feedback: [],
    hours: [],
    stations: [makeStation(STATION, Date.now())],
    windows: [],
    overviewCounts: new Map(),
    overviewStations: overviewStations(7),
    fleet: { mark: 'waiting', isAccepted: false, rollout: 'running', acts: [] },
    role: PERSON.role,
    needsFirstAdministrator: false,
    refuseSignInsS: undefined,
    acknowledgeStatus: 200,
    watched: new Map(),
    lookedOver: new Map(),
    isSessionOver: false,
  }
  let isLive = true
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fixture')
    const done = url.pathname.startsWith('/api/v1/')
      ? answerApi(state, { request, response, url, pushAlert })
      : answerFile(builtDir, url.pathname, response)
    done.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const io = new Server<StaffRequests, StaffEvents, DefaultEventsMap>(http, { serveClient: false })
  const staff = io.of(STAFF_NAMESPACE)
  staff.use((socket, next) => {
    const isSignedIn = socket.handshake.headers.cookie?.includes(COOKIE) === true && !state.isSessionOver
    next(isLive && isSignedIn ? undefined : new Error('not_signed_in'))
  })
  staff.on('connection', socket => {
    socket.on('watch', station => state.watched.set(socket.id, station))
    socket.on('look_over', region => state.lookedOver.set(socket.id, region))
    socket.on('disconnect', () => {
      state.watched.delete(socket.id)
      state.lookedOver.delete(socket.id)
    })
  })
  function pushAlert(alert: AlertView) {
    state.alerts = [alert, ...state.alerts.filter(({ id }) => id !== alert.id)]
    staff.emit('alert', alert)
  }
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    state,
    pushAlert,
    pushOverview(changes, region = '') {
      state.overviewCounts.set(region, changes)
      const { at, parts, counts } = overview(Date.now(), region, changes)
      const update = { at, parts, counts, ...(region === '' ? {} : { region }) }
      for (const [id, lookedOver] of state.lookedOver) if (lookedOver === region) staff.to(id).emit('overview', update)
    },
    pushFeedback(feedback) {
      state.feedback = [feedback, ...state.feedback.filter(({ id }) => id !== feedback.id)]
      staff.emit('feedback', feedback)
    },
    pushTwin: gateway => staff.emit('twin', { gateways: [gateway] }),
    pushReadings: (readings, station = STATION) => staff.emit('readings', { station, readings }),
    setLive(next) {
      isLive = next
      if (!next) staff.disconnectSockets(true)
    },
    liveCount: () => staff.sockets.size,
    async close() {
      io.disconnectSockets(true)
      io.engine.close()
      await new Promise<void>(resolve => {
        http.close(() => resolve())
        http.closeAllConnections()
      })
    },
  }
}

interface ApiCall {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  pushAlert: (alert: AlertView) => void
}

async function answerApi(state: FixtureState, { request, response, url, pushAlert }: ApiCall): Promise<void> {
  const send = (status: number, body?: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }
  const refuse = (status: number, code: string, headers: Record<string, string> = {}) =>
    send(status, { error: { code, message: code } }, headers)
  const path = url.pathname.slice('/api/v1/'.length)
  const at = new Date().toISOString()
  const call = `${request.method ?? ''} ${path}`
  if (call === 'GET client-config') {
    const { needsFirstAdministrator } = state
    return send(200, { demo: true, timeZone: 'Asia/Shanghai', needsFirstAdministrator })
  }
  if (call === 'POST session') {
    if (state.refuseSignInsS !== undefined)
      return refuse(429, 'too_many_requests', { 'retry-after': String(state.refuseSignInsS) })
    const given = signInSchema.parse(JSON.parse(await readText(request)))
    if (given.login !== PERSON.login || given.password !== PASSWORD) return refuse(401, 'wrong_credentials')
    state.isSessionOver = false
    return send(200, PERSON, { 'set-cookie': `${COOKIE}; HttpOnly; SameSite=Strict; Path=/` })
  }
  if (call === 'POST first-administrator') {
    const { code } = JSON.parse(await readText(request)) as { code: string }
    if (code !== 'ABCD-EFGH') return refuse(401, 'wrong_code')
    state.needsFirstAdministrator = false
    return send(200, PERSON, { 'set-cookie': `${COOKIE}; HttpOnly; SameSite=Strict; Path=/` })
  }
  if (call === 'DELETE session') {
    return send(204, undefined, { 'set-cookie': 'harbor_session=; Max-Age=0; Path=/' })
  }
  if (request.headers.cookie?.includes(COOKIE) !== true || state.isSessionOver) return refuse(401, 'not_signed_in')
  if (call === 'GET session') return send(200, { ...PERSON, role: state.role })
  // None of these tests is of work orders: those run on the real server.
  // Nor of rotas.
  if (call === 'GET rota/gaps') return send(200, { at, gaps: [], stations: 0 })
  if (call === 'GET work-orders') return send(200, { at, orders: [] })
  if (path.startsWith('feedback')) {
    const asked = { method: request.method ?? '', url, text: await readText(request) }
    const answer = answerFeedback(state.feedback, asked)
    if (answer === undefined) return refuse(404, 'not_found')
    if ('body' in answer) return send(200, answer.body)
    response.writeHead(200, { 'content-type': 'image/gif' })
    response.end(answer.picture)
    return
  }
  if (call === 'GET inbox') return send(200, answerInbox(state.alerts, state.stations, url.searchParams))
  if (call.endsWith('/repairs')) return send(200, { sameFault: [], sameAppliance: [], sameModel: [] })
  if (path.startsWith('hours-changes')) {
    const answer = answerHours(state.hours, { method: request.method ?? '', path, text: await readText(request) })
    return answer === undefined ? refuse(404, 'not_found') : send(200, answer)
  }
  const isManagement = /^(regions|overview|usage|energy|opening-truth)(\/|$)/.test(path)
  if (isManagement) {
    const asked = { method: request.method ?? '', path, url, text: await readText(request) }
    const answer = answerManagement({ ...asked, counts: state.overviewCounts, stations: state.overviewStations })
    return answer === undefined ? refuse(404, 'not_found') : send(200, answer)
  }
  if (path.startsWith('fleet/')) {
    const answer = answerFleet(state.fleet, { method: request.method ?? '', url })
    return answer === undefined ? refuse(404, 'not_found') : send(200, answer)
  }
  if (call === 'GET rules') return send(200, { rules: RULES })
  if (call === 'GET alerts') {
    const choice = url.searchParams.get('state')
    const hidden = choice === 'all' ? [] : choice === 'standing' ? ['resolved'] : ['resolved', 'suppressed']
    const of = url.searchParams.get('station')
    const shown = state.alerts.filter(alert => !hidden.includes(alert.state))
    return send(200, { at, alerts: of === null ? shown : shown.filter(alert => alert.station === of) })
  }
  const [, method, alertId, act] = /^(\w+) alerts\/([^/]+)(?:\/(\w+))?$/.exec(call) ?? []
  const alert = state.alerts.find(({ id }) => id === alertId)
  if (alert !== undefined) {
    if (act === undefined) return send(200, alertDetail(alert, state.alerts))
    if (act === 'acknowledge' && state.acknowledgeStatus !== 200) return refuse(state.acknowledgeStatus, 'fixture')
    const { silence: _silence, ...loud } = alert
    const revision = alert.revision + 1
    const changed: AlertView =
      act === 'acknowledge'
        ? { ...alert, revision, state: 'acknowledged', acknowledgedAt: at, acknowledgedBy: PERSON.name }
        : method === 'DELETE'
          ? { ...loud, revision }
          : {
              ...loud,
              revision,
              silence: {
                since: at,
                by: PERSON.name,
                isFlapping: false,
                ...(JSON.parse(await readText(request)) as { until: string; reason: string }),
              },
            }
    pushAlert(changed)
    return send(200, changed)
  }
  if (call === 'GET maintenance') return send(200, { at, windows: state.windows })
  if (call === 'POST maintenance') {
    const asked = JSON.parse(await readText(request)) as Pick<Maintenance, 'station' | 'from' | 'to' | 'reason'>
    const window: Maintenance = { ...asked, id: `w${state.windows.length}`, createdAt: at, createdBy: PERSON.name }
    state.windows.push(window)
    return send(200, window)
  }
  if (call.startsWith('DELETE maintenance/')) {
    const [window] = state.windows.splice(0)
    return window === undefined ? refuse(404, 'not_found') : send(200, { ...window, endedAt: at })
  }
  if (call === 'GET stations') return send(200, { at, stations: state.stations })
  const [, id, rest] = /^GET stations\/([^/]+)(\/telemetry)?$/.exec(call) ?? []
  const found = state.stations.find(station => station.id === id)
  if (found === undefined) return refuse(404, 'not_found')
  if (rest === undefined) return send(200, found)
  const every = /^(\d+)m$/.exec(url.searchParams.get('every') ?? '')?.[1]
  const asked = (name: string) => url.searchParams.get(name) ?? ''
  return send(
    200,
    telemetry({
      station: found.id,
      metric: asked('metric'),
      from: asked('from'),
      to: asked('to'),
      ...(every === undefined ? {} : { everyMs: Number(every) * 60_000 }),
    }),
  )
}

async function answerFile(builtDir: string, pathname: string, response: ServerResponse): Promise<void> {
  const inside = normalize(pathname.replace(/^\/console\//, '/'))
  const file = extname(inside) === '' ? '/index.html' : inside
  try {
    const content = await readFile(join(builtDir, file))
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    })
    response.end(content)
  } catch {
    response.writeHead(404).end() // No such file was built; a test that needs it fails there.
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
