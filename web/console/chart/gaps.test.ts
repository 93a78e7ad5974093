import { describe, expect, it } from 'vitest'
import { withGaps } from './gaps.ts'

const MINUTE = 60_000

describe('withGaps', () => {
  it('draws no break at 150 s between reports of a minute, and one just above', () => {
    const before = [
      [0, 1],
      [MINUTE, 1],
      [2 * MINUTE, 1],
    ]
    expect(withGaps([...before, [2 * MINUTE + 150_000, 1]]).some(([, value]) => value === null)).toBe(false)
    expect(withGaps([...before, [2 * MINUTE + 150_001, 1]])[3]).toEqual([2 * MINUTE + 1, null])
  })

  it('follows a device that reports every five minutes', () => {
    const slow = Array.from({ length: 6 }, (_, index) => [index * 5 * MINUTE, 1])
    expect(withGaps(slow).some(([, value]) => value === null)).toBe(false)
    // 2 × 300 s + 30 s = 630 s
    expect(withGaps([...slow, [25 * MINUTE + 630_001, 1]]).some(([, value]) => value === null)).toBe(true)
  })

  it('breaks where one window has nothing, when windows are wide', () => {
    const every = 30 * MINUTE
    expect(
      withGaps(
        [
          [0, 1],
          [every, 1],
          [3 * every, 1],
        ],
        every,
      ).map(([, value]) => value),
    ).toEqual([1, 1, null, 1])
  })

  it.each([[[]], [[[5, 1]]]])('leaves %j as it is', points => {
    expect(withGaps(points)).toEqual(points)
  })
})
