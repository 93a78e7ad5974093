import type { CommandView } from '@harbor/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Loaded, loadNode } from './bench.ts'
import { type ContractServer, startContractServer } from './contract-server.ts'

const DEVICE = '500103-01-ac-plug'
const COMMANDS = `/api/v1/devices/${DEVICE}/commands`

let server: ContractServer
let loaded: Loaded | undefined

beforeEach(async () => {
  server = await startContractServer()
})
afterEach(async () => {
  await loaded?.unload()
  loaded = undefined
  await server.stop()
})

const command = (state: CommandView['state'], reason?: string) => ({
  id: 'c-1',
  device: DEVICE,
  station: 'cq-500103-01',
  district: '500103',
  action: 'relay-off',
  state,
  ...(reason !== undefined && { reason }),
  requestedBy: 'node-red (automation)',
  requestedAt: '2026-07-30T14:00:00.000Z',
  expiresAt: '2026-07-30T14:01:00.000Z',
})
const load = async (config: object = {}) => {
  loaded = await loadNode({ type: 'harbor-command', config, server: { url: server.origin } })
  return loaded
}
const answer = (results: CommandView['state'][], reason?: string) => {
  server.answers.set(`POST ${COMMANDS}`, () => ({ status: 202, body: command('sent') }))
  server.answers.set(`GET ${COMMANDS}/c-1`, () => ({ body: command(results.shift() ?? 'sent', reason) }))
}

test('a relay is switched in the name of the flow, and the first output says that it is done', async () => {
  answer(['sent', 'done'])
  const { receive, outputs, caught } = await load({ action: 'relay-off' })
  receive({ device: DEVICE, keep: 'me' })
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1), 5_000)
  expect(outputs[0][0]).toMatchObject({ keep: 'me', payload: { device: DEVICE, action: 'relay-off', state: 'done' } })
  expect(server.asked[0]).toEqual({ method: 'POST', path: COMMANDS, flow: '夜间 Night', body: { action: 'relay-off' } })
  expect([outputs[1], caught]).toEqual([[], []])
})

test.each(['refused', 'failed', 'expired'] as const)(
  'a command that is %s comes out of the second output with its reason',
  async state => {
    answer([state], 'people are inside')
    const { receive, outputs } = await load({ device: DEVICE })
    receive({ action: 'relay-off' })
    await vi.waitFor(() => expect(outputs[1]).toHaveLength(1), 5_000)
    expect(outputs[1][0]).toMatchObject({ payload: { state, reason: 'people are inside' } })
    expect(outputs[0]).toEqual([])
  },
)

test('what the server itself refuses comes out of the second output with its reason', async () => {
  const error = { code: 'not_allowed', message: 'a fridge is never switched' }
  server.answers.set(`POST ${COMMANDS}`, () => ({ status: 403, body: { error } }))
  const { receive, outputs, caught } = await load()
  receive({ device: DEVICE, action: 'relay-off' })
  await vi.waitFor(() => expect(outputs[1]).toHaveLength(1))
  expect(outputs[1][0]).toMatchObject({ payload: { state: 'refused', reason: error.message } })
  expect(caught).toEqual([])
})

test('a command that came too late is not sent', async () => {
  const { receive, outputs } = await load()
  receive({ device: DEVICE, action: 'relay-off', validUntil: '2026-07-30T22:00:00+08:00' })
  await vi.waitFor(() => expect(outputs[1]).toHaveLength(1))
  expect(outputs[1][0]).toMatchObject({ payload: { state: 'expired' } })
  expect(server.asked).toEqual([])
})

test('a server that is away for a moment does not lose the answer of a command that was given', async () => {
  answer(['sent', 'done'])
  const { receive, outputs, caught } = await load()
  receive({ device: DEVICE, action: 'relay-off' })
  await vi.waitFor(() => expect(server.asked).toHaveLength(1))
  server.failing.status = 503
  await vi.waitFor(() => expect(loaded?.statuses.at(-1)).toBe('error: the server answers 503'), 5_000)
  server.failing.status = undefined
  await vi.waitFor(() => expect(outputs[0]).toHaveLength(1), 5_000)
  expect(caught).toEqual([])
})

test('a server that does not take the command at all is an error for Catch nodes', async () => {
  const { receive, outputs, caught } = await load()
  server.failing.status = 500
  receive({ device: DEVICE, action: 'relay-on' })
  await vi.waitFor(() => expect(caught).toHaveLength(1))
  expect(caught[0]?.error).toMatchObject({
    code: 'NODE_SERVER_FAILED',
    message: expect.stringContaining('answered 500: not now'),
  })
  expect(outputs).toEqual([[], []])
})

test.each([
  [{ action: 'relay-off' }, /^device: /],
  [{ device: DEVICE }, /^action: /],
  [{ device: DEVICE, action: 'safety-reset' }, /^action: /],
  [{ device: 'Fridge 1', action: 'relay-on' }, /^device: expected 1 to 40/],
  [{ device: DEVICE, action: 'relay-on', validUntil: 'tomorrow' }, /^validUntil: /],
])('of %o the property that is wrong is named, and nothing is sent', async (message, named) => {
  const { receive, caught } = await load()
  receive(message)
  await vi.waitFor(() => expect(caught).toHaveLength(1))
  expect(caught[0]?.error).toMatchObject({ code: 'NODE_INPUT_INVALID', message: expect.stringMatching(named) })
  expect(server.asked).toEqual([])
})

test('a command whose answer is still to come when the flow stops is said to be unconfirmed, and the stop does not wait for it', async () => {
  answer([])
  const { receive, outputs, unload } = await load()
  receive({ device: DEVICE, action: 'relay-off' })
  await vi.waitFor(() => expect(server.asked.length).toBeGreaterThan(0))
  const askedAtMs = performance.now()
  await unload()
  expect(performance.now() - askedAtMs).toBeLessThan(2_000)
  expect(outputs[0]).toEqual([])
})
