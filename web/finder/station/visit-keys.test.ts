import { expect, test } from 'vitest'
import { type KeyStorage, createVisitKeys } from './visit-keys.ts'

const HOUR_MS = 3_600_000
const NOON_MS = new Date(2026, 6, 30, 12).getTime()

/** A phone's storage and clock; `keys` as a page finds them that is opened anew. */
function phone() {
  const items = new Map<string, string>()
  const storage: KeyStorage = {
    getItem: name => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
  }
  const clock = { nowMs: NOON_MS }
  return {
    items,
    clock,
    keys: () =>
      createVisitKeys(
        () => storage,
        () => clock.nowMs,
      ),
  }
}

test('what a phone says of one station on one day has one key, also after a reload', () => {
  const { keys } = phone()
  const key = keys().toSay('a')
  expect(key).toMatch(/^[0-9a-f]{32}$/)
  expect(keys().toSay('a')).toBe(key)
})

test('another station and another day have other keys, and those of yesterday are not kept', () => {
  const { keys, clock, items } = phone()
  const key = keys().toSay('a')
  expect(keys().toSay('b')).not.toBe(key)
  clock.nowMs += 24 * HOUR_MS
  expect(keys().toSay('a')).not.toBe(key)
  expect([...items.values()].join()).not.toContain(key)
})

test('going has the key of the coming, also from another page; the next coming has a new one', () => {
  const { keys } = phone()
  const came = keys().toCome('a')
  expect(keys().toCome('a')).toBe(came)
  expect(keys().toGo('a')).toBe(came)
  keys().left('a')
  expect(keys().toGo('a')).toBe(came)
  expect(keys().toCome('a')).not.toBe(came)
})

test('going without having come, said twice, is one going', () => {
  const { keys } = phone()
  const first = keys().toGo('a')
  keys().left('a')
  expect(keys().toGo('a')).toBe(first)
})

test('a stay is over after half a day', () => {
  const { keys, clock, items } = phone()
  const came = keys().toCome('a')
  clock.nowMs += 12 * HOUR_MS - 1
  expect(keys().toGo('a')).toBe(came)
  clock.nowMs += 1
  expect(keys().toCome('a')).not.toBe(came)
  expect([...items.values()].join()).not.toContain(came)
})

test('what is kept is bounded', () => {
  const { keys, items } = phone()
  const all = keys()
  for (let n = 0; n < 200; n += 1) all.toSay(`s${n}`)
  expect(items.get('harbor.visitKeys')?.length).toBeLessThan(4_000)
})

test.each(['not JSON', '{}', 'null', '{"day":1}'])('what somebody else wrote there does no harm: %s', text => {
  const { keys, items } = phone()
  items.set('harbor.visitKeys', text)
  expect(keys().toCome('a')).toHaveLength(32)
})

test('where storage is forbidden a page still keeps its keys for itself', () => {
  const keys = createVisitKeys(
    () => {
      throw new Error('forbidden')
    },
    () => NOON_MS,
  )
  expect(keys.toSay('a')).toBe(keys.toSay('a'))
})
