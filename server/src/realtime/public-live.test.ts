import { EventEmitter } from 'node:events'
import { type Look, MAX_VIEW_FEATURES, type StationList, type StationView } from '@harbor/protocol'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type PublicLive, type PublicNamespace, createPublicLive } from './public-live.ts'

/** Sockets whose connection can be stuffed: with real ones that takes megabytes and seconds. */
class StuffedSocket extends EventEmitter {
  id = ''
  connected = true
  told: StationList[] = []
  conn = { transport: { writable: true }, request: { headers: {}, socket: { remoteAddress: '203.0.113.7' } } }
}

const view = (id: string) => ({ id, latDeg: 29.5, lngDeg: 106.5, nameZh: revisionOf.get(id) ?? '' }) as StationView
/** Stands for whatever changes of a station. */
const revisionOf = new Map<string, string>()
const ALL = Array.from({ length: 400 }, (_, n) => `s-${n}`)
const AROUND: Look = { box: [106.49, 29.49, 106.51, 29.51], stations: [] }

let live: PublicLive
let namespace: EventEmitter & { written: number }
const sockets = new Map<string, StuffedSocket>()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  sockets.clear()
  namespace = Object.assign(new EventEmitter(), { written: 0 })
  const to = (ids: string[]) => ({
    emit: (_event: string, list: StationList) => {
      namespace.written += 1
      for (const id of ids) sockets.get(id)?.told.push(list)
    },
  })
  live = createPublicLive({
    stationsIn: (_box, limit) => ALL.slice(0, limit),
    viewOf: view,
    mayLook: async () => true,
    nowMs: Date.now,
    log: pino({ level: 'silent' }),
  })
  live.attach(Object.assign(namespace, { to }) as unknown as PublicNamespace)
})
afterEach(() => {
  live.stop()
  vi.useRealTimers()
})

async function openPage(id: string, look: Look = AROUND): Promise<StuffedSocket> {
  const socket = Object.assign(new StuffedSocket(), { id })
  socket.emit = ((event: string, ...args: unknown[]) => {
    if (event === 'stations') return socket.told.push(args[0] as StationList) > 0
    return EventEmitter.prototype.emit.call(socket, event, ...args)
  }) as never
  sockets.set(id, socket)
  namespace.emit('connection', socket)
  let answered = false
  socket.emit('look', look, () => (answered = true))
  await vi.waitFor(() => expect(answered).toBe(true))
  return socket
}

const change = (id: string, revision: string) => {
  revisionOf.set(id, revision)
  live.publish([view(id)])
}
/** Lets the next flush come and all it sends go out. */
async function flush(): Promise<void> {
  await vi.advanceTimersByTimeAsync(250)
  await new Promise(resolve => setImmediate(resolve))
}
const seen = ({ told }: StuffedSocket) =>
  told.map(list => list.stations.map(station => `${station.id} ${station.nameZh}`))

test('what many pages see alike is written once for all of them', async () => {
  const pages = await Promise.all(['a', 'b', 'c'].map(id => openPage(id)))
  const other = await openPage('d', { box: null, stations: ['s-1'] })
  change('s-1', 'one')
  change('s-2', 'two')
  await flush()
  for (const page of pages) expect(seen(page)).toEqual([['s-1 one', 's-2 two']])
  expect(seen(other)).toEqual([['s-1 one']])
  expect(namespace.written).toBe(2)
})

test('a page that does not read is sent nothing; when it reads it is told how things stand, each station once', async () => {
  const slow = await openPage('slow')
  const quick = await openPage('quick')
  slow.conn.transport.writable = false
  for (const revision of ['one', 'two', 'three']) {
    change('s-1', revision)
    await flush()
  }
  expect(seen(slow)).toEqual([])
  expect(seen(quick)).toEqual([['s-1 one'], ['s-1 two'], ['s-1 three']])
  slow.conn.transport.writable = true
  await flush()
  expect(seen(slow)).toEqual([['s-1 three']])
})

test('a page that missed more than is told at once gets what it looks at anew, and nothing twice', async () => {
  const slow = await openPage('slow')
  slow.conn.transport.writable = false
  for (const id of ALL) change(id, 'new')
  await flush()
  slow.conn.transport.writable = true
  await flush()
  expect(slow.told.map(list => list.stations.length)).toEqual([MAX_VIEW_FEATURES])
  await flush()
  expect(slow.told).toHaveLength(1)
})

test('looks are answered once in a while: of many at once the last one is', async () => {
  const page = await openPage('a')
  const answers: string[][] = []
  for (const id of ['s-1', 's-2', 's-3'])
    page.emit('look', { box: null, stations: [id] }, (list: StationList) => answers.push(list.stations.map(s => s.id)))
  await flush()
  await vi.waitFor(() => expect(answers).toEqual([['s-3']]))
})

test('a page that can unpack gets a long list packed, as things stand then, and nothing of it again', async () => {
  const page = await openPage('a')
  let packed: unknown
  page.emit('look_packed', AROUND, (list: unknown) => (packed = list))
  change('s-1', 'new')
  await flush()
  await vi.waitFor(() => expect(packed).toBeDefined())
  const list = JSON.parse(gunzipSync(packed as Buffer).toString()) as StationList
  expect(list.stations).toHaveLength(MAX_VIEW_FEATURES)
  expect(list.stations.find(({ id }) => id === 's-1')?.nameZh).toBe('new')
  await flush()
  expect(seen(page)).toEqual([])
})

test('a page that can unpack and missed too much gets all of it packed', async () => {
  const page = await openPage('a')
  const told: unknown[] = []
  page.on('stations_packed', list => told.push(list))
  page.emit('look_packed', AROUND, () => {})
  await flush()
  page.conn.transport.writable = false
  for (const id of ALL) change(id, 'new')
  await flush()
  page.conn.transport.writable = true
  await flush()
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(JSON.parse(gunzipSync(told[0] as Buffer).toString()).stations).toHaveLength(MAX_VIEW_FEATURES)
})

test('many changes at once come packed to a page that can unpack, and as they are to one that cannot', async () => {
  const able = await openPage('able')
  const other = await openPage('other')
  const packed: unknown[] = []
  able.on('stations_packed', list => packed.push(list))
  able.emit('look_packed', AROUND, () => {})
  await flush()
  const names = new Map(ALL.slice(0, 40).map(id => [id, `${id} ${'多'.repeat(50)}`]))
  for (const [id, name] of names) change(id, name)
  await flush()
  await vi.waitFor(() => expect(packed).toHaveLength(1))
  const list = JSON.parse(gunzipSync(packed[0] as Buffer).toString()) as StationList
  expect(new Map(list.stations.map(({ id, nameZh }) => [id, nameZh]))).toEqual(names)
  expect(other.told.map(({ stations }) => stations.length)).toEqual([40])
  await flush()
  expect(packed).toHaveLength(1)
  expect(able.told).toEqual([])
})

test('a page that is gone is told nothing, and after the stop nobody is', async () => {
  const gone = await openPage('gone')
  const last = await openPage('last')
  gone.emit('disconnect')
  change('s-1', 'one')
  await flush()
  expect(seen(gone)).toEqual([])
  change('s-1', 'two')
  live.stop()
  await flush()
  expect(seen(last)).toEqual([['s-1 one']])
})
