import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const source = (name: string) => fileURLToPath(new URL(`../src/${name}`, import.meta.url))

let dataDir: string
let simulators: ChildProcess
let ready: string

function start(script: string, args: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [source(script), ...args], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      SECRETS_DIR: '',
      GATEWAY_DIR: '',
      DEMO_FLEET_FILE: '',
      SIMULATORS_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const child = start(script, args, env)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')])
  return { stdout, stderr, code: code as number }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-simulators-'))
  await mkdir(join(dataDir, 'secrets'))
  await writeFile(join(dataDir, 'secrets/demo-fleet-key'), '0'.repeat(64))
})

afterAll(async () => {
  simulators?.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

test('before the fleet is seeded the start is one line that says what is missing', async () => {
  const { code, stderr } = await run('main.ts')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^simulators: .*fleet\.json is missing; npm start makes it\n$/)
})

test('the fault command says in one line that no demo is reached', async () => {
  const { code, stderr } = await run('fault-command.ts', ['--list'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^fault: no running demo is reached .*npm start[^\n]*\n$/)
})

test('the seed command is quiet, and the simulators start on it without any gateway', async () => {
  expect(await run('seed-command.ts')).toEqual({ code: 0, stdout: '', stderr: '' })
  simulators = start('main.ts')
  const [line] = (await once(simulators.stdout!, 'data')) as [Buffer]
  ready = String(line)
  expect(ready).toMatch(/^ready simulators http:\/\/127\.0\.0\.1:\d+\/\n$/)
})

test('the list names every station with sensors, its appliances and what is broken', async () => {
  expect(await run('fault-command.ts', ['cq-500103-17', 'ac', 'no-cooling'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^cq-500103-17-ac now has no-cooling\n.*expect ac_does_not_cool within 8 min/),
  })
  const { stdout } = await run('fault-command.ts', ['--list'])
  expect(stdout.trim().split('\n')).toHaveLength(48)
  expect(stdout).toContain('cq-500103-17  龙湖时代天街劳动者港湾（演示）')
  expect(stdout).toContain('ac (no-cooling)')
  expect(await run('fault-command.ts', ['cq-500103-17', 'ac', 'none'])).toMatchObject({ code: 0 })
  expect((await run('fault-command.ts', ['--list'])).stdout).not.toContain('no-cooling')
})

test.each([
  [['cq-nowhere', 'fridge', 'door-ajar'], 'there is cq-500101-01'],
  [['cq-500103-01', 'oven', 'dead'], 'there is fridge, ac, microwave, water, station'],
  [['cq-500103-01', 'fridge', 'no-cooling'], 'there is compressor-dead, stuck-on, door-ajar, plug-off, none'],
  [['cq-500103-01'], 'usage: npm run fault -- STATION APPLIANCE FAULT'],
])('a fault command that fits nothing is one line with the possibilities (%j)', async (args, named) => {
  const { code, stderr } = await run('fault-command.ts', args)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^fault: [^\n]*\n$/)
  expect(stderr).toContain(named)
})

test('a page in a browser cannot break anything: other content types are refused', async () => {
  const url = new URL('faults', ready.split(' ')[2]?.trim())
  const body = '{"station":"cq-500103-01","appliance":"fridge","fault":"plug-off"}'
  expect((await fetch(url, { method: 'POST', body })).status).toBe(415)
  const json = { 'content-type': 'application/json' }
  expect((await fetch(url, { method: 'POST', headers: json, body: '{' })).status).toBe(400)
  expect((await fetch(url, { method: 'POST', headers: json, body: 'x'.repeat(5_000) })).status).toBe(400)
})

test('a taken port is one clear line', async () => {
  const { code, stderr } = await run('main.ts', [], { SIMULATORS_PORT: new URL(ready.split(' ')[2] ?? '').port })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^simulators: port \d+ on 127\.0\.0\.1 is taken; [^\n]*\n$/)
})

test('it stops within 3 s, keeps its meters’ counts, and takes its control address away', async () => {
  const askedAtMs = performance.now()
  simulators.kill('SIGTERM')
  const [code] = (await once(simulators, 'exit')) as [number]
  expect(code).toBe(0)
  expect(performance.now() - askedAtMs).toBeLessThan(3_000)
  expect(existsSync(join(dataDir, 'demo/simulators.json'))).toBe(false)
  const counts = JSON.parse(await readFile(join(dataDir, 'demo/meters.json'), 'utf8')) as Record<string, object>
  expect(Object.keys(counts)).toHaveLength(48)
  expect(counts['cq-500103-01']).toHaveProperty('fridge')
})
