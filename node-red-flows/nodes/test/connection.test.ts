import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Loaded, loadNode } from './bench.ts'
import { type ContractServer, TOKEN, startContractServer } from './contract-server.ts'
import { type EventBroker, startEventBroker } from './event-broker.ts'

let server: ContractServer
let broker: EventBroker
let directory: string
let loaded: Loaded | undefined

beforeEach(async () => {
  server = await startContractServer()
  broker = await startEventBroker()
  directory = await mkdtemp(join(tmpdir(), 'harbor-nodes-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await loaded?.unload()
  loaded = undefined
  await server.stop()
  await broker.stop()
  await rm(directory, { recursive: true })
})

const load = async (connection: Partial<Parameters<typeof loadNode>[0]> = {}) => {
  loaded = await loadNode({ type: 'harbor-station', server: { url: server.origin }, ...connection })
  return loaded
}
const expectStatus = (text: string | RegExp) =>
  vi.waitFor(() => expect(loaded?.statuses.at(-1)).toMatch(text), { timeout: 5_000 })

test('a node says that it is connected when the server takes its token', async () => {
  await load()
  await expectStatus(/^connected$/)
})

test('an address that the environment does not set turns the node off: it says which, and Catch nodes get it', async () => {
  const { receive, caught } = await load({ server: { url: '${HARBOR_TEST_NOWHERE}' } })
  await expectStatus(/^off: HARBOR_TEST_NOWHERE not set$/)
  receive({ station: 'cq-500103-01' })
  await vi.waitFor(() => expect(caught[0]?.error.code).toBe('NODE_NOT_SET'))
})

test('address and token come from the environment and a file that it names', async () => {
  const file = join(directory, 'node-red-api')
  await writeFile(file, `${TOKEN}\n`)
  vi.stubEnv('HARBOR_TEST_URL', server.origin)
  vi.stubEnv('HARBOR_TEST_FILE', file)
  await load({ server: { url: '${HARBOR_TEST_URL}', tokenFile: '${HARBOR_TEST_FILE}' }, credentials: { token: '' } })
  await expectStatus(/^connected$/)
})

test.each([
  ['', /^off: token not set$/],
  ['not there', /^off: token \(its file is not there\) not set$/],
  ['empty', /^off: token \(its file is empty\) not set$/],
  ['short', /^error: token: expected 64 hex digits/],
])('a token file that is %o is said', async (name, text) => {
  await writeFile(join(directory, 'empty'), '\n')
  await writeFile(join(directory, 'short'), 'abc123')
  const tokenFile = name === '' ? '' : join(directory, name)
  await load({ server: { url: server.origin, tokenFile }, credentials: { token: '' } })
  await expectStatus(text)
})

test('a token that the server does not take is said, and stands in no message', async () => {
  const wrong = 'f'.repeat(64)
  const { receive, caught, statuses } = await load({ credentials: { token: wrong } })
  await expectStatus(/^error: the server does not take the token$/)
  receive({ station: 'cq-500103-01' })
  await vi.waitFor(() => expect(caught).toHaveLength(1))
  expect(caught[0]?.error).toMatchObject({ code: 'NODE_SERVER_REFUSED' })
  expect(JSON.stringify([caught, statuses])).not.toContain(wrong)
})

test('a server that nobody runs is said, and when it is there the node is connected by itself', async () => {
  server.failing.status = 503
  await load()
  await expectStatus(/^error: the server answers 503$/)
  server.failing.status = undefined
  await vi.waitFor(() => expect(loaded?.statuses.at(-1)).toBe('connected'), 15_000)
})

test('a broker that refuses the password does not stop the flow: the feed is read without it', async () => {
  const { outputs, statuses } = await load({
    type: 'harbor-event',
    config: { consumer: 'night' },
    server: { url: server.origin, mqttUrl: broker.url },
    credentials: { token: TOKEN, mqttSecret: 'wrong' },
  })
  server.cursors.set('night', 0)
  server.append('alert-raised', {})
  await vi.waitFor(() =>
    expect(outputs[0].length + statuses.filter(text => text === 'reading every 30 s').length).toBeGreaterThan(0),
  )
  await expectStatus(/^reading every 30 s$/)
  expect(broker.subscriptions).toEqual([])
})

test('more messages than may wait are refused at once, and the others are answered', async () => {
  let answers = 0
  server.answers.set('GET /api/v1/stations', async () => {
    answers += 1
    await new Promise(resolve => setTimeout(resolve, 1))
    return { body: { at: '2026-07-30T04:00:00.000Z', stations: [] } }
  })
  const { receive, caught, outputs } = await load({ config: { mode: 'list' } })
  await expectStatus(/^connected$/)
  for (let n = 0; n < 300; n += 1) receive({ n })
  await vi.waitFor(() => expect(caught.length + outputs[0].length).toBe(300), 10_000)
  expect(caught).toHaveLength(100)
  expect(new Set(caught.map(({ error }) => error.code))).toEqual(new Set(['NODE_BUSY']))
  expect(answers).toBe(200)
})
