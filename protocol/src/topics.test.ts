import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVENT_KINDS } from './messages.ts'
import {
  type GatewayAddress,
  type HarborTopic,
  filters,
  gatewayPrefix,
  isFilterBelow,
  isLegalFilter,
  parseTopic,
  topics,
} from './topics.ts'
import { districtArb, gatewayIdArb, idArb } from './test-arbitraries.ts'

const addressArb: fc.Arbitrary<GatewayAddress> = fc.record({ district: districtArb, gateway: gatewayIdArb })

/** The topic of what was parsed. */
function build(parsed: HarborTopic): string {
  switch (parsed.kind) {
    case 'telemetry':
    case 'ack':
    case 'status':
      return topics[parsed.kind](parsed.address)
    case 'check-in':
      return topics.checkIn(parsed.address)
    case 'config-desired':
      return topics.configDesired(parsed.address)
    case 'config-reported':
      return topics.configReported(parsed.address)
    case 'command':
      return topics.command(parsed.address, parsed.commandId)
    case 'command-result':
      return topics.commandResult(parsed.address, parsed.commandId)
    case 'event':
      return topics.event(parsed.district, parsed.event)
    case 'weather':
      return topics.weather(parsed.district)
    case 'broker-accounts':
      return topics.brokerAccounts
    case 'broker-status':
      return topics.brokerStatus
    case 'broker-refusals':
      return topics.brokerRefusals
  }
}

const parsedArb: fc.Arbitrary<HarborTopic> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('telemetry', 'ack', 'status', 'check-in', 'config-desired', 'config-reported'),
    address: addressArb,
  }),
  fc.record({ kind: fc.constantFrom('command', 'command-result'), address: addressArb, commandId: idArb }),
  fc.record({
    kind: fc.constant('event' as const),
    district: districtArb,
    event: fc.oneof(idArb, fc.constantFrom(...EVENT_KINDS)),
  }),
  fc.record({ kind: fc.constant('weather' as const), district: districtArb }),
  fc.record({ kind: fc.constantFrom('broker-accounts', 'broker-status') }),
)

test('a topic that is built parses to what it was built of', () => {
  fc.assert(
    fc.property(parsedArb, parsed => {
      expect(parseTopic(build(parsed))).toEqual(parsed)
    }),
  )
})

test('any text parses to nothing, or to what builds that text', () => {
  const levelArb = fc.oneof(
    fc.constantFrom(
      'harbor',
      'v1',
      'v2',
      '500103',
      '050010',
      'gw-1',
      'event',
      'broker',
      'accounts',
      'status',
      'command',
    ),
    fc.constantFrom(
      'telemetry',
      'ack',
      'check-in',
      'config',
      'desired',
      'reported',
      'result',
      '',
      '+',
      '#',
      '$SYS',
      'A',
    ),
  )
  const topicArb = fc.oneof(
    fc.string(),
    fc.array(levelArb, { maxLength: 7 }).map(levels => levels.join('/')),
    fc.array(levelArb, { maxLength: 4 }).map(levels => ['harbor', 'v1', '500103', ...levels].join('/')),
  )
  fc.assert(
    fc.property(topicArb, topic => {
      const parsed = parseTopic(topic)
      expect(parsed === undefined ? topic : build(parsed)).toBe(topic)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  '',
  'harbor/v1',
  'harbor/v1/500103',
  'harbor/v1/500103/gw-1',
  'harbor/v2/500103/gw-1/telemetry',
  '/harbor/v1/500103/gw-1/telemetry',
  'harbor/v1/500103/gw-1/telemetry/',
  'harbor/v1/50010/gw-1/telemetry',
  'harbor/v1/500103/GW-1/telemetry',
  'harbor/v1/500103/gw-1/command',
  'harbor/v1/500103/gw-1/command/a/b',
  'harbor/v1/500103/gw-1/command/a/result/x',
  'harbor/v1/500103/event',
  'harbor/v1/500103/event/alert-raised/x',
  'harbor/v1/broker',
  'harbor/v1/broker/accounts/x',
  'harbor/v1/broker/other',
])('%s is none of our topics', topic => {
  expect(parseTopic(topic)).toBeUndefined()
})

test.each(['+', '#', 'a/b', '', 'A', 'a b', 'a'.repeat(41), 'a\u0000'])('no topic is built of the id %j', id => {
  const address = { district: '500103', gateway: 'gw-1' }
  expect(() => topics.telemetry({ ...address, gateway: id })).toThrow('expected')
  expect(() => topics.telemetry({ ...address, district: id })).toThrow('expected')
  expect(() => topics.command(address, id)).toThrow('expected')
  expect(() => topics.event('500103', id)).toThrow('expected')
  expect(() => filters.telemetry(id)).toThrow('expected')
})

test('no gateway is called event: its topics would be where events are published', () => {
  expect(() => gatewayPrefix({ district: '500103', gateway: 'event' })).toThrow('event is not a gateway')
})

test('our own filters are legal', () => {
  const address = { district: '500103', gateway: 'gw-1' }
  const all = [
    filters.telemetry(),
    filters.telemetry('500103'),
    filters.status(),
    filters.checkIns(),
    filters.events(),
    filters.commands(address),
  ]
  expect(all.filter(filter => !isLegalFilter(filter))).toEqual([])
  expect(isFilterBelow(filters.commands(address), gatewayPrefix(address))).toBe(true)
})

describe('a topic filter by MQTT 3.1.1, 4.7', () => {
  test.each([
    // 4.7.1.2, with the specification's own examples
    ['sport/tennis/player1/#', true],
    ['sport/#', true],
    ['#', true],
    ['sport/tennis/#', true],
    ['sport/tennis#', false],
    ['sport/tennis/#/ranking', false],
    ['#/a', false],
    ['##', false],
    ['a/##', false],
    ['a#', false],
    ['#a', false],
    // 4.7.1.3
    ['+', true],
    ['+/tennis/#', true],
    ['sport+', false],
    ['sport/+/player1', true],
    ['/+', true],
    ['+/', true],
    ['+/+', true],
    ['a+', false],
    ['+a', false],
    ['a/+b', false],
    ['a+/b', false],
    ['++', false],
    ['+#', false],
    ['a/+#', false],
    // 4.7.2 and 4.7.3
    ['$SYS/#', true],
    ['', false],
    ['/', true],
    ['//', true],
    [' ', true],
    ['a\u0000b', false],
    ['a'.repeat(65_535), true],
    ['a'.repeat(65_536), false],
    ['港'.repeat(21_845), true], // 3 bytes each: 65,535
    ['港'.repeat(21_846), false],
  ])('%.40s: %s', (filter, isLegal) => {
    expect(isLegalFilter(filter)).toBe(isLegal)
  })
})

describe('a filter below a prefix', () => {
  const prefix = 'harbor/v1/500103/gw-1'

  test.each([
    [`${prefix}/#`, true],
    [`${prefix}/+/x`, true],
    [`${prefix}/ack`, true],
    [prefix, false],
    [`${prefix}0/ack`, false],
    [`${prefix}#`, false],
    ['#', false],
    ['+/v1/500103/gw-1/ack', false],
    ['harbor/v1/500103/+/ack', false],
    [`${prefix}/a+`, false],
  ])('%s: %s', (filter, isBelow) => {
    expect(isFilterBelow(filter, prefix)).toBe(isBelow)
  })

  test('matches no topic of anybody else', () => {
    const levelArb = fc.constantFrom('harbor', 'v1', '500103', 'gw-1', 'gw-2', 'ack', '')
    const filterLevelArb = fc.oneof(levelArb, fc.constantFrom('+', '#'))
    const below = (arb: fc.Arbitrary<string>) =>
      fc.oneof(
        fc.array(arb, { minLength: 1, maxLength: 6 }),
        fc.array(arb, { maxLength: 2 }).map(rest => [...prefix.split('/'), ...rest]),
      )
    fc.assert(
      fc.property(below(filterLevelArb), below(levelArb), (filter, topic) => {
        const isRisk = isFilterBelow(filter.join('/'), prefix) && matches(filter, topic)
        expect(!isRisk || `${topic.join('/')}/`.startsWith(`${prefix}/`)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

/** 4.7.1, straight from the text. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  const [head, ...rest] = filter
  if (head === undefined) return topic.length === 0
  if (head === '#') return true
  const [level, ...below] = topic
  if (level === undefined) return false
  return (head === '+' || head === level) && (matches(rest, below) || (rest[0] === '#' && below.length === 0))
}
