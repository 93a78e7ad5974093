import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { type Socket, io } from 'socket.io-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPublicLimits } from '../finder/public-limits.ts'
import type { Sessions } from '../people/sessions.ts'
import { type Realtime, createRealtime } from './realtime.ts'

let http: Server
const pages: Socket[] = []
let realtime: Realtime

beforeEach(async () => {
  http = createServer()
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  realtime = createRealtime({
    sessions: { onEnded: () => () => {} } as unknown as Sessions,
    placeOf: () => undefined,
    readingsOf: () => [],
    stationsIn: () => [],
    viewOf: () => undefined,
    overviewOf: () => Promise.reject(new Error('nobody looks over anything here')),
    limits: createPublicLimits(Buffer.alloc(16)),
    connections: { overall: 5, fromAddress: 2 },
    nowMs: Date.now,
    log: pino({ level: 'silent' }),
  })
  realtime.start(http)
})
afterEach(async () => {
  for (const page of pages.splice(0)) page.disconnect()
  await realtime.stop()
})

/** Resolves with whether it was let in. A proxy on this machine says whom it speaks for. */
async function connectFrom(address: string): Promise<boolean> {
  const page = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}/public`, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    extraHeaders: address === '' ? {} : { 'x-forwarded-for': address },
  })
  pages.push(page)
  return new Promise(resolve => {
    page.on('connect', () => resolve(true))
    page.on('connect_error', () => resolve(false))
  })
}

test('one address has its share of connections and no more; one of them closed makes room again', async () => {
  expect(await connectFrom('203.0.113.7')).toBe(true)
  expect(await connectFrom('203.0.113.7')).toBe(true)
  expect(await connectFrom('203.0.113.7')).toBe(false)
  expect(await connectFrom('203.0.113.8')).toBe(true)
  pages[0]?.disconnect()
  await vi.waitFor(async () => expect(await connectFrom('203.0.113.7')).toBe(true))
})

test('one household with a network of IPv6 addresses is one address', async () => {
  expect(await connectFrom('2001:db8:1:2::1')).toBe(true)
  expect(await connectFrom('2001:db8:1:2::2')).toBe(true)
  expect(await connectFrom('2001:db8:1:2:ffff::3')).toBe(false)
  expect(await connectFrom('2001:db8:1:3::1')).toBe(true)
})

test('all together are not more than the server bears, whoever asks', async () => {
  const answers: boolean[] = []
  for (let n = 0; n < 6; n++) answers.push(await connectFrom(''))
  expect(answers).toEqual([true, true, true, true, true, false])
})
