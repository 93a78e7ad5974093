import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EventFeed, eventFeedSchema, feedCursorSchema, filters } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { expect, test, vi } from 'vitest'
import { oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

const SOON = { timeout: 20_000, interval: 100 }
const CLIENT_ID = 'node-red-test'

/** Rings for each event that the broker delivers; its session stays when it goes. */
async function bell(system: System, rung: string[]) {
  const password = (await readFile(join(system.dataDir, 'secrets/mqtt-node-red'), 'utf8')).trim()
  const client = await connectAsync(system.mqttUrl, {
    username: 'node-red',
    password,
    clientId: CLIENT_ID,
    clean: false,
    protocolVersion: 4,
  })
  client.on('message', (_topic, payload) =>
    rung.push((JSON.parse(payload.toString()) as { sequence: string }).sequence),
  )
  await client.subscribeAsync(filters.events(), { qos: 1 })
  return client
}

test('the feed has each event once and in order whatever was killed; each ring of the bell names one of them', async () => {
  await using system = await startSystem(oneStationFleet(), { hasGateway: false })
  const token = (await readFile(join(system.dataDir, 'secrets/node-red-api'), 'utf8')).trim()
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(`${system.webUrl}/api/v1/events${path}`, init)
    expect([path, answer.status]).toEqual([path, 200])
    return answer.json()
  }
  const cursor = async () => feedCursorSchema.parse(await ask('GET', '/cursors/test')).after
  const seen: EventFeed['events'] = []
  const readOn = async () => {
    const page = eventFeedSchema.parse(await ask('GET', `?after=${await cursor()}&limit=2`))
    seen.push(...page.events)
    await ask('PUT', '/cursors/test', { after: page.next })
    if (page.hasMore) await readOn()
  }
  const orders: string[] = []
  const happen = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const order = { station: 'cq-500103-01', severity: 'P3', title: `order ${n}` }
      orders.push(((await system.post('/api/v1/work-orders', order)) as { id: string }).id)
    }
  }
  const rung: string[] = []
  await ask('PUT', '/cursors/test', { after: await cursor() })
  const first = await bell(system, rung)
  await happen(3)
  await vi.waitFor(() => expect(rung.length).toBeGreaterThanOrEqual(3), SOON)
  await readOn()
  await first.endAsync()

  await happen(3)
  await system.killAndRestart('server')
  await happen(2)
  await system.killAndRestart('broker')
  await happen(2)
  const second = await bell(system, rung)
  try {
    await readOn()
    const places = seen.map(({ seq }) => seq)
    expect(places).toEqual([...new Set(places)].toSorted((one, other) => one - other))
    // An order is an event more than once: when it is made, and when the system gives it to a crew.
    expect([...new Set(seen.map(({ event }) => event.subject))]).toEqual(orders)
    const sequences = new Set(seen.map(({ event }) => event.sequence))
    // The bell may miss what a killed broker had not stored yet: the feed is the truth. The last one rings after all kills.
    await vi.waitFor(() => expect(rung).toContain(seen.at(-1)?.event.sequence), SOON)
    expect(rung.filter(sequence => !sequences.has(sequence))).toEqual([])
  } finally {
    await second.endAsync()
  }
}, 90_000)
