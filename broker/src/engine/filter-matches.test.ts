import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { filterMatches, literalPrefix } from './filter-matches.ts'

// The examples of MQTT 3.1.1, 4.7.1.2 and 4.7.1.3.
it.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'sport', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['sport', 'sport', true],
  ['sport', 'Sport', false],
  ['sport/a', 'sport', false],
])('%s matches %s: %s', (filter, topic, matches) => expect(filterMatches(filter, topic)).toBe(matches))

it('every topic that a filter matches begins with the literal prefix', () => {
  const level = fc.constantFrom('a', 'b', '+', '')
  const filter = fc
    .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'))
  const topic = fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 4 }).map(levels => levels.join('/'))
  fc.assert(
    fc.property(filter, topic, (filter, topic) => {
      fc.pre(filterMatches(filter, topic))
      expect(topic.startsWith(literalPrefix(filter))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
