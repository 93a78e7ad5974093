import { type BrokerAccounts, encodeJson, topics } from '@harbor/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createMemoryBus } from '../../test/memory-bus.ts'
import { createAccountSync } from './account-sync.ts'

/** A sync with `count` accounts of revisions 1 to `count`, sent two at a time. */
function setUp(count: number) {
  const bus = createMemoryBus()
  // `above`: by how much the accounts were numbered anew.
  const registry = { count, above: 0 }
  const account = (revision: number) => ({
    revision,
    gateway: `gw-${revision - registry.above}`,
    district: '500103',
    secretSha256: 'a'.repeat(64),
  })
  const sync = createAccountSync(
    { batchSize: 2, answerMs: 1_000 },
    {
      bus,
      accountsAfter: async (revision, limit) =>
        Array.from({ length: registry.count }, (_, n) => account(registry.above + n + 1))
          .filter(account => account.revision > revision)
          .slice(0, limit),
      latestRevision: async () => registry.above + registry.count,
      renumberAfter: async revision => {
        registry.above += revision
      },
      log: pino({ level: 'silent' }),
    },
  )
  sync.start()
  onTestFinished(() => sync.stop())
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const brokerHas = async (accountsRevision: number) => {
    await bus.receive(topics.brokerStatus, encodeJson({ accountsRevision }))
    await settle()
  }
  const sent = () =>
    bus.published.map(({ topic, payload }) => {
      expect(topic).toBe(topics.brokerAccounts)
      return (JSON.parse(new TextDecoder().decode(payload)) as BrokerAccounts).accounts.map(({ revision }) => revision)
    })
  return { bus, registry, sync, brokerHas, sent, settle }
}

describe('account sync', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('sends an empty broker all accounts, one message for each answer', async () => {
    const { bus, brokerHas, sent } = setUp(5)
    bus.connect()
    await brokerHas(0)
    expect(sent()).toEqual([[1, 2]])
    await brokerHas(2)
    await brokerHas(4)
    expect(sent()).toEqual([[1, 2], [3, 4], [5]])
    await brokerHas(5)
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(sent()).toHaveLength(3)
  })

  it('sends nothing to a broker that has all', async () => {
    const { bus, brokerHas, sent } = setUp(5)
    bus.connect()
    await brokerHas(5)
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(sent()).toEqual([])
  })

  it('begins above a broker that is ahead of a registry from a backup, and sends it all', async () => {
    const { bus, brokerHas, sent } = setUp(3)
    bus.connect()
    await brokerHas(40)
    await brokerHas(42)
    expect(sent()).toEqual([[41, 42], [43]])
    await brokerHas(43)
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(sent()).toHaveLength(2)
  })

  it('sends a change at once, and a second one behind its answer', async () => {
    const { bus, registry, sync, brokerHas, sent, settle } = setUp(5)
    bus.connect()
    await brokerHas(5)
    registry.count = 6
    sync.accountsChanged()
    await settle()
    registry.count = 7
    sync.accountsChanged()
    await settle()
    expect(sent()).toEqual([[6]])
    await brokerHas(6)
    expect(sent()).toEqual([[6], [7]])
  })

  it('sends all again to a broker that lost its disk', async () => {
    const { bus, brokerHas, sent } = setUp(2)
    bus.connect()
    await brokerHas(2)
    bus.connect()
    await brokerHas(0)
    expect(sent()).toEqual([[1, 2]])
  })

  it('sends a message again that was not answered, ever more rarely', async () => {
    const { bus, brokerHas, sent } = setUp(2)
    bus.connect()
    await brokerHas(0)
    const counts: number[] = []
    for (const waitMs of [999, 1, 1_999, 1, 3_999, 1]) {
      await vi.advanceTimersByTimeAsync(waitMs)
      counts.push(sent().length)
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 4])
  })

  it('does not answer a broker that only repeats itself', async () => {
    const { bus, brokerHas, sent } = setUp(2)
    bus.connect()
    for (let n = 0; n < 10; n += 1) await brokerHas(0)
    expect(sent()).toEqual([[1, 2]])
  })

  it('sends from the first account to a broker that says nothing for a second', async () => {
    const { bus, sent } = setUp(2)
    bus.connect()
    await vi.advanceTimersByTimeAsync(999)
    expect(sent()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent()).toEqual([[1, 2]])
  })

  it('goes on after a status that cannot be read', async () => {
    const { bus, brokerHas, sent } = setUp(2)
    bus.connect()
    await bus.receive(topics.brokerStatus, encodeJson({ accountsRevision: -1 }))
    await brokerHas(0)
    expect(sent()).toEqual([[1, 2]])
  })

  it('leaves no timer after stop', async () => {
    const { bus, sync, brokerHas } = setUp(2)
    bus.connect()
    await brokerHas(0)
    sync.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
