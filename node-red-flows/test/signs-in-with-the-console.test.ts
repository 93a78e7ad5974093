import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The server's session endpoint as far as a sign-in needs it: one person a role, and how many sessions are open. */
function fakeServer() {
  const open = new Set<string>()
  const origins: (string | undefined)[] = []
  const server = createServer((request, response) => {
    void (async () => {
      origins.push(request.headers.origin)
      if (request.url !== '/api/v1/session') return response.writeHead(404).end()
      if (request.method === 'DELETE') {
        open.delete(request.headers.cookie ?? '')
        return response.writeHead(204).end()
      }
      const { login, password } = JSON.parse(await text(request)) as { login: string; password: string }
      if (password !== 'right') return response.writeHead(401).end('{"error":{"code":"x","message":"no"}}')
      const cookie = `harbor_session=${login}`
      open.add(cookie)
      response.writeHead(200, { 'set-cookie': `${cookie}; HttpOnly; SameSite=Strict; Path=/` })
      return response.end(JSON.stringify({ login, name: login, role: login, districts: [] }))
    })()
  })
  return { server, open, origins }
}

const fake = fakeServer()
let dataDir: string
let serverUrl: string
let child: ChildProcess
let url: string

function start(port: string, more: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN], {
    env: { ...process.env, DATA_DIR: dataDir, NODE_RED_PORT: port, SERVER_URL: serverUrl, SECRETS_DIR: '', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function signIn(username: string, password: string, at = url): Promise<Response> {
  return fetch(new URL('auth/token', at), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: 'node-red-editor', grant_type: 'password', scope: '', username, password }),
  })
}

async function bearer(username: string, at = url): Promise<Record<string, string>> {
  const answer = (await (await signIn(username, 'right', at)).json()) as { access_token: string }
  return { authorization: `Bearer ${answer.access_token}` }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-node-red-'))
  serverUrl = await listen(fake.server)
  child = start('0')
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  url = /^ready node-red (http:\/\/127\.0\.0\.1:\d+\/)\n$/.exec(String(line))?.[1] ?? ''
})

afterAll(async () => {
  child.kill('SIGKILL')
  fake.server.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('the flow file of the first start is the one that ships', async () => {
  expect(url).not.toBe('')
  const shipped = await readFile(new URL('../flows/flows.json', import.meta.url), 'utf8')
  expect(JSON.parse(await readFile(join(dataDir, 'node-red/flows.json'), 'utf8'))).toEqual(JSON.parse(shipped))
})

test('the key of the flows’ credentials can be read by its owner alone', async () => {
  const { mode } = await stat(join(dataDir, 'secrets/node-red-credential'))
  expect(mode & 0o777).toBe(0o600)
})

test('the editor page carries the project’s title, and nothing behind it is open to strangers', async () => {
  expect(await (await fetch(url)).text()).toContain('Workers&#39; Harbor')
  const paths = ['flows', 'settings/user', 'nodes', 'context/global']
  const statuses = await Promise.all(paths.map(async path => (await fetch(new URL(path, url))).status))
  expect(statuses).toEqual([401, 401, 401, 401])
})

test('an administrator of the console reads and deploys flows, and the session used for the check is closed again', async () => {
  const headers = await bearer('administrator')
  const flows = await fetch(new URL('flows', url), { headers })
  expect(flows.status).toBe(200)
  const deployed = await fetch(new URL('flows', url), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: await flows.text(),
  })
  expect(deployed.status).toBe(204)
  expect(fake.open.size).toBe(0)
  expect(new Set(fake.origins)).toEqual(new Set([serverUrl]))
})

test('the hardware team reads flows and deploys none', async () => {
  const headers = await bearer('hardware')
  expect((await fetch(new URL('flows', url), { headers })).status).toBe(200)
  const deployed = await fetch(new URL('flows', url), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '[]',
  })
  expect(deployed.status).toBe(401)
})

test.each(['keeper', 'maintainer', 'manager'])('a %s is not let in, and leaves no session behind', async role => {
  expect((await signIn(role, 'right')).status).toBe(403)
  expect(fake.open.size).toBe(0)
})

test('a wrong password is not let in', async () => {
  expect((await signIn('administrator', 'wrong')).status).toBe(403)
})

test('code cannot be installed and programs cannot be run from the editor', async () => {
  const headers = { ...(await bearer('administrator')), 'content-type': 'application/json' }
  const install = await fetch(new URL('nodes', url), {
    method: 'POST',
    headers,
    body: '{"module":"node-red-node-ping"}',
  })
  expect(install.ok).toBe(false)
  const types = await (
    await fetch(new URL('nodes', url), { headers: { ...headers, accept: 'application/json' } })
  ).text()
  expect(types).toContain('"inject"')
  expect(types).not.toContain('"exec"')
})

test('in production an administrator reads the shipped flows and presses buttons, and deploys nothing', async () => {
  const production = start('0', { NODE_ENV: 'production', DATA_DIR: join(dataDir, 'production') })
  onTestFinished(() => void production.kill('SIGKILL'))
  const [line] = (await once(production.stdout!, 'data')) as [Buffer]
  const at = String(line).trim().split(' ')[2] ?? ''
  const headers = { ...(await bearer('administrator', at)), 'content-type': 'application/json' }
  const flows = await fetch(new URL('flows', at), { headers })
  const shipped = await readFile(new URL('../flows/flows.json', import.meta.url), 'utf8')
  expect(((await flows.json()) as unknown[]).length).toBe((JSON.parse(shipped) as unknown[]).length)
  expect((await fetch(new URL('flows', at), { method: 'POST', headers, body: '[]' })).status).toBe(401)
  expect((await fetch(new URL('inject/upper-list', at), { method: 'POST', headers, body: '{}' })).status).toBe(200)
})

test('a taken port is one clear line', async () => {
  const second = start(new URL(url).port)
  const [stderr, [code]] = await Promise.all([text(second.stderr!), once(second, 'exit')])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^node-red: port \d+ on 127\.0\.0\.1 is taken; [^\n]*\n$/)
})

test('a wrong setting is one line that names it', async () => {
  const second = start('http')
  const [stderr, [code]] = await Promise.all([text(second.stderr!), once(second, 'exit')])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^node-red: settings: NODE_RED_PORT: [^\n]*\n$/)
})

test('it stops within 3 s of SIGTERM with an editor connected', async () => {
  const socket = new WebSocket(new URL('comms', url.replace('http', 'ws')))
  await once(socket, 'open')
  const askedAtMs = performance.now()
  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(0)
  expect(performance.now() - askedAtMs).toBeLessThan(3_000)
})
