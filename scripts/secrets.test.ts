import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureSecrets, readDemoLogins } from './secrets.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'harbor-secrets-'))
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

const text = (name: string) => readFileSync(join(dir, 'secrets', name), 'utf8')

test('each secret is its own, 256 bits of chance, and readable by its owner alone', () => {
  ensureSecrets(join(dir, 'secrets'), false)
  const names = [
    'mqtt-server',
    'mqtt-node-red',
    'mqtt-weather',
    'visitor-key',
    'second-factor-key',
    'node-red-api',
    'node-red-credential',
  ]
  for (const name of names) {
    expect(text(name)).toMatch(/^[0-9a-f]{64}\n$/)
    expect(statSync(join(dir, 'secrets', name)).mode & 0o777).toBe(0o600)
  }
  expect(new Set(names.map(text)).size).toBe(names.length)
  expect(readdirSync(join(dir, 'secrets')).sort()).toEqual([...names, 'config-signing-key.pem', 'push-key'].sort())
  expect(Buffer.from(text('push-key'), 'base64url')).toHaveLength(32)
})

test('a secret that is there is kept: a new one would shut out what was made with the old', () => {
  ensureSecrets(join(dir, 'secrets'), true)
  const before = ['visitor-key', 'demo-logins.json', 'config-signing-key.pem', 'push-key'].map(text)
  writeFileSync(join(dir, 'secrets', 'mqtt-server'), 'set by hand\n')
  ensureSecrets(join(dir, 'secrets'), true)
  expect(['visitor-key', 'demo-logins.json', 'config-signing-key.pem', 'push-key'].map(text)).toEqual(before)
  expect(text('mqtt-server')).toBe('set by hand\n')
})

test('the demo has somebody of each role, each with a password of this installation', () => {
  ensureSecrets(join(dir, 'secrets'), true)
  const logins = readDemoLogins(join(dir, 'secrets'))
  expect(logins.map(({ role }) => role).sort()).toEqual([
    'administrator',
    'hardware',
    'keeper',
    'maintainer',
    'manager',
    'manager',
    'manager',
  ])
  const levels = logins.filter(({ role }) => role === 'manager').map(({ districts, streets }) => [districts, streets])
  expect(levels).toEqual([
    [[], undefined],
    [['500103'], undefined],
    [['500103'], ['500103003']],
  ])
  expect(new Set(logins.map(({ password }) => password)).size).toBe(logins.length)
})

test('people who came with a later version are added to a demo that is there, and its passwords stay', () => {
  ensureSecrets(join(dir, 'secrets'), true)
  const all = readDemoLogins(join(dir, 'secrets'))
  const earlier = all.filter(({ login }) => login !== 'street-manager').map(one => ({ ...one, name: 'by hand' }))
  writeFileSync(join(dir, 'secrets', 'demo-logins.json'), JSON.stringify(earlier))
  ensureSecrets(join(dir, 'secrets'), true)
  const now = readDemoLogins(join(dir, 'secrets'))
  expect(now.slice(0, -1)).toEqual(earlier)
  expect(now.at(-1)).toMatchObject({ login: 'street-manager', streets: ['500103003'] })
  expect(statSync(join(dir, 'secrets', 'demo-logins.json')).mode & 0o777).toBe(0o600)
})
