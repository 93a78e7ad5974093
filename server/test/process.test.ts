import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { writeSigningKey } from './signing-key.ts'

// Processes beside everything else that runs on a loaded machine take their time to start.
vi.setConfig({ testTimeout: 120_000 })

let dataDir: string
const children: ChildProcess[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-process-'))
  await mkdir(join(dataDir, 'secrets'))
  await writeFile(join(dataDir, 'secrets/mqtt-server'), 'ab'.repeat(32))
  await writeSigningKey(join(dataDir, 'secrets'))
  await writeFile(join(dataDir, 'secrets/visitor-key'), 'cd'.repeat(32))
  await writeFile(join(dataDir, 'secrets/second-factor-key'), 'ef'.repeat(32))
  await writeFile(join(dataDir, 'secrets/push-key'), Buffer.alloc(32, 7).toString('base64url'))
})

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

/** The server's own entry. Port 9 is the discard service, which nothing serves here: the broker is away. */
function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, HTTP_PORT: '0', MQTT_URL: 'mqtt://127.0.0.1:9', ...env },
  })
  children.push(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  return { child, output, ended }
}

test('without a broker the server starts, says where, hands out the first code, and ends within 3 s of SIGTERM though a browser is connected', async () => {
  const { child, output, ended } = start()
  await vi.waitFor(() => expect(output.out).toContain('ready web'), { timeout: 60_000 })
  const lines = output.out.trim().split('\n')
  expect(lines[0]).toMatch(/^first administrator: open http:\S+\/console\/ and enter the code \w{4}-\w{4}$/)
  expect(lines[1]).toMatch(/^ready web http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(lines).toHaveLength(2)
  const url = lines[1]?.split(' ')[2] as string
  expect((await fetch(`${url}healthz`)).status).toBe(503) // the broker is away, and it says so

  const socket = io(`${url}public`, { transports: ['websocket'], reconnection: false })
  try {
    await vi.waitFor(() => expect(socket.connected).toBe(true))
    const startedMs = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(performance.now() - startedMs).toBeLessThan(3_000)
  } finally {
    socket.disconnect()
  }
  // What was said on standard error is the log, one JSON line each.
  for (const line of output.err.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ name: 'server' })
})

test.each([
  [{ DEMO: '1', HOST: '0.0.0.0' }, /^server: settings: HOST: DEMO=1 .*\n$/],
  [{ DEMO: '1' }, /^server: reading the fleet document .*demo\/fleet\.json.*DEMO_FLEET_FILE\n$/],
  [{ SECRETS_DIR: '/nowhere' }, /^server: secret \/nowhere\/mqtt-server: .*\n$/],
])('a start that cannot work ends with one line and code 1: %o', async (env, line) => {
  const { output, ended } = start({ LOG_LEVEL: 'silent', ...env } as Record<string, string>)
  expect(await ended).toBe(1)
  expect(output.err).toMatch(line)
  expect(output.out).toBe('')
})

test('a port that is taken is one line, and leaves nothing open behind', async () => {
  const first = start()
  await vi.waitFor(() => expect(first.output.out).toContain('ready web'), { timeout: 60_000 })
  const port = /:(\d+)\/\n/.exec(first.output.out)?.[1] as string
  const otherDir = await mkdtemp(join(tmpdir(), 'harbor-process-'))
  const second = start({
    HTTP_PORT: port,
    DATA_DIR: otherDir,
    SECRETS_DIR: join(dataDir, 'secrets'),
    LOG_LEVEL: 'silent',
  })
  expect(await second.ended).toBe(1)
  expect(second.output.err).toBe(`server: port ${port} on 127.0.0.1 is taken; stop what uses it or set another port\n`)
  await rm(otherDir, { recursive: true, force: true })
})
