import { expect, it } from 'vitest'
import { createQueueBook } from './queue-book.ts'

const limits = { queuedMessagesPerSession: 3, queuedBytesPerSession: 100 }

it('takes no more messages than the limit for one session, and leaves the others alone', () => {
  const book = createQueueBook(limits)
  expect([1, 2, 3, 4].map(() => book.add('a', 1))).toEqual([true, true, true, false])
  expect(book.add('b', 1)).toBe(true)
  book.remove('a', 1)
  expect(book.add('a', 1)).toBe(true)
  expect([book.sessions(), book.messages()]).toEqual([2, 4])
})

it('takes no more bytes than the limit for one session', () => {
  const book = createQueueBook(limits)
  expect(book.add('a', 100)).toBe(true)
  expect(book.add('a', 1)).toBe(false)
  book.remove('a', 100)
  expect(book.add('a', 101)).toBe(false)
  expect(book.sessions()).toBe(0)
})

it('forgets the sessions of one account only', () => {
  const book = createQueueBook(limits)
  for (const session of ['gw-1/a', 'gw-1/b', 'gw-10/a']) book.add(session, 1)
  book.forget('gw-1/')
  expect([book.sessions(), book.messages()]).toEqual([1, 1])
})
