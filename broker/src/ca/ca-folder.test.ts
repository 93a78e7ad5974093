import { X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { assert, asyncProperty, boolean, stringMatching, uniqueArray } from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { openCaFolder } from './ca-folder.ts'
import { blocks, certificateKey, issue, makeRevocationList, makeRoot, readRevocationLists } from './certificates.ts'

const NOW = new Date('2026-11-23T08:00:00Z')

async function setUp() {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-ca-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const ca = openCaFolder(dir, () => NOW)
  await ca.init('Test')
  const file = (...names: string[]) => readFile(join(dir, ...names), 'utf8')
  return { dir, ca, file }
}

it('issues what OpenSSL verifies for its purpose, and refuses it for another', async () => {
  const { dir, ca } = await setUp()
  await ca.issueServer(['broker.example', '10.0.0.7'])
  await ca.issueGateway('gw-1')
  const verify = (file: string, purpose: string, ...more: string[]) =>
    spawnSync('openssl', ['verify', '-CAfile', join(dir, 'ca.pem'), '-purpose', purpose, ...more, join(dir, file)])
      .status
  expect(verify('server.pem', 'sslserver', '-verify_hostname', 'broker.example')).toBe(0)
  expect(verify('server.pem', 'sslserver', '-verify_ip', '10.0.0.7')).toBe(0)
  expect(verify('server.pem', 'sslserver', '-verify_hostname', 'other.example')).not.toBe(0)
  expect(verify('gateways/gw-1.pem', 'sslclient')).toBe(0)
  expect(verify('gateways/gw-1.pem', 'sslserver')).not.toBe(0)
})

it('keeps keys for their owner alone, and each with its certificate', async () => {
  const { dir, ca, file } = await setUp()
  await ca.issueServer(['broker.example'])
  await ca.issueGateway('gw-1')
  for (const secret of ['root-0.key', 'server.pem', 'gateways/gw-1.key'])
    expect([secret, (await stat(join(dir, secret))).mode & 0o777]).toEqual([secret, 0o600])
  const certificate = new X509Certificate(await file('gateways', 'gw-1.pem'))
  expect(certificate.checkPrivateKey(createPrivateKey(await file('gateways', 'gw-1.key')))).toBe(true)
})

it('signs a request for the key in it under the name that it was told, not the one that the request claims', async () => {
  const { dir, ca, file } = await setUp()
  const request = join(dir, 'box.csr')
  const made = spawnSync('openssl', [
    ...'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server'.split(' '),
    '-keyout',
    join(dir, 'box.key'),
    '-out',
    request,
  ])
  expect(made.status).toBe(0)
  await ca.issueGateway('gw-7', await readFile(request, 'utf8'))
  const certificate = new X509Certificate(await file('gateways', 'gw-7.pem'))
  expect(certificate.subject).toBe('CN=gw-7')
  expect(certificate.checkPrivateKey(createPrivateKey(await readFile(join(dir, 'box.key'), 'utf8')))).toBe(true)
  await expect(ca.issueGateway('gw-8', 'no request')).rejects.toMatchObject({ code: 'BROKER_CERTIFICATE_UNUSABLE' })
})

it('revokes every certificate of a gateway, or one by its number, and says when there is none', async () => {
  const { ca, file } = await setUp()
  const first = await ca.issueGateway('gw-1')
  const second = await ca.issueGateway('gw-1')
  const other = await ca.issueGateway('gw-2')
  expect((await ca.revoke('gw-1')).map(({ serial }) => serial)).toEqual([first.serial, second.serial])
  expect(await ca.revoke('gw-1')).toEqual([])
  expect(await ca.revoke(other.serial.toUpperCase())).toHaveLength(1)
  const revoked = readRevocationLists(await file('crl.pem'))
  expect(revoked.size).toBe(3)
  expect(revoked.has(certificateKey(new X509Certificate(await file('gateways', 'gw-2.pem')).raw))).toBe(true)
})

it('rolls to a new root with both trusted, and then tells who still has a certificate of the old one', async () => {
  const { ca, file } = await setUp()
  const before = await ca.issueGateway('gw-1')
  await ca.roll('Test again')
  await ca.issueGateway('gw-2')
  const trusted = blocks(await file('ca.pem'), 'CERTIFICATE').map(text => new X509Certificate(text))
  expect(trusted).toHaveLength(2)
  for (const [name, root] of [
    ['gw-1', 0],
    ['gw-2', 1],
  ] as const) {
    const certificate = new X509Certificate(await file('gateways', `${name}.pem`))
    expect(trusted.map(one => certificate.checkIssued(one))[root]).toBe(true)
  }
  expect((await ca.dropOldRoots()).map(({ serial }) => serial)).toEqual([before.serial])
  expect(blocks(await file('ca.pem'), 'CERTIFICATE')).toHaveLength(1)
})

it('makes no second authority in a folder, and issues nothing without one', async () => {
  const { ca } = await setUp()
  await expect(ca.init('Again')).rejects.toMatchObject({ code: 'BROKER_CA_EXISTS' })
  const empty = openCaFolder(join(tmpdir(), 'harbor-no-ca'), () => NOW)
  await expect(empty.issueServer(['a'])).rejects.toMatchObject({ code: 'BROKER_CA_MISSING' })
})

it('reads of a list what was written into it, whatever is revoked', async () => {
  const root = await makeRoot('Test', NOW)
  const other = await makeRoot('Other', NOW)
  const mine = await issue(root, { kind: 'gateway', gateway: 'gw-1' }, NOW)
  const key = certificateKey(new X509Certificate(mine.certificate).raw)
  const serials = uniqueArray(stringMatching(/^[4-7][0-9a-f]{31}$/), { maxLength: 20 })
  await assert(
    asyncProperty(serials, boolean(), async (others, isRevoked) => {
      const entries = [...others, ...(isRevoked ? [mine.serial] : [])].map(serial => ({ serial, at: NOW }))
      const text = (await makeRevocationList(root, entries, NOW)) + (await makeRevocationList(other, entries, NOW))
      const read = readRevocationLists(text)
      expect(read.size).toBe(2 * entries.length)
      expect(read.has(key)).toBe(isRevoked)
    }),
    { numRuns: 20 },
  )
  expect(() => readRevocationLists('-----BEGIN X509 CRL-----\nMTIz\n-----END X509 CRL-----')).toThrow('cannot be read')
})
