import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type NewRolloutInput,
  type RolloutEventPage,
  type RolloutView,
  type TwinRow,
  claimLink,
  telemetrySchema,
} from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { makeGatewayPackage } from '../scripts/gateway-package.ts'
import { oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

const STATION = 'cq-500103-99'
const GATEWAY = `gw-${STATION}`
const PLUG = { id: '500103-99-water-plug', vendor: 'tasmota', address: 'water-99' }
/** Generous: the machine may be busy with other tests. */
const SOON = { timeout: 60_000, interval: 200 }

let system: System
let folder: string
let box: Running | undefined
const boxLog: string[] = []
let readings = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-software-'))
  const fleet = oneStationFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new Error('the fleet has no station')
  system = await startSystem({ ...fleet, stations: [...fleet.stations, { ...first, id: STATION, nameEn: 'Blank' }] })
  const token = (await system.post('/api/v1/fleet/claim-tokens', { station: STATION })) as { token: string }
  const env = { GATEWAY_DIR: join(folder, 'box'), GATEWAY_LAN_PORT: '0', MQTT_URL: '', LOG_LEVEL: 'info' }
  const args = [claimLink(system.webUrl, token.token)]
  await startProcess({ name: 'claim', entry: 'gateway/src/claim-command.ts', env, args }).ended
  box = startProcess(
    { name: 'box', entry: 'gateway/src/launcher.ts', env },
    { log: line => boxLog.push(line) > 500 && boxLog.shift() },
  )
  await box.ready
  await system.post(`/api/v1/fleet/gateways/${GATEWAY}/config`, { devices: [PLUG] })
}, 120_000)

afterAll(async () => {
  if (box !== undefined) await stopProcess(box, 4_000)
  await system?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

async function row(): Promise<TwinRow> {
  const found = (await system.get(`/api/v1/fleet/gateways?text=${GATEWAY}`)) as { gateways: TwinRow[] }
  const [first] = found.gateways
  if (first === undefined) throw new Error(`no ${GATEWAY}`)
  return first
}

/** A device speaks, to whichever process is there now, and what it said comes to the server. */
async function expectReadings(): Promise<void> {
  readings += 1
  const powerW = readings
  await vi.waitFor(async () => {
    const lan = JSON.parse(await readFile(join(folder, 'box', GATEWAY, 'lan.json'), 'utf8')) as { url: string }
    const device = await connectAsync(lan.url, { reconnectPeriod: 0, connectTimeout: 5_000 }, false)
    const text = JSON.stringify({ ENERGY: { Power: powerW } })
    await device.publishAsync(`tele/${PLUG.address}/SENSOR`, text, { qos: 1 })
    await device.endAsync(true)
  }, SOON)
  await vi.waitFor(async () => {
    const path = `/api/v1/stations/${STATION}/telemetry?metric=power&from=-1h`
    const { series } = telemetrySchema.parse(await system.get(path))
    expect(series.flatMap(({ points }) => points.map(point => point[1]))).toContain(powerW)
  }, SOON)
}

async function upload(version: string, changes: Record<string, string> = {}): Promise<string> {
  const file = join(folder, `${version}.tar.gz`)
  await makeGatewayPackage(version, file, changes)
  const bytes = await readFile(file)
  const { login, password } = system.loginOf('admin')
  const session = await fetch(`${system.webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: system.webUrl },
    body: JSON.stringify({ login, password }),
  })
  const cookie = session.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  const answer = await fetch(`${system.webUrl}/api/v1/fleet/software?version=${version}`, {
    method: 'POST',
    headers: { 'content-type': 'application/gzip', origin: system.webUrl, cookie },
    body: bytes,
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return createHash('sha256').update(bytes).digest('hex')
}

/** Brings a version by a rollout to the one gateway, and gives how that ended. */
async function rollOut(version: string): Promise<{ state: string; reasons: string[] }> {
  const { rollout } = (await system.post('/api/v1/fleet/rollouts', {
    name: version,
    target: { kind: 'software', version },
    selection: { gateways: [GATEWAY] },
    health: { steadyMs: 0, settleMs: 120_000, offlineMs: 120_000 },
    maxFailures: 0,
  } satisfies Partial<NewRolloutInput>)) as RolloutView
  const path = `/api/v1/fleet/rollouts/${rollout}`
  await system.post(`${path}/start`, {})
  const state = await vi.waitFor(
    async () => {
      void expectReadings().catch(() => undefined)
      const view = (await system.get(path)) as RolloutView
      expect(['done', 'rolled_back']).toContain(view.state)
      return view.state
    },
    { ...SOON, interval: 1_000 },
  )
  const { events } = (await system.get(`${path}/events?limit=500`)) as RolloutEventPage
  return { state, reasons: events.flatMap(({ reason }) => reason ?? []) }
}

test('a gateway takes the software that a rollout brings, and its readings go on', async () => {
  await vi.waitFor(async () => {
    const { appliedVersion, desiredVersion } = await row()
    expect(desiredVersion).toBeGreaterThan(1)
    expect(appliedVersion).toBe(desiredVersion)
  }, SOON)
  await expectReadings()
  await upload('2.0.0')
  expect(await rollOut('2.0.0')).toEqual({ state: 'done', reasons: [] })
  expect((await row()).software).toBe('2.0.0')
  await expectReadings()
  await vi.waitFor(async () => {
    const text = await readFile(join(folder, 'box/.software/state.json'), 'utf8')
    expect(JSON.parse(text)).toEqual({ current: '2.0.0', previous: '-' })
  }, SOON)
}, 120_000)

test('software that does not start is given up for what ran before, which says why', async () => {
  await upload('2.0.1', { 'gateway/src/main.ts': "throw new Error('a package that never starts')\n" })
  const { state, reasons } = await rollOut('2.0.1')
  expect(state).toBe('rolled_back')
  expect(reasons.join('; ')).toContain('it was started 3 times and ended before the server acknowledged it')
  expect((await row()).software).toBe('2.0.0')
  await expectReadings()
}, 120_000)

test('software that is not what the config says is not unpacked', async () => {
  const sha256 = await upload('2.0.2')
  const [stored] = globSync(`**/${sha256}`, { cwd: system.dataDir })
  await writeFile(join(system.dataDir, stored ?? ''), 'something else')
  const { state, reasons } = await rollOut('2.0.2')
  expect(state).toBe('rolled_back')
  expect(reasons.join('; ')).toContain('its SHA-256 is')
  expect(globSync('box/.software/2.0.2*', { cwd: folder })).toEqual([])
  expect((await row()).software).toBe('2.0.0')
  await expectReadings()
}, 120_000)
