import { createHash, pbkdf2Sync } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClaimTokenView, type FleetAuditPage, bundleClaimSchema, bundleManifestSchema } from '@harbor/protocol'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'
import { TEST_CA } from './test-ca.ts'

const STATION = 'yuzhong-1'
const GATEWAY = 'gw-yuzhong-1'
const SERVER = 'https://harbor.example'
const WIFI = { ssid: '港湾 "Wi-Fi"\n[evil]', passphrase: 'p;a=s"s\\word' }

let server: RunningServer
let caFolder: string
let admin: string
let yubei: string
let nowMs = Date.parse('2026-11-23T08:00:00Z')

beforeAll(async () => {
  caFolder = await mkdtemp(join(tmpdir(), 'harbor-ca-'))
  const caFile = join(caFolder, 'ca.pem')
  // As an operator leaves it who keeps all in one file.
  await writeFile(caFile, `-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n${TEST_CA}`)
  server = await startServer({ fleet: twoDistrictFleet(), nowMs: () => nowMs, env: { MQTT_CA_FILE: caFile } })
  admin = await server.signIn('admin')
  yubei = await server.signIn('yubei-hardware')
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await rm(caFolder, { recursive: true, force: true })
})

async function newToken(station = STATION): Promise<string> {
  const body = { station, expiresInMs: 3_600_000 }
  const { body: view } = await server.request('POST', '/api/v1/fleet/claim-tokens', { cookie: admin, body })
  return (view as ClaimTokenView).token
}

async function post(path: string, body: object, cookie = admin): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  })
}

async function filesOf(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(201)
  expect(response.headers.get('content-type')).toBe('application/zip')
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()))
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}

const bundle = async (wish: object) => filesOf(await post('/api/v1/fleet/bundles', { serverUrl: SERVER, ...wish }))
const refusal = async (wish: object, cookie = admin) => {
  const response = await post('/api/v1/fleet/bundles', { serverUrl: SERVER, ...wish }, cookie)
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return { status: response.status, ...error }
}
const claim = (token: string) =>
  server.request('POST', '/api/v1/claim', { body: { token, secretSha256: 'a'.repeat(64), hardware: {} } })

describe('a bundle', () => {
  test('lists every other file with its size and SHA-256, after them', async () => {
    const files = await bundle({ tokens: [await newToken()], wifi: WIFI })
    expect(Object.keys(files)).toEqual([
      'harbor/README.txt',
      'harbor/claim.json',
      'harbor/ca.pem',
      'harbor/wifi.nmconnection',
      'harbor/manifest.json',
    ])
    const manifest = bundleManifestSchema.parse(JSON.parse(files['harbor/manifest.json'] ?? ''))
    expect(manifest).toMatchObject({ station: STATION, gateway: GATEWAY, expiresAt: '2026-11-23T09:00:00.000Z' })
    expect(manifest.files).toEqual(
      Object.entries(files)
        .filter(([path]) => path !== 'harbor/manifest.json')
        .map(([path, text]) => ({
          name: path.replace('harbor/', ''),
          sizeBytes: Buffer.byteLength(text),
          sha256: createHash('sha256').update(text).digest('hex'),
        })),
    )
  })

  test('holds the token, where the server is, and whom to believe there; never a key', async () => {
    const token = await newToken()
    const files = await bundle({ tokens: [token] })
    expect(bundleClaimSchema.parse(JSON.parse(files['harbor/claim.json'] ?? ''))).toEqual({
      token,
      serverUrl: SERVER,
      allowHttp: false,
    })
    expect(files['harbor/ca.pem']).toBe(TEST_CA)
    expect(files['harbor/README.txt']).toContain(STATION)
    expect(Object.keys(files)).not.toContain('harbor/wifi.nmconnection')
  })

  test('says a Wi-Fi in bytes and as a key, whatever was typed', async () => {
    const files = await bundle({ tokens: [await newToken()], wifi: WIFI })
    const lines = (files['harbor/wifi.nmconnection'] ?? '').split('\n')
    const ssid = lines.find(line => line.startsWith('ssid='))?.slice(5) ?? ''
    expect(Buffer.from(ssid.split(';').filter(Boolean).map(Number)).toString()).toBe(WIFI.ssid)
    const key = pbkdf2Sync(WIFI.passphrase, WIFI.ssid, 4096, 32, 'sha1').toString('hex')
    expect(lines).toContain(`psk=${key}`)
    expect(lines.filter(line => line.startsWith('['))).toEqual([
      '[connection]',
      '[wifi]',
      '[wifi-security]',
      '[ipv4]',
      '[ipv6]',
    ])
    // The published example (IEEE 802.11-2020, J.4.2): "password" for the network "IEEE".
    const known = await bundle({ tokens: [await newToken()], wifi: { ssid: 'IEEE', passphrase: 'password' } })
    expect(known['harbor/wifi.nmconnection']).toContain(
      'psk=f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e',
    )
  })

  test('of several tokens has a folder for each, also for two of one place', async () => {
    const tokens = [await newToken(), await newToken('yubei-1'), await newToken()]
    const files = await bundle({ tokens })
    const claims = Object.entries(files).filter(([path]) => path.endsWith('claim.json'))
    expect(claims.map(([path, text]) => [path, (JSON.parse(text) as { token: string }).token])).toEqual([
      ['gw-yuzhong-1/harbor/claim.json', tokens[0]],
      ['gw-yubei-1/harbor/claim.json', tokens[1]],
      ['gw-yuzhong-1_2/harbor/claim.json', tokens[2]],
    ])
  })

  test('is written down with who made it and the first letters of its token alone, and nothing of it is kept', async () => {
    const token = await newToken()
    await bundle({ tokens: [token], wifi: WIFI })
    const { body } = await server.request('GET', `/api/v1/fleet/gateways/${GATEWAY}/audit?limit=1`, { cookie: admin })
    expect((body as FleetAuditPage).rows).toMatchObject([
      { act: 'bundle-made', by: 'admin', gateway: GATEWAY, detail: { token: token.slice(0, 12), boxes: 1 } },
    ])
    for (const file of await readdir(server.dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || !/sqlite/.test(file.name)) continue
      const { readFile } = await import('node:fs/promises')
      const bytes = await readFile(join(file.parentPath, file.name))
      for (const secret of [token, WIFI.passphrase]) expect(bytes.includes(secret)).toBe(false)
    }
  })
})

describe('no bundle is made', () => {
  test('of a token that is unknown, used, expired or of a district that is not the asker’s', async () => {
    const unknown = `harbor1-${'0'.repeat(26)}`
    expect(await refusal({ tokens: [unknown] })).toMatchObject({ status: 404, code: 'token_unknown' })
    const foreign = await refusal({ tokens: [await newToken()] }, yubei)
    expect(foreign).toMatchObject({ status: 404, code: 'token_unknown' })
    const used = await newToken()
    expect((await claim(used)).status).toBe(200)
    expect(await refusal({ tokens: [await newToken(), used] })).toMatchObject({ status: 409, code: 'token_used' })
    const late = await newToken()
    nowMs += 3_600_000
    expect(await refusal({ tokens: [late] })).toMatchObject({ status: 410, code: 'token_expired' })
  })

  test('that a box would refuse in the station: a server on an open line, unless the line is one’s own', async () => {
    const token = await newToken()
    const open = { tokens: [token], serverUrl: 'http://10.0.0.2:8080' }
    expect(await refusal(open)).toMatchObject({ status: 400, message: expect.stringContaining('is not encrypted') })
    const files = await bundle({ ...open, allowHttp: true })
    expect(JSON.parse(files['harbor/claim.json'] ?? '')).toMatchObject({ allowHttp: true })
  })

  test.each([
    { wifi: { ssid: '', passphrase: '12345678' } },
    { wifi: { ssid: '港'.repeat(11), passphrase: '12345678' } },
    { wifi: { ssid: 'net', passphrase: 'short' } },
    { wifi: { ssid: 'net', passphrase: 'new\nline-of-its-own' } },
    { serverUrl: 'https://harbor.example/path' },
    { tokens: [] },
  ])('of %j', async wish => {
    expect(await refusal({ tokens: [`harbor1-${'0'.repeat(26)}`], ...wish })).toMatchObject({ code: 'invalid_request' })
  })
})

test('a bundle issued again has a new token, and the ones before are dead', async () => {
  const before = await newToken()
  const path = `/api/v1/fleet/gateways/${GATEWAY}/bundle`
  const files = await filesOf(await post(path, { serverUrl: SERVER }))
  const { token } = JSON.parse(files['harbor/claim.json'] ?? '') as { token: string }
  expect(token).not.toBe(before)
  expect((await claim(before)).status).toBe(410)
  expect((await claim(token)).status).toBe(200)
  expect((await post(path, { serverUrl: SERVER }, yubei)).status).toBe(404)
})

test('a server whose certificates cannot be read does not start', async () => {
  const file = join(caFolder, 'none.pem')
  await writeFile(file, 'nothing')
  await expect(startServer({ env: { MQTT_CA_FILE: file } })).rejects.toMatchObject({ code: 'CA_INVALID' })
})
