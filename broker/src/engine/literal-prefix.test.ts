import * as fc from 'fast-check'
import { topicMatcher } from '@harbor/protocol'
import { expect, it } from 'vitest'
import { literalPrefix } from './literal-prefix.ts'

it('every topic that a filter matches begins with the literal prefix', () => {
  const level = fc.constantFrom('a', 'b', '+', '')
  const filter = fc
    .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'))
  const topic = fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 4 }).map(levels => levels.join('/'))
  fc.assert(
    fc.property(filter, topic, (filter, topic) => {
      fc.pre(topicMatcher(filter)(topic.split('/')))
      expect(topic.startsWith(literalPrefix(filter))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
