import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CardCheckIn, filters } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readStoredConfig } from '../src/config/config-files.ts'
import { type Gateway, createGateway } from '../src/gateway.ts'
import { CONFIG, SECRET, connectDevice, writeGatewayFolder } from './support/devices.ts'
import { type ServerDouble, startServerDouble } from './support/server-double.ts'

/** As readers write it, and as it could stand in a file. */
const NUMBER = '04A1B2C3D4E5F6'
const WRITINGS = [NUMBER, NUMBER.toLowerCase(), '04-A1-B2-C3-D4-E5-F6', '04:a1:b2:c3:d4:e5:f6']

let dir: string
let server: ServerDouble
let gateway: Gateway | undefined

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gateway-'))
  server = await startServerDouble()
})

afterEach(async () => {
  await gateway?.stop()
  await server.stop()
  await rm(dir, { recursive: true })
})

it('checks a card in, and its number is in no file, no log, no status, and heard by no other device', async () => {
  const log: string[] = []
  const folder = await writeGatewayFolder(dir, {
    ...CONFIG,
    cardReaders: [{ topic: 'reader/tag' }, { topic: 'tele/reader/SENSOR', field: 'PN532.UID' }],
  })
  gateway = createGateway(
    {
      stored: await readStoredConfig(folder),
      secret: SECRET,
      folder,
      lan: { host: '127.0.0.1', port: 0 },
      mqttUrl: server.url,
      configTrialMs: 300_000,
      outboxBytes: 2 ** 20,
      backlogReadingsPerS: 2_000,
      version: 'test',
    },
    {
      clock: Date.now,
      stopwatch: () => performance.now(),
      random: Math.random,
      log: pino({ level: 'trace' }, { write: line => void log.push(line) }),
    },
  )
  const url = await gateway.start()
  const upstream: string[] = []
  const listener = await connectAsync(server.url, { clientId: 'listener' })
  listener.on('message', (topic, payload) => upstream.push(`${topic} ${payload.toString('latin1')}`))
  await listener.subscribeAsync(['#'])
  const neighbour = await connectDevice(url, 'neighbour')
  const overheard: string[] = []
  neighbour.on('message', (topic, payload) => overheard.push(`${topic} ${payload.toString()}`))
  await neighbour.subscribeAsync('#')

  const reader = await connectDevice(url, 'reader')
  await reader.publishAsync('reader/tag', '04-A1-B2-C3-D4-E5-F6', { qos: 1, retain: true })
  await reader.publishAsync('tele/reader/SENSOR', JSON.stringify({ PN532: { UID: NUMBER } }), { qos: 1 })
  // Refused: a number with a slip in it is still somebody's.
  await reader.publishAsync('reader/tag', `${NUMBER}!`, { qos: 1 })
  await reader.publishAsync('people-counter/sensor/people/state', '4', { qos: 1 })

  const checkIns = () =>
    upstream.filter(line => line.includes('/check-in ')).map(line => JSON.parse(line.slice(line.indexOf('{'))))
  await vi.waitFor(() => expect(checkIns()).toHaveLength(1), { timeout: 5_000 })
  await vi.waitFor(() => expect(server.stored.size).toBe(1), { timeout: 5_000 })
  await vi.waitFor(() => expect(server.statuses.at(-1)).toMatchObject({ rejected: { wrong_shape: 1 } }), {
    timeout: 5_000,
  })
  expect((checkIns() as CardCheckIn[])[0]?.atMs).toBeGreaterThan(Date.now() - 120_000)
  expect(filters.checkIns()).toBe('harbor/v1/+/+/check-in')

  // A device that comes later finds nothing retained.
  const late = await connectDevice(url, 'late')
  late.on('message', (topic, payload) => overheard.push(`${topic} ${payload.toString()}`))
  await late.subscribeAsync('reader/#')
  await late.publishAsync('late/says', 'something', { qos: 1 })
  await vi.waitFor(() => expect(overheard.some(line => line.startsWith('late/says'))).toBe(true))
  for (const client of [reader, neighbour, late, listener]) await client.endAsync()
  await gateway.stop()

  const files = (await readdir(folder)).filter(name => name !== 'config.json')
  expect(files).toEqual(expect.arrayContaining(['outbox.sqlite', 'control.sqlite', 'card-key.json']))
  const places: [string, string][] = [
    ['log', log.join('')],
    ['upstream', upstream.join('\n')],
    ['neighbours', overheard.join('\n')],
    ...(await Promise.all(
      files.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), 'latin1')]),
    )),
  ]
  expect(log.length).toBeGreaterThan(0)
  for (const [where, text] of places)
    for (const writing of WRITINGS) expect([where, writing, text.includes(writing)]).toEqual([where, writing, false])
})
