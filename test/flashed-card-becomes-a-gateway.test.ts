import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Server, createServer } from 'node:tls'
import { telemetrySchema } from '@harbor/protocol'
import { unzipSync } from 'fflate'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

const STATION = 'cq-500103-99'
const GATEWAY = `gw-${STATION}`
const FRIDGE = { id: '500103-99-fridge-plug', vendor: 'tasmota', address: 'fridge-99' }
/** Two cores may be shared by many tests. */
const PATIENT = { timeout: 60_000 }

let folder: string
let system: System
let web: Server
let mqtt: Server
/** Of the server as a station sees it: with a certificate that only the bundle makes believable. */
let serverUrl: string
let cookie: string
const running: Running[] = []

const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })

/** An authority of one's own and a certificate by it, as a city without a public name has them. */
function makeCertificates(): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority')
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1')
  const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...sign)
}

/** The proxy that stands before a server or a broker: it ends TLS and hands on what it hears. */
async function startProxy(targetOf: () => string): Promise<Server> {
  const [key, cert] = await Promise.all(['server.key', 'server.pem'].map(file => readFile(join(folder, file))))
  const proxy = createServer({ key, cert }, socket => {
    const { hostname, port } = new URL(targetOf())
    const onward = connect(Number(port), hostname)
    socket.pipe(onward).pipe(socket)
    // Either side may hang up first; the other is let go with it.
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>(resolve => void proxy.listen(0, '127.0.0.1', resolve))
  return proxy
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-flash-'))
  await writeFile(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1')
  makeCertificates()
  web = await startProxy(() => system.webUrl)
  mqtt = await startProxy(() => system.mqttUrl)
  const fleet = oneStationFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new Error('the fleet has no station')
  system = await startSystem(
    { ...fleet, stations: [...fleet.stations, { ...first, id: STATION, nameEn: 'Blank' }] },
    {
      hasGateway: false,
      env: { MQTT_CA_FILE: join(folder, 'ca.pem'), GATEWAY_MQTT_URL: `mqtts://127.0.0.1:${portOf(mqtt)}` },
    },
  )
  serverUrl = `https://127.0.0.1:${portOf(web)}`
  const response = await fetch(`${system.webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(system.loginOf('admin')),
  })
  cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
})

afterAll(async () => {
  await Promise.all(running.map(process => stopProcess(process, 4_000)))
  web?.close()
  mqtt?.close()
  await system?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Downloads a bundle and copies it onto a card. */
async function writeCard(card: string, tokens: string[]): Promise<void> {
  const response = await fetch(`${system.webUrl}/api/v1/fleet/bundles`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ tokens, serverUrl }),
  })
  expect(response.status).toBe(201)
  for (const [path, bytes] of Object.entries(unzipSync(new Uint8Array(await response.arrayBuffer())))) {
    await mkdir(dirname(join(card, path)), { recursive: true })
    await writeFile(join(card, path), bytes)
  }
}

const newToken = async () =>
  ((await system.post('/api/v1/fleet/claim-tokens', { station: STATION })) as { token: string }).token

/** A box as it comes out of the carton, with a card in it. */
function startBox(card: string, gatewayDir: string): Running {
  const env = {
    GATEWAY_DIR: gatewayDir,
    GATEWAY_BUNDLE_DIR: join(card, 'harbor'),
    GATEWAY_LAN_PORT: '0',
    MQTT_URL: '',
    LOG_LEVEL: 'info',
  }
  const box = startProcess({ name: 'box', entry: 'gateway/src/main.ts', env })
  running.push(box)
  return box
}

describe('a card that was flashed', () => {
  test('makes a blank box the gateway of its station, over lines that only the card makes it believe', async () => {
    const card = join(folder, 'card')
    const gatewayDir = join(folder, 'box')
    await writeCard(card, [await newToken()])
    const box = startBox(card, gatewayDir)
    const [listener] = await box.ready
    expect(listener?.name).toBe(GATEWAY)
    expect(await readdir(join(card, 'harbor'))).not.toContain('claim.json')
    expect(await readdir(join(card, 'harbor'))).toContain('README.txt')

    // The box is a gateway as any other: it takes its config, and its plug is heard.
    await system.post(`/api/v1/fleet/gateways/${GATEWAY}/config`, { devices: [FRIDGE] })
    await vi.waitFor(async () => {
      const view = (await system.get(`/api/v1/fleet/gateways/${GATEWAY}/config`)) as {
        desired: { version: number }
        appliedVersion?: number
      }
      expect(view.appliedVersion).toBe(view.desired.version)
    }, PATIENT)
    const plug = await connectAsync(listener?.url ?? '', { clientId: 'plug' })
    await plug.publishAsync(`tele/${FRIDGE.address}/SENSOR`, JSON.stringify({ ENERGY: { Power: 85 } }), { qos: 1 })
    await plug.endAsync()
    await vi.waitFor(async () => {
      const answer = await system.get(`/api/v1/stations/${STATION}/telemetry?metric=power&from=-1h`)
      const { series } = telemetrySchema.parse(answer)
      expect(series.find(({ device }) => device === FRIDGE.id)?.points).toHaveLength(1)
    }, PATIENT)
  }, 120_000)

  test('starts the same gateway again after a power cut, without the card', async () => {
    const card = join(folder, 'card')
    await rm(join(card, 'harbor'), { recursive: true, force: true })
    const [first] = running
    first?.child.kill('SIGKILL')
    await first?.ended
    const box = startBox(card, join(folder, 'box'))
    expect((await box.ready)[0]?.name).toBe(GATEWAY)
  }, 60_000)

  test('that was not copied to its end makes no gateway, and the box says which file is missing; copied again, it does', async () => {
    const card = join(folder, 'half')
    const gatewayDir = join(folder, 'other-box')
    await writeCard(card, [await newToken()])
    const claim = await readFile(join(card, 'harbor/claim.json'))
    await writeFile(join(card, 'harbor/claim.json'), claim.subarray(0, 40))
    const box = startBox(card, gatewayDir)
    await expect(box.ready).rejects.toThrow('claim.json has 40 bytes')
    expect((await box.ended).code).not.toBe(0)
    await writeFile(join(card, 'harbor/claim.json'), claim)
    const again = startBox(card, gatewayDir)
    expect((await again.ready)[0]?.name).toBe(GATEWAY)
  }, 60_000)

  test('that was copied makes no second gateway: the first box has its token', async () => {
    const [card, copy] = [join(folder, 'first'), join(folder, 'copy')]
    const token = await newToken()
    await writeCard(card, [token])
    await writeCard(copy, [token])
    await startBox(card, join(folder, 'third-box')).ready
    const box = startBox(copy, join(folder, 'fourth-box'))
    await expect(box.ready).rejects.toThrow('was used already')
    await box.ended
    expect(await readdir(join(copy, 'harbor'))).toContain('claim.json')
  }, 60_000)
})
