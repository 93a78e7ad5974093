import { expect, it } from 'vitest'
import { createQueueBook } from './queue-book.ts'

const limits = { queuedMessagesPerSession: 3, queuedBytesPerSession: 100 }

it('takes no more messages than the limit for one session, and leaves the others alone', () => {
  const book = createQueueBook(limits)
  expect([1, 2, 3, 4].map(() => book.add('a', 1))).toEqual([true, true, true, false])
  expect(book.add('b', 1)).toBe(true)
  book.remove('a', 1)
  expect(book.add('a', 1)).toBe(true)
  expect(book.messages()).toBe(4)
})

it('takes no more bytes than the limit for one session', () => {
  const book = createQueueBook(limits)
  expect(book.add('a', 100)).toBe(true)
  expect(book.add('a', 1)).toBe(false)
  book.remove('a', 100)
  expect(book.add('a', 101)).toBe(false)
  expect(book.messages()).toBe(0)
})

it('forgets the sessions it is told to, and no others', () => {
  const book = createQueueBook(limits)
  for (const session of ['gw-1/a', 'gw-1/b', 'gw-10/a']) book.add(session, 1)
  book.forget(session => session.startsWith('gw-1/'))
  expect(book.messages()).toBe(1)
})
