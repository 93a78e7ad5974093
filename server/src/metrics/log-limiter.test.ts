import { describe, expect, it } from 'vitest'
import { createLogLimiter } from './log-limiter.ts'

function setUp(maxKeys = 10) {
  const time = { nowMs: 0 }
  return { time, limiter: createLogLimiter({ everyMs: 60_000, maxKeys }, () => time.nowMs) }
}

describe('a log limiter', () => {
  it('lets a key through once a minute, and says how many were held back', () => {
    const { time, limiter } = setUp()
    expect(limiter.admit('a')).toBe(0)
    time.nowMs = 59_999
    expect(limiter.admit('a')).toBeUndefined()
    expect(limiter.admit('a')).toBeUndefined()
    time.nowMs = 60_000
    expect(limiter.admit('a')).toBe(2)
    expect(limiter.admit('a')).toBeUndefined()
  })

  it('keeps keys apart', () => {
    const { limiter } = setUp()
    limiter.admit('a')
    expect(limiter.admit('b')).toBe(0)
  })

  it('logs no new key while it remembers as many as it may, and goes on when the oldest has expired', () => {
    const { time, limiter } = setUp(2)
    limiter.admit('a')
    time.nowMs = 10
    limiter.admit('b')
    expect(limiter.admit('c')).toBeUndefined()
    time.nowMs = 60_000
    expect(limiter.admit('c')).toBe(0)
    expect(limiter.admit('d')).toBeUndefined()
  })
})
