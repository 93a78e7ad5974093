import { filters, isLegalFilter, topicMatcher, topics } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Account } from './account.ts'
import { mayPublish, mayRead, mayRetain, maySubscribe } from './authority.ts'

const own = { district: '500103', gateway: 'gw-1' }
const other = { district: '500103', gateway: 'gw-2' }
const moved = { district: '500104', gateway: 'gw-1' }
const gateway: Account = { kind: 'gateway', address: own }
const server: Account = { kind: 'server' }
const nodeRed: Account = { kind: 'node-red' }
const weather: Account = { kind: 'weather' }

describe('publishing', () => {
  it.each([
    // topic, gateway gw-1, server, node-red
    [topics.telemetry(own), true, false, false],
    [topics.status(own), true, false, false],
    [topics.configReported(own), true, false, false],
    [topics.commandResult(own, 'c1'), true, false, false],
    [topics.checkIn(own), true, false, false],
    [topics.checkIn(other), false, false, false],
    [topics.ack(own), false, true, false],
    [topics.configDesired(own), false, true, false],
    [topics.command(own, 'c1'), false, true, false],
    [topics.telemetry(other), false, false, false],
    [topics.status(other), false, false, false],
    [topics.telemetry(moved), false, false, false],
    [topics.event('500103', 'alert-raised'), false, true, false],
    [topics.brokerAccounts, false, true, false],
    [topics.brokerStatus, false, false, false],
    ['harbor/v1/500103/gw-1/anything', false, false, false],
    ['harbor/v1/500103/gw-1/telemetry/more', false, false, false],
    ['harbor/v2/500103/gw-1/telemetry', false, false, false],
    ['/harbor/v1/500103/gw-1/telemetry', false, false, false],
    ['$SYS/uptime', false, false, false],
    ['', false, false, false],
  ])('%s: gateway %s, server %s, node-red %s', (topic, ...may) => {
    expect([gateway, server, nodeRed].map(account => mayPublish(account, topic))).toEqual(may)
  })
})

describe('the weather service', () => {
  it('says the weather of districts and nothing else, and the newest is kept', () => {
    expect(mayPublish(weather, topics.weather('500103'))).toBe(true)
    expect(mayRetain(weather, topics.weather('500103'))).toBe(true)
    for (const topic of [topics.telemetry(own), topics.event('500103', 'notice-issued'), topics.brokerAccounts])
      expect(mayPublish(weather, topic)).toBe(false)
  })
  it('is told nothing, and nobody but the server hears it', () => {
    const filter = filters.weather()
    expect([gateway, server, nodeRed, weather].map(one => maySubscribe(one, filter))).toEqual([
      false,
      true,
      false,
      false,
    ])
    expect([gateway, server, nodeRed].map(one => mayPublish(one, topics.weather('500103')))).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('subscribing', () => {
  it.each([
    // filter, gateway gw-1, server, node-red
    [topics.ack(own), true, true, false],
    ['harbor/v1/500103/gw-1/#', true, true, false],
    [filters.commands(own), true, true, false],
    ['harbor/v1/500103/gw-1', false, true, false],
    ['harbor/v1/500103/gw-10/#', false, true, false],
    ['harbor/v1/500103/+/ack', false, true, false],
    ['harbor/v1/+/gw-1/ack', false, true, false],
    [topics.ack(other), false, true, false],
    ['harbor/v1/#', false, true, false],
    ['harbor/v1/+/event/#', false, true, true],
    ['harbor/v1/+/event/+', false, true, true],
    ['harbor/v1/500103/event/alert-raised', false, true, true],
    ['harbor/v1/+/event', false, true, false],
    ['harbor/v1/+/+/+', false, true, false],
    ['harbor/v1/#/event/x', false, false, false],
    ['harbor/+/+/event/#', false, false, false],
    ['harbor/#', false, false, false],
    ['#', false, false, false],
    ['+/v1/500103/gw-1/ack', false, false, false],
    ['$SYS/#', false, false, false],
    ['$share/x/harbor/v1/#', false, false, false],
    ['harbor/v1/500103/gw-1/a+', false, false, false],
    ['harbor/v1/500103/gw-1/a#', false, false, false],
    ['harbor/v1/500103/gw-1/#/a', false, false, false],
    ['', false, false, false],
  ])('%s: gateway %s, server %s, node-red %s', (filter, ...may) => {
    expect([gateway, server, nodeRed].map(account => maySubscribe(account, filter))).toEqual(may)
  })

  /** A topic below harbor/v1 or elsewhere, and a filter that matches it: some levels made `+`, the end perhaps made `#`. */
  const level = fc.constantFrom('harbor', 'v1', '500103', '500104', 'gw-1', 'gw-2', 'event', 'ack', 'x', '')
  const matching = fc
    .tuple(
      fc.constantFrom('', 'harbor/v1', 'harbor/v1/500103', 'harbor/v1/500103/gw-1', 'harbor/v1/500103/event'),
      fc.array(level, { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([root, rest, wildcards, cutAt]) => {
      const levels = [...root.split('/'), ...rest]
      const loose = levels.map((level, index) => (wildcards.includes(index) ? '+' : level))
      return {
        topic: levels.join('/'),
        filter: [...loose.slice(0, cutAt), ...(cutAt < levels.length ? ['#'] : [])].join('/'),
      }
    })
  it.each([gateway, server, nodeRed])('is granted to $kind only where every match may be read', account => {
    const granted = { count: 0 }
    fc.assert(
      fc.property(matching, ({ topic, filter }) => {
        expect(topicMatcher(filter)(topic.split('/'))).toBe(true)
        const isGranted = maySubscribe(account, filter)
        if (isGranted) granted.count += 1
        expect(!isGranted || (isLegalFilter(filter) && mayRead(account, topic))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(granted.count).toBeGreaterThan(20)
  })
})

describe('keeping', () => {
  it.each([
    [topics.status(own), true],
    [topics.configReported(own), true],
    [topics.configDesired(own), true],
    [topics.brokerStatus, true],
    [topics.telemetry(own), false],
    [topics.ack(own), false],
    [topics.command(own, 'c1'), false],
    [topics.commandResult(own, 'c1'), false],
    [topics.event('500103', 'alert-raised'), false],
    [topics.brokerAccounts, false],
    ['harbor/v1/x', false],
  ])('%s: %s', (topic, may) => expect(mayRetain(server, topic)).toBe(may))
})
