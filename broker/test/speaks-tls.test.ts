import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { topics } from '@harbor/protocol'
import { expect, it, vi } from 'vitest'
import { openCaFolder } from '../src/ca/ca-folder.ts'
import {
  GATEWAY,
  asGateway,
  asServer,
  connectClient,
  connectServer,
  makeDataDir,
  metric,
  startBroker,
} from './support.ts'

const SOON = { timeout: 30_000, interval: 50 }
vi.setConfig({ testTimeout: 60_000 })

async function setUp(now: () => Date = () => new Date()) {
  const directory = await makeDataDir()
  const dir = join(directory, 'ca')
  const ca = openCaFolder(dir, now)
  await ca.init('Test')
  await ca.issueServer(['127.0.0.1', 'localhost'])
  const certificate = join(dir, 'server.pem')
  const tls = { certificate, key: certificate, clientCa: join(dir, 'ca.pem'), revocations: join(dir, 'crl.pem') }
  const broker = await startBroker({ directory, tls })
  await connectServer(broker)
  const trust = async () => ({ ca: await readFile(join(dir, 'ca.pem')) })
  const withCertificate = async (gateway: string) => ({
    ...(await trust()),
    cert: await readFile(join(dir, 'gateways', `${gateway}.pem`)),
    key: await readFile(join(dir, 'gateways', `${gateway}.key`)),
  })
  return { broker, ca, dir, trust, withCertificate }
}

it('takes secrets over TLS and over WebSocket with TLS, and a message passes between them', async () => {
  const { broker, trust } = await setUp()
  const server = await connectClient(broker.mqttsUrl, { ...asServer({ clientId: 'tls' }), ...(await trust()) })
  const ack = topics.ack(GATEWAY)
  const gateway = await connectClient(broker.wssUrl, { ...asGateway(GATEWAY), ...(await trust()) })
  await gateway.subscribeAsync(ack, { qos: 1 })
  await server.publishAsync(ack, '{"boot":"b","seq":1}', { qos: 1 })
  await vi.waitFor(() => expect(gateway.received.map(({ topic }) => topic)).toEqual([ack]), SOON)
  const wrong = connectClient(broker.mqttsUrl, { ...asGateway(GATEWAY, { password: 'wrong' }), ...(await trust()) })
  await expect(wrong).rejects.toMatchObject({ code: 4 })
})

it('is not taken for the broker by a client that trusts another authority', async () => {
  const { broker } = await setUp()
  const other = await setUp()
  await expect(connectClient(broker.mqttsUrl, { ...asGateway(GATEWAY), ...(await other.trust()) })).rejects.toThrow(
    'certificate',
  )
})

it('speaks nothing older than TLS 1.2', async () => {
  const { broker, trust } = await setUp()
  const { port } = new URL(broker.mqttsUrl)
  const attempt = (maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
    trust().then(
      ({ ca }) =>
        new Promise<string>(resolve => {
          const options = { port: Number(port), host: '127.0.0.1', ca, minVersion: 'TLSv1' as const, maxVersion }
          const socket = connectTls({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
            resolve(socket.getProtocol() ?? '')
            socket.destroy()
          }).once('error', error => resolve(error.message))
        }),
    )
  expect(await attempt('TLSv1.2')).toBe('TLSv1.2')
  expect(await attempt('TLSv1.1')).toMatch(/alert|version|protocol/i)
  await vi.waitFor(async () =>
    expect(await metric(broker, 'harbor_broker_refused_total{reason="bad_handshake"}')).toBe(1),
  )
})

it('takes a certificate in place of a secret, over both, for the gateway that it names and no other', async () => {
  const { broker, ca, withCertificate } = await setUp()
  await ca.issueGateway('gw-1')
  const proven = await withCertificate('gw-1')
  const telemetry = topics.telemetry(GATEWAY)
  const server = await connectClient(broker.mqttUrl, asServer({ clientId: 'reader' }))
  await server.subscribeAsync(telemetry, { qos: 1 })
  for (const [index, url] of [broker.mqttsUrl, broker.wssUrl].entries()) {
    const gateway = await connectClient(url, { ...proven, ...(index === 0 && { username: 'gw-1' }) })
    await gateway.publishAsync(telemetry, '{}', { qos: 1 })
    await gateway.publishAsync(topics.telemetry({ ...GATEWAY, gateway: 'gw-2' }), '{}', { qos: 1 })
    await vi.waitFor(() => expect(server.received.map(({ topic }) => topic)).toHaveLength(index + 1), SOON)
  }
  await expect(connectClient(broker.mqttsUrl, { ...proven, username: 'gw-2' })).rejects.toMatchObject({ code: 5 })
  await expect(connectClient(broker.mqttsUrl, { ...proven, username: 'gw-1', password: 'x' })).rejects.toMatchObject({
    code: 4,
  })
  await expect(connectClient(broker.mqttsUrl, { ...proven, username: 'server' })).rejects.toMatchObject({ code: 5 })
})

it('takes no certificate of a gateway without an account, of another authority, or past its end', async () => {
  const { broker, ca, withCertificate } = await setUp()
  await ca.issueGateway('gw-99')
  await expect(connectClient(broker.mqttsUrl, await withCertificate('gw-99'))).rejects.toMatchObject({ code: 4 })

  const foreign = await setUp()
  await foreign.ca.issueGateway('gw-1')
  const { cert, key } = await foreign.withCertificate('gw-1')
  const { ca: trusted } = await withCertificate('gw-99')
  await expect(connectClient(broker.mqttsUrl, { ca: trusted, cert, key })).rejects.toThrow('closed')
  await expect(connectClient(broker.wssUrl, { ca: trusted, cert, key })).rejects.toThrow(/hang up|closed|reset/)

  // A root lives ten years, a gateway's certificate about two: three years later only the latter has ended.
  const threeYearsAgo = new Date(Date.now() - 3 * 365 * 86_400_000)
  const old = openCaFolder(join(foreign.dir, 'old'), () => threeYearsAgo)
  await old.init('Old')
  await old.issueGateway('gw-1')
  await foreign.ca.issueGateway('gw-2')
  await writeFile(join(foreign.dir, 'ca.pem'), await readFile(join(foreign.dir, 'old', 'ca.pem')), { flag: 'a' })
  await vi.waitFor(
    () => expect(foreign.broker.logs.some(({ message }) => message === 'certificates changed')).toBe(true),
    SOON,
  )
  const ended = {
    ca: await readFile(join(foreign.dir, 'ca.pem')),
    cert: await readFile(join(foreign.dir, 'old', 'gateways', 'gw-1.pem')),
    key: await readFile(join(foreign.dir, 'old', 'gateways', 'gw-1.key')),
  }
  await expect(connectClient(foreign.broker.mqttsUrl, ended)).rejects.toThrow('closed')
  expect(foreign.broker.logs.map(({ fields }) => fields['detail'])).toContainEqual(
    expect.stringContaining('CERT_HAS_EXPIRED'),
  )
})

it('cuts a live connection when its certificate is revoked, lets it in no more, and leaves the others alone', async () => {
  const { broker, ca, withCertificate } = await setUp()
  await ca.issueGateway('gw-1')
  await ca.issueGateway('gw-2')
  const revoked = await connectClient(broker.mqttsUrl, await withCertificate('gw-1'))
  const overWeb = await connectClient(broker.wssUrl, await withCertificate('gw-1'))
  const other = await connectClient(broker.mqttsUrl, await withCertificate('gw-2'))
  await ca.revoke('gw-1')
  await vi.waitFor(() => expect([revoked.connected, overWeb.connected]).toEqual([false, false]), SOON)
  expect(other.connected).toBe(true)
  await expect(connectClient(broker.mqttsUrl, await withCertificate('gw-1'))).rejects.toThrow('closed')
  await ca.issueGateway('gw-1')
  await connectClient(broker.mqttsUrl, await withCertificate('gw-1'))
})

it('changes to a new root and certificate without a gap, and stays with the old ones while the new cannot be used', async () => {
  const { broker, ca, dir, trust, withCertificate } = await setUp()
  await ca.issueGateway('gw-1')
  const trusted = await trust()
  const held = await connectClient(broker.mqttsUrl, await withCertificate('gw-1'))

  // A key that does not fit, then half a file.
  const good = await readFile(join(dir, 'server.pem'), 'utf8')
  await writeFile(join(dir, 'server.pem'), good.slice(0, good.length / 2))
  const warned = () => broker.logs.filter(({ message }) => message.includes('cannot be used')).length
  await vi.waitFor(() => expect(warned()).toBe(1), SOON)
  await connectClient(broker.mqttsUrl, { ...asGateway(GATEWAY), ...trusted })
  await writeFile(join(dir, 'good.pem'), good)
  await rename(join(dir, 'good.pem'), join(dir, 'server.pem'))

  await ca.roll('Second')
  await ca.issueServer(['127.0.0.1'])
  // Somebody comes all the time, with the new trust; nobody is turned away.
  const both = await trust()
  const rounds = { ...asGateway(GATEWAY), ...both }
  const issuerNow = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port: Number(new URL(broker.mqttsUrl).port), host: '127.0.0.1', ca: both.ca }, () => {
        resolve(String(socket.getPeerCertificate().issuer.CN))
        socket.destroy()
      }).once('error', reject)
    })
  await vi.waitFor(async () => {
    await connectClient(broker.mqttsUrl, rounds)
    expect(await issuerNow()).toBe('Second')
  }, SOON)
  expect(held.connected).toBe(true)
  expect(warned()).toBe(1)
  await connectClient(broker.mqttsUrl, await withCertificate('gw-1'))
})
