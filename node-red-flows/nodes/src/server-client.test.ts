import { once } from 'node:events'
import { type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { NodeError } from './errors.ts'
import { createServerClient } from './server-client.ts'

const TOKEN = 'ab'.repeat(32)
let server: Server | undefined
let ending = new AbortController()

afterEach(async () => {
  ending.abort()
  ending = new AbortController()
  server?.closeAllConnections()
  await new Promise(resolve => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
})

async function clientOf(
  listener: RequestListener,
  limits: { limitMs?: number; queue?: { running: number; waiting: number } } = {},
) {
  server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const outcomes: string[] = []
  const client = createServerClient(
    { origin, token: TOKEN, ...limits },
    { onOutcome: outcome => outcomes.push(outcome.ok ? 'ok' : outcome.error.code), signal: ending.signal },
  )
  const ask = () => client.ask({ method: 'GET', path: '/x?secret=1', answer: z.object({ n: z.number() }) })
  const fault = async () => {
    const error: unknown = await ask().then(
      () => undefined,
      thrown => thrown,
    )
    if (!(error instanceof NodeError)) throw new Error(`expected a NodeError, got ${String(error)}`)
    return error
  }
  return { ask, fault, outcomes }
}

test('a server that says nothing is given up after the limit, and may be asked again', async () => {
  const { fault, outcomes } = await clientOf(() => {}, { limitMs: 50 })
  expect(await fault()).toMatchObject({
    code: 'NODE_SERVER_UNREACHABLE',
    retryable: true,
    message: 'GET /x: no answer within 50 ms',
  })
  expect(outcomes).toEqual(['NODE_SERVER_UNREACHABLE'])
})

test('a refusal carries what the server said of it, and may not be asked again as it is', async () => {
  const body = JSON.stringify({ error: { code: 'not_allowed', message: 'not with this right' } })
  const { fault } = await clientOf((_request, response) => response.writeHead(403).end(body))
  expect(await fault()).toMatchObject({
    code: 'NODE_SERVER_REFUSED',
    retryable: false,
    context: { status: 403, serverCode: 'not_allowed', reason: 'not with this right' },
  })
})

test.each([429, 500, 503])('an answer of %i is the server’s trouble and not the request’s', async status => {
  const { fault } = await clientOf((_request, response) => response.writeHead(status).end('<html>'))
  expect(await fault()).toMatchObject({ code: 'NODE_SERVER_FAILED', retryable: true, context: { status } })
})

test.each(['', 'no json', '{"n":"one"}', '[]'])(
  'an answer that is not as the contract has it is no answer: %o',
  async text => {
    const { fault } = await clientOf((_request, response) => response.end(text))
    expect(await fault()).toMatchObject({ code: 'NODE_ANSWER_UNEXPECTED' })
  },
)

test('an answer without an end is cut off', async () => {
  const { fault } = await clientOf((_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(1_000_000))) continue
    }
    response.on('drain', write)
    write()
  })
  expect(await fault()).toMatchObject({
    code: 'NODE_ANSWER_UNEXPECTED',
    message: expect.stringContaining('more than 8000000 bytes'),
  })
})

test('a token is not carried to another address', async () => {
  const seen: (string | undefined)[] = []
  const { fault } = await clientOf((request, response) => {
    seen.push(request.url)
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect(await fault()).toMatchObject({ code: 'NODE_SERVER_UNREACHABLE' })
  expect(seen).toEqual(['/x?secret=1'])
})

test('no fault holds the token or a query', async () => {
  const { fault } = await clientOf((_request, response) => response.writeHead(400).end())
  const error = await fault()
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/secret|abab/)
})

test('no more run at once than may, no more wait than may, and whoever waited gets its turn', async () => {
  let running = 0
  let most = 0
  const { ask } = await clientOf(
    (_request, response) => {
      running += 1
      most = Math.max(most, running)
      setTimeout(() => {
        running -= 1
        response.end('{"n":1}')
      }, 5)
    },
    { queue: { running: 3, waiting: 5 } },
  )
  const settled = await Promise.allSettled(Array.from({ length: 12 }, ask))
  const busy = settled.filter(one => one.status === 'rejected' && (one.reason as NodeError).code === 'NODE_BUSY')
  // 3 run and 5 wait: 8 of 12 are answered.
  expect([most, settled.length - busy.length, busy.length]).toEqual([3, 8, 4])
  await expect(ask()).resolves.toEqual({ n: 1 })
})
