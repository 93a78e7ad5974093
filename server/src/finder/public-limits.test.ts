import { hasCode } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { createPublicLimits } from './public-limits.ts'

const KEY = Buffer.alloc(16, 7)
const refusal = async (asked: Promise<void>) =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  )

test('an address that used up its share is told when to come again; its neighbours and this machine are not held up', async () => {
  const limits = createPublicLimits(KEY, { points: 10, duration: 10 })
  await limits.take('203.0.113.7', 6)
  await limits.take('203.0.113.7', 4)
  const refused = await refusal(limits.take('203.0.113.7', 1))
  expect(hasCode(refused, 'too_many_requests')).toBe(true)
  expect((refused as { retryAfterS: number }).retryAfterS).toBeGreaterThan(0)
  await limits.take('203.0.113.8', 10)
  for (let n = 0; n < 5; n++) await limits.take('127.0.0.1', 10)
})

test('a household with a network of IPv6 addresses has one share', async () => {
  const limits = createPublicLimits(KEY, { points: 2, duration: 10 })
  await limits.take('2001:db8:1:2::1', 1)
  await limits.take('2001:db8:1:2::2', 1)
  expect(await refusal(limits.take('2001:db8:1:2::3', 1))).toBeDefined()
  expect(await refusal(limits.take('2001:db8:1:3::1', 1))).toBeUndefined()
})
