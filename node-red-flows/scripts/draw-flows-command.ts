import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { FLOW_IDS } from '../src/runtime/toolkit.ts'

/**
 * Draws every tab of the flow file as the editor shows it, into docs/images/flows: `node node-red-flows/scripts/draw-flows-command.ts`. It starts a
 * Node-RED of its own in a folder that is removed again; all it needs of the server is that somebody may sign in.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const IMAGES = join(ROOT, 'docs/images/flows')

/** As much of a server as the flows ask for while nothing happens. */
const ANSWERS: [RegExp, unknown][] = [
  [/^\/session$/, { login: 'admin', name: 'admin', role: 'administrator', districts: [] }],
  [/^\/client-config$/, { demo: false, timeZone: 'Asia/Shanghai', needsFirstAdministrator: false }],
  [/^\/events\?/, { events: [], next: 0, hasMore: false, isGap: false }],
  [/^\/events\/cursors\//, { consumer: 'drawn', after: 0, isNew: false }],
  [/^\/notify\/due$/, { deliveries: [] }],
  [/^\/rules$/, { rules: [] }],
  [/^\/automation\/heartbeat$/, { account: 'node-red', nextInMs: 30_000 }],
  [/^\/weather$/, { at: '2026-07-01T08:00:00Z', districts: [] }],
  [/^\/regions$/, { isWholeCity: true, stations: 0, districts: [] }],
]
const server = createServer((request, response) => {
  const path = (request.url ?? '').replace('/api/v1', '')
  const answer = ANSWERS.find(([pattern]) => pattern.test(path))?.[1]
  if (request.method === 'DELETE' || answer === undefined) return response.writeHead(204).end()
  response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'harbor_session=x' })
  return response.end(JSON.stringify(answer))
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const dataDir = await mkdtemp(join(tmpdir(), 'harbor-draw-'))
await mkdir(join(dataDir, 'secrets'))
await writeFile(join(dataDir, 'secrets/node-red-api'), randomBytes(32).toString('hex'))
const nodeRed = spawn(process.execPath, [join(ROOT, 'node-red-flows/src/main.ts')], {
  env: {
    ...process.env,
    DATA_DIR: dataDir,
    NODE_RED_PORT: '0',
    MQTT_URL: 'mqtt://127.0.0.1:9',
    DINGTALK_YUZHONG_URL: 'http://127.0.0.1:9/',
    UPPER_PLATFORM_URL: 'http://127.0.0.1:9/',
    SERVER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  },
  stdio: ['ignore', 'pipe', 'ignore'],
})
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const browser = await chromium.launch({
  ...(executablePath === undefined ? { channel: 'chrome' } : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const [line] = (await once(nodeRed.stdout, 'data')) as [Buffer]
  const url = String(line).trim().split(' ')[2] ?? ''
  await mkdir(IMAGES, { recursive: true })
  const page = await browser.newPage({ viewport: { width: 1_800, height: 900 } })
  await page.goto(url)
  await page.fill('#node-dialog-login-username', 'admin')
  await page.fill('#node-dialog-login-password', 'any')
  await page.click('#node-dialog-login-submit')
  await page.waitForSelector('.red-ui-flow-node')
  // Nothing but the drawing: neither palette, sidebar nor what the editor greets with.
  await page.evaluate("RED.actions.invoke('core:toggle-palette'); RED.actions.invoke('core:toggle-sidebar')")
  // The first rounds of the flows come up to half a minute after the start, and their status with them.
  await page.waitForTimeout(35_000)
  for (const id of FLOW_IDS) {
    await page.goto(`${url}#flow/${id}`)
    await page.evaluate(`RED.workspaces.show('${id}')`)
    await page.waitForFunction(
      `RED.workspaces.active() === '${id}' && document.querySelectorAll('.red-ui-flow-node').length > 3`,
    )
    const box = (await page.evaluate(`(() => {
      const boxes = [...document.querySelectorAll('.red-ui-flow-node-group')].map(node => node.getBoundingClientRect())
      const left = Math.min(...boxes.map(b => b.left)) - 20, top = Math.min(...boxes.map(b => b.top)) - 20
      return { x: left, y: top, width: Math.max(...boxes.map(b => b.right)) + 60 - left, height: Math.max(...boxes.map(b => b.bottom)) + 40 - top }
    })()`)) as { x: number; y: number; width: number; height: number }
    await page.screenshot({ path: join(IMAGES, `${id}.png`), clip: box })
    console.log(`docs/images/flows/${id}.png`)
  }
} finally {
  await browser.close()
  nodeRed.kill('SIGTERM')
  await once(nodeRed, 'exit')
  server.close()
  await rm(dataDir, { recursive: true, force: true })
}
