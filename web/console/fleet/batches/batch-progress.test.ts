import { describe, expect, it } from 'vitest'
import { batchState } from './batch-progress.tsx'

describe('a batch', () => {
  it.each([
    [{ open: 1, used: 49, expired: 0, revoked: 0 }, 'open'],
    [{ open: 0, used: 50, expired: 0, revoked: 0 }, 'done'],
    [{ open: 0, used: 49, expired: 1, revoked: 0 }, 'over'],
    [{ open: 0, used: 0, expired: 0, revoked: 50 }, 'over'],
    [{ open: 0, used: 0, expired: 0, revoked: 0 }, 'over'],
  ] as const)('%o is %s', (counts, state) => expect(batchState(counts)).toBe(state))
})
