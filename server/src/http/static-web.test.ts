import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Listening, createWebApp, listen } from './http-server.ts'
import { securityHeaders, tileOrigin } from './security-headers.ts'
import { createStaticWeb } from './static-web.ts'

let dir: string
let listening: Listening

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  for (const page of ['finder', 'console']) {
    await mkdir(join(dir, page, 'assets'), { recursive: true })
    await writeFile(join(dir, page, 'index.html'), `<title>${page}</title>`)
    await writeFile(join(dir, page, 'assets', 'main-abc123.js'), `// ${page} ${'x'.repeat(4_000)}`)
  }
  const app = createWebApp({
    headers: securityHeaders(undefined),
    api: express.Router(),
    web: createStaticWeb(dir),
  })
  listening = await listen(app, { host: '127.0.0.1', port: 0 })
})

afterAll(async () => {
  await listening?.stop()
  await listening?.stop()
  await rm(dir, { recursive: true, force: true })
})

async function get(path: string) {
  const response = await fetch(new URL(path, listening.url), { redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test.each([
  ['/', 'finder'],
  ['/stations/cq-500103-01', 'finder'],
  ['/console/', 'console'],
  ['/console/alerts', 'console'],
])('%s is a page of the %s, and asked for again each time', async (path, page) => {
  const { status, headers, text } = await get(path)
  expect([status, text]).toEqual([200, `<title>${page}</title>`])
  expect(headers.get('cache-control')).toBe('no-cache')
})

test('a file with a hash in its name is kept for a year, and travels compressed', async () => {
  for (const path of ['/assets/main-abc123.js', '/console/assets/main-abc123.js']) {
    const { headers } = await get(path)
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('content-encoding')).toMatch(/gzip|br/)
  }
})

test('a script that is not there is a 404, never a page in its place', async () => {
  for (const path of ['/assets/gone-1.js', '/console/assets/gone-1.js', '/console/gone.js'])
    expect((await get(path)).status).toBe(404)
})

test('nothing outside the folder is served', async () => {
  for (const path of [
    '/..%2f..%2fetc%2fpasswd',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/console/%2e%2e/%2e%2e/secret',
  ])
    expect((await get(path)).text).not.toContain('root:')
})

test('/console is sent to /console/, for its addresses are relative to that', async () => {
  const { status, headers } = await get('/console')
  expect([status, headers.get('location')]).toEqual([308, '/console/'])
})

test('pages that are not built say so and what to do, with a 503', async () => {
  const app = createWebApp({
    headers: securityHeaders(undefined),
    api: express.Router(),
    web: createStaticWeb(join(dir, 'nothing-here')),
  })
  const own = await listen(app, { host: '127.0.0.1', port: 0 })
  const response = await fetch(own.url)
  expect(response.status).toBe(503)
  expect(await response.text()).toContain('npm run build')
  await own.stop()
})

test('a port that is taken is an error that names it', async () => {
  const port = Number(new URL(listening.url).port)
  await expect(listen(express(), { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
})

test.each([
  ['https://tiles.example/{z}/{x}/{y}.png', 'https://tiles.example'],
  ['https://{s}.tiles.example:8443/{z}/{x}/{y}.png', 'https://*.tiles.example:8443'],
])('the tiles of %s come from %s', (url, origin) => expect(tileOrigin(url)).toBe(origin))
