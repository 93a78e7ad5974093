import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Fleet, type Reading, encodeTelemetry, topics } from '@harbor/protocol'
import { pino } from 'pino'
import { expect } from 'vitest'
import { type RunningApp, startApp } from '../src/app.ts'
import { readSettings } from '../src/config.ts'
import type { Route } from '../src/http/route.ts'
import { createMetrics } from '../src/metrics/metrics.ts'
import { type CuttableBus, type MemoryStore, createCuttableBus, createMemoryStore } from './doubles.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { registryEnv } from './test-registry.ts'
import { writeSigningKey } from './signing-key.ts'

export const PASSWORD = 'a password of the tests'

/** Who can sign in: one for each scope that matters. */
const LOGINS = [
  { login: 'admin', name: 'Admin', role: 'administrator', districts: [] },
  { login: 'yuzhong', name: '渝中维修', role: 'maintainer', districts: ['500103'] },
  { login: 'yubei', name: '渝北维修', role: 'maintainer', districts: ['500112'] },
  { login: 'yubei-hardware', name: '渝北硬件', role: 'hardware', districts: ['500112'] },
].map(person => ({ ...person, password: PASSWORD }))

/** A real server on a free port, with a registry in a folder of its own; broker and telemetry store are doubles. */
export interface RunningServer extends AsyncDisposable {
  app: RunningApp
  /** Without a trailing slash. */
  url: string
  dataDir: string
  bus: CuttableBus
  store: MemoryStore
  /** Any request; `body` goes as JSON. Checks the answer against the schema of its route. */
  request: (method: string, path: string, options?: RequestOptions) => Promise<Answer>
  /** Signs in and gives the Cookie header. */
  signIn: (login: string) => Promise<string>
  /** Lets a gateway's readings arrive through the broker. */
  receive: (readings: readonly Reading[]) => Promise<void>
  /** Stops the server; the data stay for another start. */
  stop: () => Promise<void>
}

export interface RequestOptions {
  body?: unknown
  cookie?: string
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Headers
  body: unknown
}

export interface ServerOptions {
  /** Settings beside the test's own. */
  env?: Record<string, string>
  fleet?: Fleet
  /** Who can sign in beside the usual ones. */
  logins?: readonly { login: string; name: string; role: string; districts: string[]; password: string }[]
  /** How often silence is looked into, in ms. */
  lookEveryMs?: number
  /** Data of an earlier run. */
  dataDir?: string
  nowMs?: () => number
  /** What its store holds from the start, in order of time. */
  readings?: readonly Reading[]
}

export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'harbor-server-')))
  await mkdir(join(dataDir, 'secrets'), { recursive: true })
  await mkdir(join(dataDir, 'demo'), { recursive: true })
  await writeFile(join(dataDir, 'secrets/demo-fleet-key'), `${'ab'.repeat(32)}\n`)
  await writeFile(join(dataDir, 'secrets/visitor-key'), `${'cd'.repeat(32)}\n`)
  await writeFile(join(dataDir, 'secrets/second-factor-key'), `${'ef'.repeat(32)}\n`)
  await writeFile(join(dataDir, 'secrets/push-key'), Buffer.alloc(32, 7).toString('base64url'))
  if (!existsSync(join(dataDir, 'secrets/config-signing-key.pem'))) await writeSigningKey(join(dataDir, 'secrets'))
  await writeFile(join(dataDir, 'secrets/demo-logins.json'), JSON.stringify([...LOGINS, ...(options.logins ?? [])]))
  await writeFile(join(dataDir, 'demo/fleet.json'), JSON.stringify(options.fleet ?? twoDistrictFleet()))
  const settings = readSettings(
    { DATA_DIR: dataDir, HTTP_PORT: '0', DEMO: '1', ...(await registryEnv(dataDir)), ...options.env },
    import.meta.dirname,
  )
  const bus = createCuttableBus()
  const store = createMemoryStore()
  store.readings.push(...(options.readings ?? []))
  const app = await startApp(settings, {
    bus,
    store,
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
    nowMs: options.nowMs ?? Date.now,
    lookEveryMs: options.lookEveryMs,
    random: Math.random,
    randomBytes,
    newId: randomUUID,
  })
  const url = app.url.replace(/\/$/, '')
  let seq = 0

  const request: RunningServer['request'] = async (method, path, { body, cookie, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(cookie !== undefined && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('application/json') === true
    const answer = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    const route = routeOf(app.routes, method, path)
    if (route?.response !== undefined && response.ok) expect(route.response.parse(answer.body)).toBeDefined()
    return answer
  }

  return {
    app,
    url,
    dataDir,
    bus,
    store,
    request,
    signIn: async login => {
      const answer = await request('POST', '/api/v1/session', { body: { login, password: PASSWORD } })
      const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0]
      if (cookie === undefined) throw new Error(`sign-in of ${login}: ${answer.status}`)
      return cookie
    },
    receive: async readings => {
      seq += 1
      const gateway = readings[0]?.device.startsWith('yubei') ? 'gw-yubei-1' : 'gw-yuzhong-1'
      const district = gateway === 'gw-yubei-1' ? '500112' : '500103'
      await bus.receive(
        topics.telemetry({ district, gateway }),
        encodeTelemetry({ seq, boot: `boot-${gateway}`, readings }),
      )
    },
    stop: app.stop,
    [Symbol.asyncDispose]: async () => {
      await app.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The row of the table that answers a request. */
function routeOf(routes: readonly Route[], method: string, path: string): Route | undefined {
  const pathname = path.split('?', 1)[0] as string
  return routes.find(
    route =>
      route.method === method.toLowerCase() &&
      new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  )
}
