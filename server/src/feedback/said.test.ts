import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Confirmation, isSameAgain, summarise } from './said.ts'

const MINUTE_MS = 60_000
const NOW = Date.parse('2026-11-23T04:00:00Z')

function said(says: Confirmation['says'], minutesAgo: number, rest: Partial<Confirmation> = {}): Confirmation {
  return { says, role: 'visitor', atMs: NOW - minutesAgo * MINUTE_MS, sender: 'phone', network: 'home', ...rest }
}

const at = (minutesAgo: number) => new Date(NOW - minutesAgo * MINUTE_MS).toISOString()

test('the newest of each kind is told, the newest first, and nothing older than three hours', () => {
  const known = [said('open', 200), said('locked', 90), said('clean', 181), said('locked', 20), said('full', 180)]
  expect(summarise(known, NOW)).toEqual([
    { says: 'locked', by: 'visitor', at: at(20), count: 1 },
    { says: 'full', by: 'visitor', at: at(180), count: 1 },
  ])
})

test('those who said so within the hour before the newest are counted, not before', () => {
  const known = [0, 30, 60, 61].map(minutes => said('open', minutes + 5, { network: `n${minutes}` }))
  expect(summarise(known, NOW)).toEqual([{ says: 'open', by: 'visitor', at: at(5), count: 3 }])
})

test('many phones of one network count once, keepers by themselves', () => {
  const crowd = Array.from({ length: 50 }, (_, n) => said('locked', 10, { sender: `made-up ${n}`, network: 'one' }))
  const keepers = [1, 2].map(n => said('locked', 12, { role: 'keeper', sender: `keeper ${n}`, network: 'one' }))
  expect(summarise([...crowd, ...keepers], NOW)).toEqual([
    { says: 'locked', by: 'visitor', at: at(10), count: 1 },
    { says: 'locked', by: 'keeper', at: at(12), count: 2 },
  ])
})

test('one phone says one thing once in ten minutes, also around midnight when its mark changes', () => {
  const known = [said('locked', 5, { sender: 'yesterday' })]
  const again = (senders: string[], says: Confirmation['says'] = 'locked', atMs = NOW) =>
    isSameAgain(known, { says, senders, atMs })
  expect(again(['today', 'yesterday'])).toBe(true)
  expect(again(['today', 'other'])).toBe(false)
  expect(again(['today', 'yesterday'], 'open')).toBe(false)
  expect(again(['yesterday'], 'locked', NOW + 5 * MINUTE_MS)).toBe(false)
})

test('in whatever order they came in, the same is told of the same', () => {
  const one = fc.record({
    says: fc.constantFrom('open', 'locked', 'full', 'broken', 'clean') as fc.Arbitrary<Confirmation['says']>,
    role: fc.constantFrom('keeper', 'visitor') as fc.Arbitrary<Confirmation['role']>,
    atMs: fc.integer({ min: NOW - 5 * 3_600_000, max: NOW }),
    sender: fc.constantFrom('a', 'b', 'c'),
    network: fc.constantFrom('x', 'y'),
  })
  const distinctTimes = fc.uniqueArray(one, { maxLength: 30, selector: ({ atMs }) => atMs })
  fc.assert(
    fc.property(distinctTimes, known => {
      const told = summarise(known, NOW)
      expect(new Set(told.map(({ says, by }) => `${says} ${by}`)).size).toBe(told.length)
      expect(summarise(known.toReversed(), NOW)).toEqual(told)
    }),
  )
})
