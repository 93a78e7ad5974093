import { describe, expect, it } from 'vitest'
import { topicMatcher } from './topic-filter.ts'
import { filters, topics } from './topics.ts'

const fits = (filter: string, topic: string) => topicMatcher(filter)(topic.split('/'))

describe('a topic filter', () => {
  // The examples of MQTT 3.1.1, 4.7.1.2, 4.7.1.3 and 4.7.2.
  it.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['#', 'any/thing', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/broker', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/broker', true],
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['sport', 'Sport', false],
    ['sport/a', 'sport', false],
  ])('%s and the topic %s: %s', (filter, topic, expected) => {
    expect(fits(filter, topic)).toBe(expected)
  })

  it('of one district fits no gateway of another', () => {
    const topic = topics.telemetry({ district: '500103', gateway: 'gw-1' })
    expect(fits(filters.telemetry(), topic)).toBe(true)
    expect(fits(filters.telemetry('500103'), topic)).toBe(true)
    expect(fits(filters.telemetry('500105'), topic)).toBe(false)
    expect(fits(filters.status(), topic)).toBe(false)
  })
})
