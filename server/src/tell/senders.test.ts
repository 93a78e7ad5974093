import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { createMailSender } from './mail-sender.ts'
import { createPushSender, pushPublicKey } from './push-sender.ts'
import { PUSH_SERVICES, isPushService } from './push-services.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('a push message', () => {
  const phone = createECDH('prime256v1')
  phone.generateKeys()
  const auth = randomBytes(16)
  const own = createECDH('prime256v1')
  own.generateKeys()
  const privateKey = own.getPrivateKey().toString('base64url')
  const message = {
    title: 'P1 冰箱温度过高',
    body: '煤建新村港湾',
    tag: 'alert-1',
    url: 'https://harbor.example/console/alerts/1',
  }

  async function service(status: number, headers: Record<string, string> = {}) {
    const got: { request: IncomingMessage; body: Buffer }[] = []
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        got.push({ request, body: Buffer.concat(parts) })
        response.writeHead(status, headers).end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    ends.push(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const target = {
      endpoint: `${origin}/push/abc`,
      p256dh: phone.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
    }
    const send = createPushSender({ privateKey, subject: 'mailto:ops@example.org', services: [origin] })
    return { got, target, send, origin }
  }

  /** As a browser does it (RFC 8291, RFC 8188). */
  function decrypt(body: Buffer): unknown {
    const salt = body.subarray(0, 16)
    const sender = body.subarray(21, 21 + body.readUInt8(20))
    const sealed = body.subarray(21 + sender.length)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), phone.getPublicKey(), sender])
    const secret = Buffer.from(hkdfSync('sha256', phone.computeSecret(sender), auth, info, 32))
    const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16))
    const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12))
    const opener = createDecipheriv('aes-128-gcm', key, nonce)
    opener.setAuthTag(sealed.subarray(-16))
    const open = Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()])
    return JSON.parse(open.subarray(0, open.lastIndexOf(2)).toString())
  }

  test('reaches the phone encrypted for it alone, and signed by the key that it subscribed with', async () => {
    const { got, target, send, origin } = await service(201)
    expect(await send(target, message, { isUrgent: true })).toEqual({ result: 'sent' })
    const [{ request, body } = { request: undefined, body: Buffer.alloc(0) }] = got
    expect(body.includes('alert-1')).toBe(false)
    expect(decrypt(body)).toEqual(message)
    expect(request?.headers['urgency']).toBe('high')
    const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(request?.headers.authorization ?? '') ?? []
    expect(key).toBe(pushPublicKey(privateKey))
    const [head = '', claims = '', signature = ''] = token.split('.')
    const point = Buffer.from(key, 'base64url')
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    }
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    expect(
      verify(
        'sha256',
        Buffer.from(`${head}.${claims}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true)
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: origin,
      sub: 'mailto:ops@example.org',
    })
  })

  test.each([
    [410, {}, { result: 'gone' }],
    [404, {}, { result: 'gone' }],
    [400, {}, { result: 'refused' }],
    [429, { 'retry-after': '120' }, { result: 'later', afterMs: 120_000 }],
    [503, {}, { result: 'later' }],
    // A service that sends on elsewhere would lead past the list of services.
    [307, { location: 'http://127.0.0.1:1/' }, { result: 'later' }],
  ])('answered with %d %j comes to %j', async (status, headers, expected) => {
    const { target, send } = await service(status, headers)
    expect(await send(target, message, { isUrgent: false })).toMatchObject(expected)
  })

  test('goes to no address but those of push services', async () => {
    const { got, target } = await service(201)
    const send = createPushSender({ privateKey, subject: 'mailto:a@example.org', services: PUSH_SERVICES })
    expect(await send(target, message, { isUrgent: true })).toMatchObject({ result: 'refused' })
    expect(got).toEqual([])
  })
})

test.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://web.push.apple.com/x', true],
  ['http://fcm.googleapis.com/x', false],
  ['https://fcm.googleapis.com.evil.example/x', false],
  ['https://evil.example/fcm.googleapis.com', false],
  ['https://evilpush.apple.com/x', false],
  ['https://fcm.googleapis.com:8443/x', false],
  ['https://user@fcm.googleapis.com/x', false],
  ['https://127.0.0.1/x', false],
])('%s is a push service: %s', (endpoint, expected) => {
  expect(isPushService(endpoint, PUSH_SERVICES)).toBe(expected)
})

describe('a letter', () => {
  async function mailServer(refuse?: { responseCode: number }) {
    const got: string[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, done) =>
        done(refuse === undefined ? null : Object.assign(new Error('no'), refuse)),
      onData: (stream, _session, done) => {
        let text = ''
        stream.on('data', (part: Buffer) => (text += part.toString()))
        stream.on('end', () => {
          got.push(text)
          done()
        })
      },
    })
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    ends.push(() => new Promise<void>(resolve => server.close(resolve)))
    const url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
    return { got, send: createMailSender({ url, from: "Workers' Harbor <harbor@example.org>" }) }
  }
  const letter = {
    to: 'keeper@example.org',
    subject: 'P1 冰箱温度过高',
    text: '煤建新村\n\nhttps://harbor.example/x\n',
    id: 'abc',
  }

  test('is handed to the mail server with its sender, its words and an id of its own', async () => {
    const { got, send } = await mailServer()
    expect(await send(letter)).toEqual({ result: 'sent' })
    const [text = ''] = got
    expect(text).toContain(`From: "Workers' Harbor" <harbor@example.org>`)
    expect(text).toContain('To: keeper@example.org')
    expect(text).toContain('Message-ID: <abc@example.org>')
    expect(text).toContain('Auto-Submitted: auto-generated')
    // 煤建, quoted-printable.
    expect(text).toContain('=E7=85=A4=E5=BB=BA')
  })

  test('with a line end in its subject has no header more', async () => {
    const { got, send } = await mailServer()
    await send({ ...letter, subject: 'a\r\nBcc: evil@example.org' })
    expect(got[0]).not.toMatch(/^Bcc:/m)
  })

  test.each([
    [550, 'refused'],
    [450, 'later'],
  ])('that the server answers with %d is %s', async (responseCode, result) => {
    const { send } = await mailServer({ responseCode })
    expect(await send(letter)).toMatchObject({ result })
  })

  test('that no server takes is tried later', async () => {
    const send = createMailSender({ url: 'smtp://127.0.0.1:1', from: 'harbor@example.org' })
    expect(await send(letter)).toMatchObject({ result: 'later' })
  })
})
