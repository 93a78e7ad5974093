import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { type Fleet, type SafetyEvent, automationStateSchema, fleetSchema, topics } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ROOT, type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { type System, startSystem } from './system.ts'

const CALM = '500103'
const STORM = '500105'
const STORM_STATIONS = 20
const APPLIANCES = 50
const SECRET = 'SEC-test-of-the-signature'

/** One station in a calm district; twenty with fifty appliances each in another: a thousand plugs that can be cut. */
function fleet(): Fleet {
  const stations = [
    { id: 'cq-500103-01', district: CALM, gateway: 'gw-500103-01', plugs: 3 },
    ...Array.from({ length: STORM_STATIONS }, (_, n) => ({
      id: `cq-500105-${n}`,
      district: STORM,
      gateway: `gw-500105-${n}`,
      plugs: APPLIANCES,
    })),
  ]
  const plugs = stations.flatMap(({ id, gateway, plugs: count }) =>
    Array.from({ length: count }, (_, n) => ({ id: `${id}-a${n}`, station: id, gateway, device: `${id}-p${n}` })),
  )
  return fleetSchema.parse({
    regions: [
      { district: CALM, nameZh: '渝中区', nameEn: 'Yuzhong' },
      { district: STORM, nameZh: '江北区', nameEn: 'Jiangbei' },
    ],
    stations: stations.map(({ id, district }) => ({
      id,
      district,
      nameZh: `港湾 ${id}`,
      nameEn: `Harbor ${id}`,
      latDeg: 29.5586,
      lngDeg: 106.574,
      hours: '24/7',
    })),
    appliances: plugs.map(({ id, station }) => ({ id, station, kind: 'microwave' })),
    gateways: stations.map(({ id, district, gateway }) => ({ id: gateway, station: id, district })),
    devices: plugs.map(({ id, gateway, device }) => ({
      id: device,
      gateway,
      vendor: 'tasmota',
      address: device,
      appliance: id,
    })),
  })
}

interface Received {
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
}

/** In place of the chat services and of the platform above: keeps what comes, and answers as they do. */
function chatServices() {
  const received: Received[] = []
  const take = async (request: IncomingMessage) => {
    const url = new URL(request.url ?? '/', 'http://local')
    received.push({
      path: url.pathname,
      query: url.searchParams,
      body: JSON.parse(await text(request)) as Received['body'],
    })
  }
  const server = createServer((request, response) => {
    void take(request).then(() => response.end('{"errcode":0,"errmsg":"ok","code":0,"msg":"success"}'))
  })
  return { server, received, of: (path: string) => received.filter(one => one.path === path) }
}

const chat = chatServices()
let chatUrl: string
let system: System
let nodeRed: Running | undefined
const log: string[] = []

async function startNodeRed(): Promise<void> {
  const { hostname, port } = new URL(system.mqttUrl)
  nodeRed = startProcess(
    {
      name: 'node-red',
      entry: 'node-red-flows/src/main.ts',
      env: {
        DATA_DIR: system.dataDir,
        SERVER_URL: system.webUrl,
        MQTT_URL: `mqtt://${hostname}:${port}`,
        NODE_RED_PORT: '0',
        PUBLIC_URL: 'https://harbor.example',
        DINGTALK_CALM_URL: `${chatUrl}/dingtalk?access_token=t`,
        DINGTALK_CALM_SECRET: SECRET,
        FEISHU_CALM_URL: `${chatUrl}/feishu`,
        FEISHU_CALM_SECRET: SECRET,
        WECOM_CALM_URL: `${chatUrl}/wecom?key=k`,
        WECOM_STORM_URL: `${chatUrl}/storm?key=k`,
        UPPER_PLATFORM_URL: `${chatUrl}/upper`,
      },
    },
    { log: line => log.push(line) > 500 && log.shift() },
  )
  await nodeRed.ready
}

async function killNodeRed(): Promise<void> {
  nodeRed?.child.kill('SIGKILL')
  await nodeRed?.ended
}

/** The flow file with steps of seconds in place of minutes. */
async function writeHastyFlows(): Promise<void> {
  const flows = JSON.parse(await readFile(join(ROOT, 'node-red-flows/flows/flows.json'), 'utf8')) as {
    id: string
    env?: { name: string; value: string }[]
  }[]
  const escalation = flows.find(({ id }) => id === 'routing')?.env?.find(({ name }) => name === 'ESCALATION')
  if (escalation === undefined) throw new Error('the tab of alerts has no ESCALATION')
  const steps = [
    { afterMin: 0, to: 'groups' },
    { afterMin: 0.1, to: 'shift' },
    { afterMin: 0.1, to: 'station' },
  ]
  escalation.value = JSON.stringify({ P1: steps, P2: [{ afterMin: 0, to: 'groups' }] })
  await mkdir(join(system.dataDir, 'node-red'), { recursive: true })
  await writeFile(join(system.dataDir, 'node-red/flows.json'), JSON.stringify(flows))
}

/** A gateway says that it has cut these plugs. */
async function cut(station: string, plugs: number[], severity: SafetyEvent['severity'] = 'P1'): Promise<void> {
  const gateway = station.replace('cq-', 'gw-')
  const district = gateway.slice(3, 9)
  const client = await connectAsync(system.mqttUrl, { username: gateway, password: system.secretOf(gateway) })
  const atMs = Date.now()
  const safety = plugs.map((n): SafetyEvent => ({
    device: `${station}-p${n}`,
    cause: 'overheat',
    phase: 'cut',
    severity,
    isStanding: true,
    source: `${station}-p${n}`,
    metric: 'temperature',
    threshold: 70,
    observed: 90,
    fromMs: atMs,
    atMs,
    recuts: 0,
  }))
  await client.publishAsync(topics.status({ district, gateway }), JSON.stringify({ online: true, atMs, safety }), {
    qos: 1,
    retain: true,
  })
  await client.endAsync()
}

/** Messages of one chat service about a plug of the calm station. */
function titles(path: string): string[] {
  return chat.of(path).map(({ body }) => JSON.stringify(body))
}

beforeAll(async () => {
  chat.server.listen(0, '127.0.0.1')
  await once(chat.server, 'listening')
  chatUrl = `http://127.0.0.1:${(chat.server.address() as AddressInfo).port}`
  system = await startSystem(fleet(), { hasGateway: false })
  const channel = { roles: [], severities: ['P0', 'P1', 'P2'], language: 'zh' }
  for (const kind of ['dingtalk', 'feishu', 'wecom'])
    await system.put(`/api/v1/contact-channels/calm-${kind}`, {
      ...channel,
      kind,
      name: kind,
      target: 'calm',
      region: CALM,
    })
  await system.put('/api/v1/contact-channels/storm', {
    ...channel,
    kind: 'wecom',
    name: 'storm',
    target: 'storm',
    region: STORM,
  })
  await writeHastyFlows()
  await startNodeRed()
})

afterAll(async () => {
  if (nodeRed !== undefined) await stopProcess(nodeRed, 4_000)
  await system[Symbol.asyncDispose]()
  chat.server.close()
})

test('the server hears which flows are on and what the others lack', async () => {
  await vi.waitFor(
    async () => {
      const { accounts } = automationStateSchema.parse(await system.get('/api/v1/automation/state'))
      const own = accounts.find(({ account }) => account === 'node-red')
      expect(own?.state).toBe('running')
      const flows = Object.fromEntries((own?.flows ?? []).map(({ id, state, reason }) => [id, { state, reason }]))
      expect(flows['closing']).toEqual({ state: 'off', reason: 'off: CLOSING_SWITCH_DISTRICTS not set' })
      expect(flows['routing']?.state).toBe('on')
      expect(flows['sending']?.state).toBe('on')
    },
    { timeout: 30_000, interval: 500 },
  )
})

test('an alert reaches DingTalk, Feishu and WeCom in their form, signed; an escalation cut short goes on and tells nobody twice', async () => {
  await cut('cq-500103-01', [0])
  await vi.waitFor(
    () => expect([titles('/dingtalk').length, titles('/feishu').length, titles('/wecom').length]).toEqual([1, 1, 1]),
    { timeout: 30_000, interval: 100 },
  )
  // In the middle: the first step is told, the second is due 6 s after it.
  await killNodeRed()

  const [dingtalk] = chat.of('/dingtalk')
  const timestamp = dingtalk?.query.get('timestamp') ?? ''
  expect(Math.abs(Date.now() - Number(timestamp))).toBeLessThan(60_000)
  expect(dingtalk?.query.get('access_token')).toBe('t')
  expect(dingtalk?.query.get('sign')).toBe(
    createHmac('sha256', SECRET).update(`${timestamp}\n${SECRET}`).digest('base64'),
  )
  expect(dingtalk?.body).toMatchObject({ msgtype: 'markdown', markdown: { title: expect.stringMatching(/^P1 /) } })
  const [feishu] = chat.of('/feishu')
  expect(feishu?.body).toMatchObject({
    msg_type: 'post',
    content: { post: { zh_cn: { title: expect.stringMatching(/^P1 /) } } },
    sign: createHmac('sha256', `${String(feishu?.body['timestamp'])}\n${SECRET}`).digest('base64'),
  })
  const [wecom] = chat.of('/wecom')
  expect(wecom?.query.get('key')).toBe('k')
  expect(wecom?.body).toMatchObject({
    msgtype: 'markdown',
    markdown: { content: expect.stringMatching(/\(https:\/\/harbor\.example\/console\/alerts\//) },
  })

  await startNodeRed()
  await vi.waitFor(() => expect(titles('/dingtalk').length).toBe(3), { timeout: 60_000, interval: 200 })
  const [first, second, third] = titles('/dingtalk')
  expect(first).not.toContain('上报')
  expect(second).toContain('上报当班')
  expect(third).toContain('上报站点')
  expect(titles('/wecom')).toHaveLength(3)
})

test('what happened while Node-RED was down arrives once when it is back, at groups and at the platform above', async () => {
  await killNodeRed()
  const before = titles('/wecom').length
  await cut('cq-500103-01', [0, 1])
  await vi.waitFor(
    async () => expect(JSON.stringify(await system.get('/api/v1/alerts'))).toContain('cq-500103-01-a1'),
    {
      timeout: 20_000,
    },
  )
  await startNodeRed()
  const isMissed = ({ body: { type, data } }: Received) =>
    type === 'harbor.alert-raised' && (data as { appliance?: string }).appliance === 'cq-500103-01-a1'
  await vi.waitFor(
    () => {
      expect(titles('/wecom').length).toBeGreaterThan(before)
      expect(chat.of('/upper').filter(isMissed)).toHaveLength(1)
    },
    { timeout: 60_000, interval: 200 },
  )
  const ids = chat.of('/upper').map(({ body }) => String(body['id']))
  expect(new Set(ids).size).toBe(ids.length)
})

test('a thousand alerts in a minute are five messages and a digest', async () => {
  const startedMs = Date.now()
  await Promise.all(
    Array.from({ length: STORM_STATIONS }, (_, n) =>
      cut(
        `cq-500105-${n}`,
        Array.from({ length: APPLIANCES }, (_, m) => m),
        'P2',
      ),
    ),
  )
  const db = new DatabaseSync(join(system.dataDir, 'registry.sqlite'))
  try {
    db.exec('PRAGMA busy_timeout = 5000')
    const pending = () =>
      db.prepare("SELECT pending FROM notify_window WHERE key LIKE 'channel/storm/%'").get()?.['pending'] as
        number | undefined
    await vi.waitFor(() => expect(pending()).toBe(STORM_STATIONS * APPLIANCES - 5), {
      timeout: 110_000,
      interval: 500,
    })
    expect(chat.of('/storm')).toHaveLength(5)
    expect(Date.now() - startedMs).toBeLessThan(110_000)
    // The window is ten minutes: let it end now.
    db.exec("UPDATE notify_window SET due_ms = 1 WHERE key LIKE 'channel/storm/%'")
  } finally {
    db.close()
  }
  await vi.waitFor(() => expect(chat.of('/storm')).toHaveLength(6), { timeout: 40_000, interval: 200 })
  expect(JSON.stringify(chat.of('/storm')[5]?.body)).toContain('汇总：995 条消息')
})
