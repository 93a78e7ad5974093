import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClaimAnswer, ClaimRequest, GatewayConfig } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestSigner } from '../../test/support/config-signer.ts'
import { loadGateways } from '../load-gateways.ts'
import { takeBundle } from './take-bundle.ts'

const TOKEN = `harbor1-${'0'.repeat(26)}`
const SERVER = 'https://harbor.example'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let root: string
let card: string
let gatewayDir: string
let answer: ClaimAnswer
let asked: { serverUrl: string; request: ClaimRequest }[]
let said: string[]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'harbor-card-'))
  card = join(root, 'boot/harbor')
  gatewayDir = join(root, 'gateways')
  asked = []
  said = []
  const signer = await createTestSigner()
  const config: GatewayConfig = {
    version: 4,
    gateway: 'gw-1',
    station: 'st-1',
    district: '500103',
    timeZone: 'Asia/Shanghai',
    mqttUrl: 'mqtt://127.0.0.1:1',
    devices: [],
  }
  answer = {
    gateway: 'gw-1',
    station: 'st-1',
    district: '500103',
    mqttUrl: 'mqtt://127.0.0.1:1',
    trustedKeys: { keys: [signer.key] },
    config: await signer.sign(config),
  }
})

afterEach(() => rm(root, { recursive: true, force: true }))

const CLAIM = { token: TOKEN, serverUrl: SERVER, allowHttp: false }

/** A card as the server's bundle makes it. */
async function writeCard(files: Record<string, string>, change: (manifest: object) => unknown = manifest => manifest) {
  await mkdir(card, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(card, name), text)
  const manifest = {
    format: 'harbor-bundle/1',
    madeAt: '2026-11-23T08:00:00.000Z',
    serverVersion: '0.1.0',
    station: 'st-1',
    expiresAt: '2026-11-30T08:00:00.000Z',
    files: Object.entries(files).map(([name, text]) => ({
      name,
      sizeBytes: Buffer.byteLength(text),
      sha256: sha256(text),
    })),
  }
  await writeFile(join(card, 'manifest.json'), JSON.stringify(change(manifest)))
}

const FILES = { 'README.txt': 'read me', 'claim.json': JSON.stringify(CLAIM), 'wifi.nmconnection': '[wifi]' }
const take = (ask: (request: ClaimRequest) => Promise<ClaimAnswer> = async () => answer) =>
  takeBundle(
    { bundleDir: card, gatewayDir },
    {
      askServer: serverUrl => request => {
        asked.push({ serverUrl, request })
        return ask(request)
      },
      readHardware: async () => ({}),
      randomBytes,
      log: {
        info: (_facts, message) => void said.push(message),
        warn: (_facts, message) => void said.push(message),
        error: (_facts, message) => void said.push(message),
      },
    },
  )

describe('a card with a bundle', () => {
  it('makes a blank box its gateway, and loses its token', async () => {
    await writeCard(FILES)
    expect(await take()).toEqual(answer)
    expect(asked).toMatchObject([{ serverUrl: SERVER, request: { token: TOKEN } }])
    expect(await loadGateways(gatewayDir)).toMatchObject([{ config: { gateway: 'gw-1' } }])
    expect(await readdir(card)).toEqual(['README.txt'])
    // And is nothing to anybody from then on.
    expect(await take()).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it('is left alone by a box that is a gateway already, even a damaged one', async () => {
    await mkdir(join(gatewayDir, 'gw-9'), { recursive: true })
    await writeCard(FILES)
    await writeFile(join(card, 'README.txt'), 'changed')
    expect(await take()).toBeUndefined()
    expect(asked).toEqual([])
    expect(await readdir(card)).toContain('claim.json')
  })

  it('whose claim had no answer is taken at the next start, with the very same request', async () => {
    await writeCard(FILES)
    await expect(take(() => Promise.reject(new Error('cut')))).rejects.toThrow('cut')
    expect(await readdir(card)).toContain('claim.json')
    await take()
    expect(asked[1]).toEqual(asked[0])
  })

  it('that the box may not write on says so, and leaves word of what is to be taken off', async () => {
    await writeCard(FILES)
    // A folder in the file's place cannot be removed as a file, by root neither.
    const taken = `${sha256(FILES['claim.json'])}  claim.json\n${sha256(FILES['wifi.nmconnection'])}  wifi.nmconnection\n`
    await take(async () => {
      await rm(join(card, 'claim.json'))
      await mkdir(join(card, 'claim.json'))
      return answer
    })
    expect(said).toContain('a file could not be taken off the card')
    expect(await readFile(join(gatewayDir, '.card-taken'), 'utf8')).toBe(taken)
  })

  it('is nothing when there is no folder, or one with a README alone', async () => {
    expect(await take()).toBeUndefined()
    await mkdir(card, { recursive: true })
    await writeFile(join(card, 'README.txt'), 'read me')
    expect(await take()).toBeUndefined()
  })
})

describe('a card is not taken, and its file and fault are named, that', () => {
  const expectRefusedWith = async (words: string) => {
    await expect(take()).rejects.toMatchObject({
      code: 'GATEWAY_BUNDLE_INVALID',
      message: expect.stringContaining(words),
    })
    expect(asked).toEqual([])
    expect(await readdir(root)).not.toContain('gateways')
  }

  it('has no manifest yet', async () => {
    await mkdir(card, { recursive: true })
    await writeFile(join(card, 'claim.json'), FILES['claim.json'])
    await expectRefusedWith('manifest.json is missing')
  })

  it('has a manifest that is cut off, anywhere', async () => {
    await writeCard(FILES)
    const text = await readFile(join(card, 'manifest.json'), 'utf8')
    for (const length of [0, 1, text.length >> 1, text.length - 1]) {
      await writeFile(join(card, 'manifest.json'), text.slice(0, length))
      await expectRefusedWith('manifest.json is cut off')
    }
  })

  it.each(Object.keys(FILES))('has a %s that is missing, cut off, longer or changed', async name => {
    await writeCard(FILES)
    const file = join(card, name)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.slice(0, -1))
    await expectRefusedWith(`${name} has ${text.length - 1} bytes`)
    await writeFile(file, `${text}x`)
    await expectRefusedWith(`${name} has ${text.length + 1} bytes`)
    await writeFile(file, `${text.slice(0, -1)}\u0000`)
    await expectRefusedWith(`${name} is not what it was`)
    await rm(file)
    await expectRefusedWith(`${name} is missing`)
  })

  it('has a format of another time', async () => {
    await writeCard(FILES, manifest => ({ ...manifest, format: 'harbor-bundle/2' }))
    await expectRefusedWith('format')
  })

  it.each(['../secret', '/etc/passwd', 'a/b', '..', '.hidden'])('lists a file that lies elsewhere: %s', async name => {
    await writeCard(FILES, manifest => ({ ...manifest, files: [{ name, sizeBytes: 1, sha256: '0'.repeat(64) }] }))
    await expectRefusedWith('expected a plain file name')
  })

  it('lists no claim', async () => {
    await writeCard({ 'README.txt': 'read me' })
    await expectRefusedWith('does not list claim.json')
  })

  it('has certificates that are none', async () => {
    await writeCard({ ...FILES, 'ca.pem': 'nothing' })
    await expectRefusedWith('ca.pem: holds no certificate')
  })

  it('has a file that cannot be read', async context => {
    await writeCard(FILES)
    await chmod(join(card, 'claim.json'), 0)
    const isRoot = await readFile(join(card, 'claim.json')).then(
      () => true,
      () => false,
    )
    // Who may read everything cannot be shown a file that may not be read.
    if (isRoot) return context.skip()
    await expectRefusedWith('claim.json cannot be read')
  })

  it('leads to a server on an open line that is not said to be one’s own', async () => {
    const claim = { ...CLAIM, serverUrl: 'http://10.0.0.2' }
    await writeCard({ 'claim.json': JSON.stringify(claim) })
    await expect(take()).rejects.toMatchObject({ code: 'GATEWAY_CLAIM_REFUSED' })
    await writeCard({ 'claim.json': JSON.stringify({ ...claim, allowHttp: true }) })
    expect(await take()).toEqual(answer)
  })
})
