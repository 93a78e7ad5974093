import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { alertListSchema, stationListSchema, telemetrySchema } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ROOT } from '../scripts/child-process.ts'

const run = promisify(execFile)

let dataDir: string
let env: NodeJS.ProcessEnv
const started: Start[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-start-'))
  env = {
    ...process.env,
    DATA_DIR: dataDir,
    MQTT_PORT: '0',
    MQTT_WS_PORT: '0',
    HTTP_PORT: '0',
    NODE_RED_PORT: '0',
    SIMULATORS_PORT: '0',
  }
})

afterAll(async () => {
  await Promise.all(started.map(start => start.interrupt()))
  await rm(dataDir, { recursive: true, force: true })
})

/** One start of the whole system. */
interface Start {
  child: ChildProcess
  out: () => string
  errors: () => string
  /** Waits for the greeting; rejects with what was printed when the start ends instead. */
  greeted: () => Promise<void>
  url: (name: string) => string
  /** Ctrl-C; resolves with the exit code and how long it took. */
  interrupt: () => Promise<{ code: number | null; tookMs: number }>
}

/** What `npm start` runs, or `npm start` itself. */
function start(extra: Record<string, string> = {}, viaNpm = false): Start {
  const [command, args] = viaNpm ? ['npm', ['start', '--silent']] : [process.execPath, ['scripts/start.mjs']]
  const child = spawn(command, args, { cwd: ROOT, env: { ...env, ...extra } })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const it: Start = {
    child,
    out: () => out,
    errors: () => errors,
    greeted: () =>
      vi.waitFor(
        () => {
          if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${out}${errors}`)
          expect(out).toContain('Ctrl-C stops')
        },
        { timeout: 90_000, interval: 100 },
      ),
    url: name => {
      const url = new RegExp(`^ready ${name} (\\S+)$`, 'm').exec(out)?.[1]
      if (url === undefined) throw new Error(`no "ready ${name}" line in:\n${out}`)
      return url.replace(/\/$/, '')
    },
    interrupt: async () => {
      const startedAtMs = performance.now()
      if (child.exitCode === null) child.kill('SIGINT')
      return { code: await ended, tookMs: performance.now() - startedAtMs }
    },
  }
  started.push(it)
  return it
}

/** Processes that carry this test's data folder in their environment: all that the start brought to life. */
function processesOfThisTest(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DATA_DIR=${dataDir}`)
      } catch {
        return false // ended meanwhile, or another user's
      }
    })
    .map(Number)
}

async function staffCookie(it: Start, login: string): Promise<string> {
  const password = new RegExp(`^login ${login} (\\S+)`, 'm').exec(it.out())?.[1]
  const response = await fetch(`${it.url('web')}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: it.url('web') },
    body: JSON.stringify({ login, password }),
  })
  expect(response.status).toBe(200)
  return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
}

async function stations(it: Start) {
  return stationListSchema.parse(await (await fetch(`${it.url('web')}/api/v1/stations`)).json()).stations
}

const STATION = 'cq-500103-01'
let firstReadingMs = 0

test('npm start brings up the whole demo, says where each part listens and who can sign in', async () => {
  const it = start()
  await it.greeted()
  for (const name of ['mqtt', 'mqtt-ws', 'web', 'node-red', 'gw-500103-01', 'simulators'])
    expect(it.url(name)).toMatch(/^\w+:\/\//)
  for (const login of ['admin', 'manager', 'maintainer', 'hardware'])
    expect(it.out()).toMatch(new RegExp(`^login ${login} \\S+`, 'm'))
  expect(it.out().match(/^ready gw-\d{6}-\d{2} mqtt:/gm)).toHaveLength(48)
  // Eight of them have no gateway.
  expect(await stations(it)).toHaveLength(56)
  // Every station that has sensors is heard, through the vendors' messages and the real gateway code, and its people are counted.
  await vi.waitFor(
    async () => {
      const list = (await stations(it)).filter(station => station.hasSensors)
      expect(list.filter(station => station.heardAt === undefined).map(station => station.id)).toEqual([])
      expect(list.filter(station => station.space.state === 'unknown').map(station => station.id)).toEqual([])
    },
    { timeout: 90_000, interval: 500 },
  )
})

test(
  'npm run fault breaks a fridge, and its alert is there within minutes; nobody else has one',
  { timeout: 400_000 },
  async () => {
    const it = started[0] as Start
    const { stdout } = await run(
      process.execPath,
      ['simulators/src/fault-command.ts', STATION, 'fridge', 'compressor-dead'],
      {
        cwd: ROOT,
        env,
      },
    )
    expect(stdout).toContain(STATION)
    const cookie = await staffCookie(it, 'maintainer')
    const alerts = async () => {
      const response = await fetch(`${it.url('web')}/api/v1/alerts?state=open`, { headers: { cookie } })
      return alertListSchema.parse(await response.json()).alerts
    }
    await vi.waitFor(async () => expect(await alerts()).toHaveLength(1), { timeout: 360_000, interval: 1_000 })
    expect((await alerts())[0]).toMatchObject({
      station: STATION,
      appliance: `${STATION}-fridge`,
      rule: 'fridge_too_warm',
      state: 'raised',
    })

    const unknown = await run(
      process.execPath,
      ['simulators/src/fault-command.ts', 'no-such-station', 'fridge', 'compressor-dead'],
      {
        cwd: ROOT,
        env,
      },
    ).catch((error: { code: number; stderr: string }) => error)
    expect(unknown).toMatchObject({ code: 1 })
    expect(unknown.stderr.trim().split('\n')).toHaveLength(1)
    firstReadingMs = await oldestFridgeReadingMs(it)
  },
)

async function oldestFridgeReadingMs(it: Start): Promise<number> {
  const response = await fetch(`${it.url('web')}/api/v1/stations/${STATION}/telemetry?metric=temperature&from=-1h`)
  const { series } = telemetrySchema.parse(await response.json())
  const points = series.find(candidate => candidate.appliance === `${STATION}-fridge`)?.points ?? []
  return points[0]?.[0] ?? 0
}

test('a second start beside it is told in one line which port is taken', async () => {
  const taken = await listenSomewhere()
  const { port } = taken.address() as { port: number }
  const other = await mkdtemp(join(tmpdir(), 'harbor-start-'))
  const it = start({ DATA_DIR: other, HTTP_PORT: String(port) })
  await vi.waitFor(() => expect(it.child.exitCode).toBe(1), { timeout: 60_000 })
  expect(it.errors().trim().split('\n')).toEqual([expect.stringContaining(`port ${port}`)])
  taken.close()
  await rm(other, { recursive: true, force: true })
})

function listenSomewhere(): Promise<Server> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
  })
}

test('Ctrl-C ends all of it within 5 seconds and leaves no process', async () => {
  expect(processesOfThisTest().length).toBeGreaterThan(5)
  const { code, tookMs } = await (started[0] as Start).interrupt()
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(5_000)
  expect(processesOfThisTest()).toEqual([])
})

test('the next start still has the data of the first, and the same logins', async () => {
  const it = start()
  await it.greeted()
  expect(await oldestFridgeReadingMs(it)).toBe(firstReadingMs)
  await staffCookie(it, 'admin')
  expect(/^login .*$/gm.exec(it.out())?.[0]).toBe(/^login .*$/gm.exec((started[0] as Start).out())?.[0])
})

test('a third start on the same data is told in one line that it is in use', async () => {
  const it = start()
  await vi.waitFor(() => expect(it.child.exitCode).toBe(1), { timeout: 60_000 })
  expect(it.errors().trim().split('\n')).toEqual([expect.stringContaining('another broker uses this folder')])
})

test('a starter that is killed leaves no process behind either', async () => {
  const it = started.at(-2) as Start
  const supervisors = processesOfThisTest().filter(pid =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('scripts/start.ts'),
  )
  expect(supervisors).toHaveLength(1)
  process.kill(supervisors[0] as number, 'SIGKILL')
  await vi.waitFor(() => expect(processesOfThisTest()).toEqual([]), { timeout: 15_000 })
  await it.interrupt()
})

test('nor does an npm that is stopped alone', async () => {
  const it = start({}, true)
  await it.greeted()
  const { tookMs } = await it.interrupt()
  await vi.waitFor(() => expect(processesOfThisTest()).toEqual([]), { timeout: 5_000 - tookMs, interval: 50 })
})
