import { expect, it } from 'vitest'
import { createSessionList } from './session-list.ts'

it('names the oldest sessions of the account that are not in use, once there are too many', () => {
  const list = createSessionList(2, session => session === 'gw-1/a')
  expect(list.stored('gw-1/a', ['x'])).toEqual([])
  expect(list.stored('gw-1/b', ['x'])).toEqual([])
  expect(list.stored('gw-2/c', ['x'])).toEqual([])
  expect(list.stored('gw-1/b', ['y'])).toEqual([])
  expect(list.stored('gw-1/d', ['x'])).toEqual(['gw-1/b'])
  list.deleted('gw-1/b')
  expect(list.size()).toBe(3)
})

it('counts a session until its last filter is gone', () => {
  const list = createSessionList(1, () => false)
  list.stored('gw-1/a', ['x', 'y'])
  list.deleted('gw-1/a', ['x'])
  expect(list.size()).toBe(1)
  list.deleted('gw-1/a', ['y'])
  list.deleted('gw-1/a', ['y'])
  expect(list.size()).toBe(0)
  expect(list.stored('gw-1/b', ['x'])).toEqual([])
})

it('makes no session of a subscription of which nothing was granted', () => {
  const list = createSessionList(1, () => false)
  expect(list.stored('gw-1/a', [])).toEqual([])
  expect(list.size()).toBe(0)
})
