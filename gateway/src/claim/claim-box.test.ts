import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClaimAnswer, type ClaimRequest, type GatewayConfig, claimRequestSchema } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestSigner, createTestSigner } from '../../test/support/config-signer.ts'
import { loadGateways } from '../load-gateways.ts'
import { createAskServer } from './ask-server.ts'
import { parseClaimArguments } from './claim-arguments.ts'
import { claimBox } from './claim-box.ts'

const TOKEN = `harbor1-${'0'.repeat(26)}`
const CONFIG: GatewayConfig = {
  version: 4,
  gateway: 'gw-1',
  station: 'st-1',
  district: '500103',
  timeZone: 'Asia/Shanghai',
  mqttUrl: 'mqtt://127.0.0.1:1',
  devices: [],
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let dir: string
let signer: TestSigner
let answer: ClaimAnswer

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'claim-')), 'gateways')
  signer = await createTestSigner()
  answer = {
    gateway: 'gw-1',
    station: 'st-1',
    district: '500103',
    mqttUrl: 'mqtt://127.0.0.1:1',
    trustedKeys: { keys: [signer.key] },
    config: await signer.sign(CONFIG),
  }
})

afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }))

const claim = (ask: (request: ClaimRequest) => Promise<ClaimAnswer>, token = TOKEN) =>
  claimBox({ gatewayDir: dir, token, hardware: {} }, { ask, randomBytes })

describe('a claim', () => {
  it('leaves a gateway that starts: its secret is the one whose hash the server was told', async () => {
    let asked: ClaimRequest | undefined
    await claim(async request => {
      asked = request
      return answer
    })
    const [loaded] = await loadGateways(dir)
    expect(loaded).toMatchObject({ config: CONFIG })
    expect(sha256(loaded?.secret ?? '')).toBe(asked?.secretSha256)
    expect(JSON.stringify(asked)).not.toContain(loaded?.secret)
    for (const file of ['secret', 'config.json', 'trusted-keys.json']) {
      expect((await stat(join(dir, 'gw-1', file))).mode & 0o777).toBe(0o600)
    }
    expect(await readdir(dir)).toEqual(['gw-1'])
  })

  it('whose answer was lost asks the very same again, in another process, too', async () => {
    const asked: ClaimRequest[] = []
    const lost = claim(request => {
      asked.push(request)
      return Promise.reject(new Error('cut'))
    })
    await expect(lost).rejects.toThrow('cut')
    await claim(async request => {
      asked.push(request)
      return answer
    })
    expect(asked[1]).toEqual(asked[0])
  })

  it('with another token makes another secret', async () => {
    const asked: ClaimRequest[] = []
    for (const token of [TOKEN, TOKEN.replace(/0$/, '1')]) {
      await claim(request => {
        asked.push(request)
        return Promise.reject(new Error('refused'))
      }, token).catch(() => undefined)
    }
    expect(asked[1]?.secretSha256).not.toBe(asked[0]?.secretSha256)
  })

  it('that was cut short after the folder stood is finished, and what ran in the folder meanwhile stays', async () => {
    let secretSha256 = ''
    await claim(async request => {
      secretSha256 = request.secretSha256
      return answer
    })
    const secret = (await readFile(join(dir, 'gw-1/secret'), 'utf8')).trim()
    await writeFile(join(dir, '.claim.json'), JSON.stringify({ tokenSha256: sha256(TOKEN), secret }))
    await writeFile(join(dir, 'gw-1/outbox.sqlite'), 'readings')
    await claim(async request => {
      expect(request.secretSha256).toBe(secretSha256)
      return answer
    })
    expect(await readFile(join(dir, 'gw-1/outbox.sqlite'), 'utf8')).toBe('readings')
    expect(await readdir(dir)).toEqual(['gw-1'])
  })

  it('on a box that is a gateway already asks nobody, so that the token is not spent', async () => {
    await mkdir(join(dir, 'gw-9'), { recursive: true })
    const ask = () => Promise.reject(new Error('asked'))
    await expect(claim(ask)).rejects.toMatchObject({
      code: 'GATEWAY_CLAIM_REFUSED',
      message: expect.stringContaining('this box is gw-9 already'),
    })
  })

  it('whose config another key signed, or which is for another gateway, leaves no gateway behind', async () => {
    const stranger = await createTestSigner()
    for (const config of [await stranger.sign(CONFIG), await signer.sign({ ...CONFIG, gateway: 'gw-2' })]) {
      await expect(claim(async () => ({ ...answer, config }))).rejects.toMatchObject({ code: 'GATEWAY_CLAIM_FAILED' })
    }
    expect((await readdir(dir)).filter(name => !name.startsWith('.'))).toEqual([])
  })
})

describe('asking the server', () => {
  let server: Server
  let url: string
  let replies: { status: number; body: string }[]
  let bodies: unknown[]

  beforeEach(async () => {
    replies = []
    bodies = []
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
        const reply = replies.shift()
        if (reply === undefined) return void request.socket.destroy()
        response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body)
      })
    })
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterEach(async () => {
    server.closeAllConnections()
    await new Promise<void>(resolve => void server.close(() => resolve()))
  })

  const ask = (pausesMs: number[]) => {
    const retries: string[] = []
    const asked = createAskServer({ serverUrl: url, onRetry: line => retries.push(line), pausesMs })({
      token: TOKEN,
      secretSha256: sha256('x'),
      hardware: {},
    })
    return { asked, retries }
  }

  it('is repeated, word for word, while the server is away or fails', async () => {
    replies = [
      { status: 503, body: '{}' },
      { status: 200, body: JSON.stringify(answer) },
    ]
    const { asked, retries } = ask([1, 1])
    expect(await asked).toEqual(answer)
    expect(retries).toEqual([expect.stringContaining('status 503')])
    expect(bodies[1]).toEqual(bodies[0])
    expect(claimRequestSchema.safeParse(bodies[0]).success).toBe(true)
  })

  it("ends with the server's own words when it refuses", async () => {
    replies = [{ status: 409, body: JSON.stringify({ error: { code: 'token_used', message: 'used already' } }) }]
    await expect(ask([1]).asked).rejects.toMatchObject({ code: 'GATEWAY_CLAIM_REFUSED', message: 'used already' })
  })

  it('ends after the last pause with a line that says that the command may be given again', async () => {
    await expect(ask([1]).asked).rejects.toMatchObject({
      code: 'GATEWAY_CLAIM_FAILED',
      message: expect.stringContaining('may be given again'),
    })
    expect(bodies).toHaveLength(2)
  })

  it.each(['', '<html>', '{"gateway":"gw-1"}', JSON.stringify({ error: 1 })])(
    'takes no answer that is none: %j',
    async body => {
      replies = [{ status: 200, body }]
      await expect(ask([]).asked).rejects.toMatchObject({ code: 'GATEWAY_CLAIM_FAILED' })
    },
  )
})

describe("the command's arguments", () => {
  it('are a token and the server, or the link that holds both', () => {
    const expected = { token: TOKEN, serverUrl: 'https://harbor.example' }
    expect(parseClaimArguments([TOKEN, '--server', 'https://harbor.example/'])).toEqual(expected)
    expect(parseClaimArguments([`https://harbor.example/claim#${TOKEN}`])).toEqual(expected)
  })

  it.each([
    [[], 'expected harbor-gateway claim'],
    [['nonsense'], 'no claim token'],
    [[TOKEN], 'add --server URL'],
    [[TOKEN, '--server', 'harbor'], '--server: expected an address'],
    [[TOKEN, '--server', 'http://harbor.example'], 'is not encrypted'],
    [[TOKEN, '--serve', 'x'], '--serve'],
    [[TOKEN, TOKEN], 'expected harbor-gateway claim'],
  ])('are refused in one line: %j', (args, words) => {
    expect(() => parseClaimArguments(args)).toThrow(words)
  })

  it('take an open line on this machine, or when that is asked for', () => {
    expect(parseClaimArguments([TOKEN, '--server', 'http://127.0.0.1:8080'])).toMatchObject({ token: TOKEN })
    expect(parseClaimArguments([TOKEN, '--server', 'http://10.0.0.2', '--allow-http'])).toMatchObject({ token: TOKEN })
  })
})
