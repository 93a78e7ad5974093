import { randomBytes } from 'node:crypto'
import type { CloudEvent, FeedbackStatus, FeedbackView, StationDetail } from '@harbor/protocol'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'
import { rowsIn } from './test-registry.ts'

const KEEPER = { login: 'keeper', name: '渝中站长', role: 'keeper', districts: ['500103'], password: PASSWORD }
/** A Monday morning in Chongqing. */
const MORNING = Date.parse('2026-11-23T02:00:00Z')
const HOUR_MS = 3_600_000
const TIMES = { feedback: 'received_at_ms', confirmation: 'at_ms', visitor_photo: 'at_ms', check_in: 'hour_ms' }

/** A server that the tests of a file share; a test sees only what came since it began. */
export interface Visited {
  server: RunningServer
  /** The server's clock. */
  nowMs: number
  /** When the test in hand began. */
  startMs: number
}

/** What visitors and staff do, on one server for the file that calls this. */
export function useVisitors() {
  const visited = { nowMs: MORNING, startMs: MORNING } as Visited
  /** By login: signing in takes long on purpose. */
  const cookies = new Map<string, Promise<string>>()

  beforeAll(async () => {
    visited.server = await startServer({ logins: [KEEPER], nowMs: () => visited.nowMs })
  })
  beforeEach(() => {
    // Five hours later nothing is told of what was said before, and nobody is limited by it.
    visited.nowMs = Math.ceil(visited.nowMs / HOUR_MS) * HOUR_MS + 5 * HOUR_MS
    visited.startMs = visited.nowMs
    cookies.clear()
  })
  afterAll(async () => {
    await visited.server?.[Symbol.asyncDispose]()
  })

  /** The server stops, and starts on the same data. */
  async function restart(): Promise<void> {
    const { dataDir } = visited.server
    await visited.server.stop()
    visited.server = await startServer({ logins: [KEEPER], dataDir, nowMs: () => visited.nowMs })
  }

  async function signIn(login: string): Promise<string> {
    const cookie = cookies.get(login) ?? visited.server.signIn(login)
    cookies.set(login, cookie)
    return cookie
  }

  /** A request of a visitor at an address, as the proxy on this machine names it. */
  async function visit(method: string, path: string, options: { body?: unknown; from?: string; cookie?: string } = {}) {
    const { from = '203.0.113.7', ...rest } = options
    return visited.server.request(method, path, { ...rest, headers: { 'x-forwarded-for': from } })
  }

  async function report(body: Record<string, unknown>, options: { station?: string; from?: string } = {}) {
    const key = (body['key'] as string | undefined) ?? newKey()
    const path = `/api/v1/stations/${options.station ?? 'yuzhong-1'}/feedback`
    const answer = await visit('POST', path, { ...options, body: { key, ...body } })
    return { key, answer, status: answer.body as FeedbackStatus }
  }

  /** `place`: the report's key and the photo's number. */
  async function putPhoto([key, n]: [string, number], bytes: Uint8Array, type = 'image/jpeg') {
    const response = await fetch(`${visited.server.url}/api/v1/feedback/${key}/photos/${n}`, {
      method: 'PUT',
      body: Buffer.from(bytes),
      headers: { 'content-type': type, 'x-forwarded-for': '203.0.113.7' },
    })
    await response.arrayBuffer()
    return response.status
  }

  const isOfNow = ({ receivedAt }: FeedbackView) => Date.parse(receivedAt) >= visited.startMs

  async function list(login: string, query = ''): Promise<FeedbackView[]> {
    const { body } = await visited.server.request('GET', `/api/v1/feedback${query}`, { cookie: await signIn(login) })
    return (body as { feedback: FeedbackView[] }).feedback.filter(isOfNow)
  }

  /** The public page of a station. */
  async function page(station = 'yubei-1'): Promise<StationDetail> {
    return (await visit('GET', `/api/v1/stations/${station}`)).body as StationDetail
  }

  /** Rows as whoever steals the file sees them. */
  async function rows(table: keyof typeof TIMES): Promise<Record<string, unknown>[]> {
    return rowsIn(visited.server.dataDir, `select * from ${table} where ${TIMES[table]} >= ${visited.startMs}`)
  }

  function events(kind: string): CloudEvent[] {
    return visited.server.bus
      .sent()
      .filter(({ topic }) => topic.endsWith(`/event/${kind}`))
      .map(({ payload }) => payload as CloudEvent)
      .filter(({ time }) => Date.parse(time) >= visited.startMs)
  }

  return { visited, restart, signIn, visit, report, putPhoto, isOfNow, list, page, rows, events }
}

/** What a phone makes for each thing that it sends. */
export const newKey = () => randomBytes(16).toString('hex')

/** A photo that says which phone took it, and where. */
export const photo = async (colour = 'red') =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: colour } })
    .withExif({ IFD0: { Make: 'PhoneMaker' }, IFD3: { GPSLatitude: '29/1 33/1 30/1' } })
    .jpeg()
    .toBuffer()
