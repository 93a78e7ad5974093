import { createECDH, generateKeyPairSync, randomBytes, randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Person } from '@harbor/protocol'

/** A person of the demo with the password that the start prints. */
export type DemoLogin = Person & { password: string }

/** Letters and digits that cannot be mistaken for one another when read from a screen. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789'

/** What every installation has: 256 bits of chance each, in hex. */
const SECRETS = [
  'mqtt-server',
  'mqtt-node-red',
  'mqtt-weather',
  'visitor-key',
  'second-factor-key',
  'node-red-api',
  'node-red-credential',
]

/** Makes the secrets that are missing; keeps those that are there. Files are readable by their owner alone. */
export function ensureSecrets(secretsDir: string, demo: boolean): void {
  mkdirSync(secretsDir, { recursive: true, mode: 0o700 })
  for (const name of SECRETS) ensureSecret(join(secretsDir, name), randomHex)
  ensureSecret(join(secretsDir, 'config-signing-key.pem'), signingKey)
  ensureSecret(join(secretsDir, 'push-key'), pushKey)
  if (!demo) return
  ensureSecret(join(secretsDir, 'demo-fleet-key'), randomHex)
  ensureDemoLogins(join(secretsDir, 'demo-logins.json'))
}

/**
 * Makes one secret more, of 256 bits in hex, if it is missing.
 *
 * @param name a file's name: small letters, digits and dashes
 */
export function ensureNamedSecret(secretsDir: string, name: string): void {
  if (!/^[a-z\d-]{1,60}$/.test(name))
    throw new Error(`a secret's name is of small letters, digits and dashes; got ${name}`)
  ensureSecret(join(secretsDir, name), randomHex)
}

/** Those who are there keep their passwords and what was changed of them by hand; who came with a later version is added. */
function ensureDemoLogins(path: string): void {
  const known = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DemoLogin[]) : []
  const missing = demoLogins().filter(({ login }) => !known.some(one => one.login === login))
  if (missing.length > 0) writeWhole(path, JSON.stringify([...known, ...missing], null, 2))
}

/** The demo's people, with passwords of this installation's own. */
export function readDemoLogins(secretsDir: string): DemoLogin[] {
  return JSON.parse(readFileSync(join(secretsDir, 'demo-logins.json'), 'utf8')) as DemoLogin[]
}

function demoLogins(): DemoLogin[] {
  const person = (login: string, name: string, rest: Pick<Person, 'role' | 'districts' | 'streets'>): DemoLogin => ({
    login,
    name,
    ...rest,
    password: readablePassword(),
  })
  return [
    person('admin', '演示管理员 Demo administrator', { role: 'administrator', districts: [] }),
    person('city-manager', '市级经理 City manager', { role: 'manager', districts: [] }),
    person('manager', '渝中区经理 Yuzhong manager', { role: 'manager', districts: ['500103'] }),
    person('street-manager', '解放碑街道专员 Jiefangbei street officer', {
      role: 'manager',
      districts: ['500103'],
      streets: ['500103003'],
    }),
    person('keeper', '渝中区站长 Yuzhong keeper', { role: 'keeper', districts: ['500103'] }),
    person('maintainer', '维修员 Maintainer', { role: 'maintainer', districts: [] }),
    person('hardware', '硬件组 Hardware team', { role: 'hardware', districts: [] }),
  ]
}

/** Three groups of five: about 74 bits. */
function readablePassword(): string {
  const group = () => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('')
  return [group(), group(), group()].join('-')
}

function randomHex(): string {
  return randomBytes(32).toString('hex')
}

/** What gateways' configs are signed with: Ed25519 (RFC 8032), as PKCS #8. */
function signingKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).trim()
}

/** What push services know this server by: a private key on P-256 (RFC 8292), 32 bytes in base64url. */
function pushKey(): string {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  // A key that begins with zeros is given shorter.
  return Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()])
    .subarray(-32)
    .toString('base64url')
}

function ensureSecret(path: string, make: () => string): void {
  if (!existsSync(path)) writeWhole(path, make())
}

function writeWhole(path: string, text: string): void {
  // Written aside and renamed, so that a start cut short leaves no empty secret behind.
  const draft = `${path}.new`
  writeFileSync(draft, `${text}\n`, { mode: 0o600 })
  renameSync(draft, path)
}
