import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AutomationBench, openAutomationBench } from '../../test/automation-fixture.ts'

const FLOW = { id: 'routing', name: 'Routing', state: 'off' as const, reason: 'off: WECOM_WEBHOOK not set' }

let bench: AutomationBench
beforeEach(async () => {
  bench = await openAutomationBench()
  await bench.addPerson('root', 'administrator')
  await bench.addPerson('boss', 'manager')
})
afterEach(() => bench[Symbol.asyncDispose]())

const stateOf = async () => (await bench.heartbeats.state()).accounts.find(({ account }) => account === 'node-red')

test('an account is silent three minutes after its last heartbeat, not before; administrators are told once', async () => {
  bench.heartbeats.start()
  await bench.heartbeats.take('node-red', [FLOW])
  bench.clock.nowMs += 179_999
  await bench.settle()
  expect([await stateOf(), bench.shown]).toMatchObject([{ state: 'running', flows: [FLOW] }, []])
  bench.clock.nowMs += 1
  for (let round = 0; round < 3; round++) await bench.settle()
  expect(await stateOf()).toMatchObject({ state: 'silent', silentSince: '2026-07-30T04:00:00.000Z' })
  expect(bench.shown.map(({ login, title }) => [login, title])).toEqual([['root', 'Automation is silent: node-red']])
})

test('heard again it runs, and the next silence is told anew', async () => {
  bench.heartbeats.start()
  for (let round = 0; round < 2; round++) {
    await bench.heartbeats.take('node-red', [])
    expect(await stateOf()).toMatchObject({ state: 'running' })
    bench.clock.nowMs += 180_000
    await bench.settle()
  }
  expect(bench.shown).toHaveLength(2)
})

test('after a restart of the server nobody is called silent for what was not listened to', async () => {
  bench.heartbeats.start()
  await bench.heartbeats.take('node-red', [])
  await bench.heartbeats.stop()
  bench.clock.nowMs += 3_600_000
  await bench.restart()
  bench.heartbeats.start()
  await bench.settle()
  expect(await stateOf()).toMatchObject({ state: 'unheard' })
  bench.clock.nowMs += 179_999
  await bench.settle()
  expect(bench.shown).toEqual([])
  bench.clock.nowMs += 1
  await bench.settle()
  expect(await stateOf()).toMatchObject({ state: 'silent' })
  expect(bench.shown).toHaveLength(1)
})

test('a fault that stood before a restart stands after it, and is not told a second time', async () => {
  bench.heartbeats.start()
  await bench.heartbeats.take('node-red', [])
  bench.clock.nowMs += 180_000
  await bench.settle()
  await bench.heartbeats.stop()
  await bench.restart()
  bench.heartbeats.start()
  await bench.settle()
  expect(await stateOf()).toMatchObject({ state: 'silent' })
  expect(bench.shown).toHaveLength(1)
})

test('an account that was never heard is no fault', async () => {
  bench.heartbeats.start()
  bench.clock.nowMs += 3_600_000
  await bench.settle()
  expect([await stateOf(), bench.shown]).toMatchObject([{ state: 'unheard', flows: [] }, []])
})
