import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { createNodeRedHost } from '../../src/node-red-host.ts'
import { startContractServer, TOKEN } from '../test/contract-server.ts'

/*
 * `node scripts/make-pictures.ts` draws images/ anew: our nodes in the editor of a real runtime, and the dialog and help of one of them,
 * in both languages. CHROMIUM names the browser's program (default /usr/bin/chromium).
 */
const SIZE = { width: 1_280, height: 720 }
const LOCALES = ['zh-CN', 'en-US']

const place = (x: number, y: number) => ({ z: 'tab', x, y, server: 'server' })
const FLOW = [
  { id: 'tab', type: 'tab', label: '告警 · Alerts', disabled: false, info: '' },
  {
    id: 'server',
    type: 'harbor-server',
    name: '',
    url: '${SERVER_URL}',
    tokenFile: '${HARBOR_TOKEN_FILE}',
    mqttUrl: '${MQTT_URL}',
    mqttSecretFile: '${HARBOR_MQTT_SECRET_FILE}',
  },
  {
    id: 'event',
    type: 'harbor-event',
    ...place(150, 80),
    kinds: 'alert-raised',
    severities: 'P0,P1',
    districts: '500103',
    stations: '',
    perSecond: '20',
    consumer: 'night',
    wires: [['station', 'notify']],
  },
  {
    id: 'station',
    type: 'harbor-station',
    ...place(370, 60),
    mode: 'one',
    station: '',
    district: '',
    wires: [['telemetry', 'command']],
  },
  {
    id: 'telemetry',
    type: 'harbor-telemetry',
    ...place(560, 40),
    mode: 'newest',
    station: '',
    metric: 'temperature',
    from: '',
    to: '',
    every: '',
    wires: [[]],
  },
  {
    id: 'command',
    type: 'harbor-command',
    ...place(560, 120),
    action: 'relay-off',
    device: '',
    wires: [['alert'], []],
  },
  { id: 'alert', type: 'harbor-alert', ...place(600, 200), action: 'comment', minutes: '', text: '', wires: [[]] },
  {
    id: 'notify',
    type: 'harbor-notify',
    ...place(370, 240),
    roles: 'manager',
    region: '',
    url: '',
    severity: 'P1',
    kind: 'night',
    wires: [[], ['delivered']],
  },
  { id: 'due', type: 'harbor-due', ...place(370, 320), everyS: '15', wires: [['delivered']] },
  { id: 'delivered', type: 'harbor-delivered', ...place(600, 280), wires: [[]] },
]

const userDir = await mkdtemp(join(tmpdir(), 'harbor-pictures-'))
const images = join(import.meta.dirname, '../images')
const server = await startContractServer()
server.answers.set('POST /api/v1/notify/due', () => ({ body: { deliveries: [] } }))
await writeFile(join(userDir, 'token'), TOKEN)
await writeFile(join(userDir, 'flows.json'), JSON.stringify(FLOW))
process.env['SERVER_URL'] = server.origin
process.env['HARBOR_TOKEN_FILE'] = join(userDir, 'token')
const settings = {
  userDir,
  flowFile: 'flows.json',
  httpNodeRoot: false,
  paletteCategories: ['港湾_Harbor', 'common'],
  editorTheme: { tours: false },
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: 'warn' } },
}
const host = createNodeRedHost({ host: '127.0.0.1', port: 0, onFlows: () => {} }, settings)
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  await mkdir(images, { recursive: true })
  const url = await host.start()
  for (const locale of LOCALES) {
    const tab = await browser.newPage({ viewport: SIZE, locale })
    await tab.goto(url)
    await tab.locator('[data-palette-type=harbor-due]').first().waitFor()
    await tab.locator('.red-ui-flow-node-status-label').nth(7).waitFor()
    await tab.screenshot({ path: join(images, `nodes-${locale}.png`) })
    await tab.locator('#red-ui-workspace-chart g.red-ui-flow-node-group').nth(0).dblclick()
    await tab.locator('#node-input-consumer').waitFor()
    await tab.waitForTimeout(500)
    await tab.screenshot({ path: join(images, `event-${locale}.png`) })
    await tab.close()
  }
} finally {
  await browser.close()
  await host.stop()
  await server.stop()
  await rm(userDir, { recursive: true })
}
