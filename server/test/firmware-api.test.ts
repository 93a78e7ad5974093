import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Firmware, type FleetAuditPage, MAX_IMAGE_BYTES, type Software } from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'

let server: RunningServer
let admin: string

beforeAll(async () => {
  server = await startServer()
  admin = await server.signIn('admin')
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function send(path: string, bytes: Uint8Array, { type = 'application/octet-stream', cookie = admin } = {}) {
  const body = new Uint8Array(bytes)
  const response = await fetch(server.url + path, { method: 'POST', headers: { 'content-type': type, cookie }, body })
  const answer = (await response.json()) as { error?: { code: string; message: string } }
  return { status: response.status, answer }
}

const image = (query: object) => `/api/v1/fleet/firmware?${new URLSearchParams(query as Record<string, string>)}`
const CLIMATE = { firmware: 'climate-1-0', name: 'Climate board', version: '1.0.0', chipFamily: 'ESP32' }
const software = (version: string, rest: object = {}) =>
  `/api/v1/fleet/software?${new URLSearchParams({ version, ...rest } as Record<string, string>)}`
const files = async (kind: string) => (await readdir(join(server.dataDir, 'firmware', kind))).sort()
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers: { cookie: admin, ...headers } })

describe('an image for boards', () => {
  const boot = randomBytes(900)
  const app = randomBytes(70_000)

  test('comes in parts, and its manifest leads esp-web-tools to the very bytes', async () => {
    expect((await send(image({ ...CLIMATE, offset: '65536' }), app)).status).toBe(201)
    const { status, answer } = await send(image({ ...CLIMATE, offset: '4096', sha256: sha256(boot) }), boot)
    expect(status).toBe(201)
    const { manifestPath } = answer as unknown as Firmware
    const manifest = (await (await get(manifestPath)).json()) as {
      builds: { chipFamily: string; parts: { path: string; offset: number }[] }[]
    }
    expect(manifest).toMatchObject({ name: 'Climate board', version: '1.0.0', new_install_prompt_erase: true })
    const parts = manifest.builds[0]?.parts ?? []
    expect(parts.map(({ offset }) => offset)).toEqual([4096, 65536])
    const bytes = await Promise.all(
      parts.map(async ({ path }) => {
        // As a browser finds it: below the manifest.
        const response = await fetch(new URL(path, server.url + manifestPath), { headers: { cookie: admin } })
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    expect(bytes).toEqual([boot, app])
  })

  test('keeps what was there: another version, other content, or a part over another is refused, and leaves no file', async () => {
    const before = await files('parts')
    const other = randomBytes(100)
    for (const query of [
      { ...CLIMATE, version: '1.0.1' },
      { ...CLIMATE, offset: '65536' },
      { ...CLIMATE, offset: '4100' },
      { ...CLIMATE, offset: String(65536 + 69_999) },
    ]) {
      expect((await send(image(query), other)).answer.error?.code).toBe('conflict')
    }
    expect(await files('parts')).toEqual(before)
    expect((await send(image({ ...CLIMATE, offset: '4096' }), boot)).status).toBe(201)
  })

  test('that was damaged on its way, is empty or too large is refused, and leaves no file', async () => {
    const before = await files('parts')
    const wrong = await send(image({ ...CLIMATE, firmware: 'x', sha256: sha256(app) }), boot)
    expect(wrong.answer.error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('SHA-256') })
    expect((await send(image({ ...CLIMATE, firmware: 'x' }), new Uint8Array())).status).toBe(400)
    expect((await send(image({ ...CLIMATE, firmware: 'x' }), new Uint8Array(MAX_IMAGE_BYTES + 1))).status).toBe(413)
    expect((await send(image(CLIMATE), boot, { type: 'text/plain' })).status).toBe(415)
    expect(await files('parts')).toEqual(before)
  })

  test('whose sender never says how long it is, is cut at the limit', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        server.url + image({ ...CLIMATE, firmware: 'endless' }),
        { method: 'POST', headers: { cookie: admin, 'content-type': 'application/octet-stream' } },
        response => {
          resolve(response.statusCode)
          asked.destroy()
        },
      )
      // The server hangs up on who does not stop: that is the end of it, not a fault.
      asked.on('error', error => (asked.destroyed ? undefined : reject(error)))
      const chunk = Buffer.alloc(2 ** 20)
      const more = () => {
        if (!asked.destroyed) asked.write(chunk, () => setImmediate(more))
      }
      more()
    })
    expect(status).toBe(413)
    expect(await files('parts')).not.toContainEqual(expect.stringContaining('.new'))
  })

  test('of a stranger is not read at all', async () => {
    expect((await send(image(CLIMATE), boot, { cookie: 'harbor_session=x' })).status).toBe(401)
  })

  test('that is taken away is gone with its files, but not with those of another image', async () => {
    expect((await send(image({ ...CLIMATE, firmware: 'second', offset: '4096' }), boot)).status).toBe(201)
    const path = `/api/v1/fleet/firmware/${CLIMATE.firmware}`
    expect((await server.request('DELETE', path, { cookie: admin })).status).toBe(204)
    expect(await files('parts')).toEqual([sha256(boot)])
    expect((await get(`${path}/manifest.json`)).status).toBe(404)
    expect((await get(`${path}/parts/${sha256(boot)}`)).status).toBe(404)
    expect((await get(`/api/v1/fleet/firmware/second/parts/${sha256(app)}`)).status).toBe(404)
    const { body } = await server.request('GET', '/api/v1/fleet/audit?limit=1', { cookie: admin })
    expect((body as FleetAuditPage).rows).toMatchObject([
      { act: 'firmware-removed', by: 'admin', detail: { firmware: CLIMATE.firmware, version: '1.0.0' } },
    ])
  })
})

describe('a version of the gateways’ software', () => {
  const tar = gzipSync(randomBytes(50_000))
  const type = 'application/gzip'
  let added: Software

  test('is fetched by whoever knows its SHA-256, from the middle, too', async () => {
    const { status, answer } = await send(software('1.2.3', { sha256: sha256(tar) }), tar, { type })
    expect(status).toBe(201)
    added = answer as unknown as Software
    expect(added).toMatchObject({ version: '1.2.3', sha256: sha256(tar), sizeBytes: tar.length, addedBy: 'admin' })
    const whole = await fetch(server.url + added.path)
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(tar)
    const rest = await fetch(server.url + added.path, { headers: { range: 'bytes=40000-' } })
    expect(rest.status).toBe(206)
    expect(Buffer.from(await rest.arrayBuffer())).toEqual(tar.subarray(40_000))
    expect((await fetch(`${server.url}/api/v1/fleet/software-files/${'0'.repeat(64)}`)).status).toBe(404)
  })

  test('is one thing for ever', async () => {
    expect((await send(software('1.2.3'), tar, { type })).answer).toEqual(added)
    const other = gzipSync(randomBytes(100))
    expect((await send(software('1.2.3'), other, { type })).answer.error?.code).toBe('conflict')
    expect(await files('packages')).toEqual([added.sha256])
  })

  test('is a .tar.gz, and its name leads out of no folder', async () => {
    expect((await send(software('2.0.0'), randomBytes(10), { type })).answer.error).toMatchObject({
      message: 'body: expected a .tar.gz',
    })
    for (const version of ['../x', 'a/b', '.', '-x', 'a..b', ''])
      expect((await send(software(version), tar, { type })).status).toBe(400)
  })

  test('that is taken away is gone, and the list says what is left', async () => {
    const second = gzipSync(randomBytes(200))
    expect((await send(software('1.3.0'), second, { type })).status).toBe(201)
    expect((await server.request('DELETE', '/api/v1/fleet/software/1.2.3', { cookie: admin })).status).toBe(204)
    const { body } = await server.request('GET', '/api/v1/fleet/software', { cookie: admin })
    expect((body as { software: Software[] }).software.map(({ version }) => version)).toEqual(['1.3.0'])
    expect((await fetch(server.url + added.path)).status).toBe(404)
  })
})
