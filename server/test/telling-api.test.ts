import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TellSettings } from '@harbor/protocol'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'

let server: RunningServer
let smtp: SMTPServer
const letters: string[] = []

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (part: Buffer) => (text += part.toString()))
      stream.on('end', () => {
        letters.push(text)
        done()
      })
    },
  })
  smtp.listen(0, '127.0.0.1')
  await once(smtp.server, 'listening')
  const port = (smtp.server.address() as AddressInfo).port
  server = await startServer({
    env: {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: "Workers' Harbor <harbor@example.org>",
      PUBLIC_URL: 'https://harbor.example',
    },
  })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await new Promise<void>(resolve => smtp.close(resolve))
})

const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) }
const device = (name: string) => ({ endpoint: `https://fcm.googleapis.com/fcm/send/${name}`, keys, label: name })

test('a person who confirmed a mail address by its letter is told by mail, in their language, with the way; nobody before', async () => {
  const cookie = await server.signIn('yuzhong')
  const choice = { mail: 'yuzhong@example.org', severities: ['P0'], language: 'en' }
  const put = await server.request('PUT', '/api/v1/tell', { cookie, body: choice })
  expect(put.body).toMatchObject({ choice, isMailConfirmed: false, sendsMail: true, devices: [] })
  expect((await server.request('POST', '/api/v1/tell/test', { cookie })).body).toEqual({ ways: [] })
  expect(letters).toEqual([])

  expect((await server.request('POST', '/api/v1/tell/mail', { cookie })).status).toBe(200)
  const again = await server.request('POST', '/api/v1/tell/mail', { cookie })
  expect(again.status).toBe(429)
  expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(letters).toHaveLength(1)
  expect(letters[0]).toContain('To: yuzhong@example.org')
  const [, code = ''] = /Your code: (\w{5}-\w{5})/.exec(letters[0] ?? '') ?? []
  const confirm = (given: string) =>
    server.request('POST', '/api/v1/tell/mail/confirm', { cookie, body: { code: given } })
  expect((await confirm('0000000000')).status).toBe(400)
  expect((await confirm(code.toLowerCase())).body).toMatchObject({ isMailConfirmed: true })

  expect((await server.request('POST', '/api/v1/tell/test', { cookie })).body).toEqual({
    ways: [{ channel: 'mail', label: 'yuzhong@example.org', result: 'sent' }],
  })
  expect(letters).toHaveLength(2)
  expect(letters[1]).toContain('Subject: Test message')
  expect(letters[1]).toContain('https://harbor.example/console/tell')
})

test('everybody has their own devices: nobody sees, takes or adds one of another', async () => {
  const cookie = await server.signIn('yuzhong')
  const other = await server.signIn('yubei')
  const own = await server.request('POST', '/api/v1/tell/devices', { cookie, body: device('mine') })
  expect(own.status).toBe(201)
  const [{ id } = { id: '' }] = (own.body as TellSettings).devices
  expect(((await server.request('GET', '/api/v1/tell', { cookie: other })).body as TellSettings).devices).toEqual([])
  expect((await server.request('DELETE', `/api/v1/tell/devices/${id}`, { cookie: other })).status).toBe(404)
  // No answer holds where a browser is reached: who has that could tell it things.
  expect(JSON.stringify(own.body)).not.toContain('fcm.googleapis.com')
  expect((await server.request('DELETE', `/api/v1/tell/devices/${id}`, { cookie })).status).toBe(200)
})

test.each([
  ['no push service', { ...device('x'), endpoint: 'https://127.0.0.1/x' }],
  ['a place in this network', { ...device('x'), endpoint: 'http://169.254.169.254/latest/meta-data' }],
  ['no key', { ...device('x'), keys: { ...keys, p256dh: 'short' } }],
])('a device with %s is refused', async (_what, body) => {
  const cookie = await server.signIn('yuzhong')
  expect((await server.request('POST', '/api/v1/tell/devices', { cookie, body })).status).toBe(400)
})

test('what could not be told is shown to administrators alone, and nothing of it without signing in', async () => {
  const address = '/api/v1/tell/undelivered'
  expect((await server.request('GET', address, { cookie: await server.signIn('yuzhong') })).status).toBe(403)
  expect((await server.request('GET', address, { cookie: await server.signIn('admin') })).body).toEqual({
    tellings: [],
  })
  for (const path of ['/api/v1/tell', address]) expect((await server.request('GET', path)).status).toBe(401)
})
