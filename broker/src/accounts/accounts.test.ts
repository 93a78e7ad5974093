import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createAccounts } from './accounts.ts'
import { secretHash } from './secrets.ts'

const hex = (secret: string) => secretHash(secret).toString('hex')
const record = (gateway: string, revision: number, secret: string | null) => ({
  revision,
  gateway,
  district: '500103',
  secretSha256: secret === null ? null : hex(secret),
})

async function setUp() {
  const directory = await mkdtemp(join(tmpdir(), 'harbor-accounts-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'mqtt-server'), 'server secret\n')
  await writeFile(join(directory, 'mqtt-node-red'), 'node-red secret')
  const open = async () => {
    const accounts = createAccounts({ file: join(directory, 'below', 'accounts.sqlite'), secretsDir: directory })
    await accounts.start()
    onTestFinished(accounts.stop)
    return accounts
  }
  return { directory, open }
}

it('tells who is who', async () => {
  const accounts = await (await setUp()).open()
  accounts.apply({ accounts: [record('gw-1', 1, 'one'), record('gw-2', 2, 'two')] })
  const verify = (name?: string, secret?: string) =>
    accounts.verify(name, secret === undefined ? undefined : Buffer.from(secret))
  expect(verify('gw-1', 'one')).toEqual({ kind: 'gateway', address: { district: '500103', gateway: 'gw-1' } })
  expect(verify('server', 'server secret')).toEqual({ kind: 'server' })
  expect(verify('node-red', 'node-red secret')).toEqual({ kind: 'node-red' })
  for (const [name, secret] of [
    ['gw-1', 'two'],
    ['gw-1', 'one\n'],
    ['gw-1', hex('one')],
    ['gw-3', 'one'],
    ['server', 'node-red secret'],
    ['SERVER', 'server secret'],
  ])
    expect([name, verify(name, secret)]).toEqual([name, 'wrong_secret'])
  for (const [name, secret] of [[undefined, undefined], ['', 'x'], ['server'], [undefined, 'x']])
    expect(verify(name, secret)).toBe('anonymous')
})

it('knows the accounts and their revision again after it was closed', async () => {
  const { open } = await setUp()
  const first = await open()
  expect(first.revision()).toBe(0)
  first.apply({ accounts: [record('gw-1', 3, 'one'), record('gw-2', 7, null)] })
  first.stop()
  first.stop()
  const second = await open()
  expect(second.revision()).toBe(7)
  expect(second.verify('gw-1', Buffer.from('one'))).toMatchObject({ kind: 'gateway' })
})

it('changes nothing by a record that is older than what it has, so that no removed account comes back', async () => {
  const accounts = await (await setUp()).open()
  accounts.apply({ accounts: [record('gw-1', 1, 'one'), record('gw-1', 5, null)] })
  expect(accounts.apply({ accounts: [record('gw-1', 4, 'one'), record('gw-1', 5, 'one')] }).changed).toEqual([])
  expect(accounts.verify('gw-1', Buffer.from('one'))).toBe('wrong_secret')
  expect(accounts.apply({ accounts: [record('gw-1', 6, 'one')] }).changed).toEqual(['gw-1'])
  expect(accounts.verify('gw-1', Buffer.from('one'))).toMatchObject({ kind: 'gateway' })
})

it('names as changed those whose secret, district or existence changed, and nobody new', async () => {
  const accounts = await (await setUp()).open()
  const names = ['same', 'secret', 'moved', 'gone']
  expect(accounts.apply({ accounts: names.map((name, index) => record(name, index + 1, 'x')) }).changed).toEqual([])
  const next = [
    record('same', 11, 'x'),
    record('secret', 12, 'y'),
    { ...record('moved', 13, 'x'), district: '500104' },
    record('gone', 14, null),
    record('new', 15, 'x'),
  ]
  expect(accounts.apply({ accounts: next }).changed).toEqual(['secret', 'moved', 'gone'])
})

it('takes 500 accounts in one batch', async () => {
  const accounts = await (await setUp()).open()
  accounts.apply({ accounts: Array.from({ length: 500 }, (_, index) => record(`gw-${index}`, index + 1, `s${index}`)) })
  expect(accounts.revision()).toBe(500)
  expect(accounts.verify('gw-499', Buffer.from('s499'))).toMatchObject({ kind: 'gateway' })
})

it('does not start without the secrets of the system accounts, and says which file is wanting', async () => {
  const { directory, open } = await setUp()
  await writeFile(join(directory, 'mqtt-node-red'), '\n')
  await expect(open()).rejects.toMatchObject({
    code: 'BROKER_SECRET_MISSING',
    message: expect.stringContaining(join(directory, 'mqtt-node-red')),
  })
})
