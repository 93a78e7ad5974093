import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWatchdog } from './watchdog.ts'

const EVERY_MS = 30_000

let said: string[][]
let logged: object[]
let ailment: Error | undefined

beforeEach(() => {
  vi.useFakeTimers()
  said = []
  logged = []
  ailment = undefined
})

afterEach(() => vi.useRealTimers())

const watchdog = (options: { isWatched?: boolean; healthFile?: string } = {}) =>
  createWatchdog(
    { everyMs: EVERY_MS, isWatched: true, healthFile: undefined, ...options },
    {
      check: () => {
        if (ailment !== undefined) throw ailment
      },
      manager: { tell: async assignments => void said.push([...assignments]) },
      stopwatch: () => performance.now(),
      log: { info: () => undefined, warn: () => undefined, error: facts => logged.push(facts) },
    },
  )

const signs = () => said.filter(([first]) => first === 'WATCHDOG=1').length

describe('the watchdog', () => {
  it('says that the start is done, then that all is well at each half of the limit, then that it stops', async () => {
    const dog = watchdog()
    await dog.start()
    await vi.advanceTimersByTimeAsync(2 * EVERY_MS)
    await dog.stop()
    await dog.stop()
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS)
    const well = ['WATCHDOG=1', 'STATUS=well']
    expect(said).toEqual([['READY=1'], well, well, well, ['STOPPING=1']])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is silent while the outbox cannot be written, says why in the status, and goes on when it can', async () => {
    const dog = watchdog()
    await dog.start()
    ailment = Object.assign(new Error('disk I/O error'), { errcode: 10 })
    await vi.advanceTimersByTimeAsync(4 * EVERY_MS)
    expect(signs()).toBe(1)
    expect(said.at(-1)).toEqual(['STATUS=the outbox cannot be written: disk I/O error'])
    ailment = undefined
    await vi.advanceTimersByTimeAsync(EVERY_MS)
    expect(signs()).toBe(2)
    await dog.stop()
  })

  it('does not let a full disk restart what still sends from it', async () => {
    const dog = watchdog()
    ailment = Object.assign(new Error('database or disk is full'), { errcode: 13 })
    await dog.start()
    expect(said.at(-1)).toEqual(['WATCHDOG=1', 'STATUS=the outbox cannot be written: database or disk is full'])
    await dog.stop()
  })

  it('logs an ailment that lasts once a minute, not at each look', async () => {
    const dog = watchdog()
    ailment = new Error('gone')
    await dog.start()
    await vi.advanceTimersByTimeAsync(EVERY_MS)
    expect(logged).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(EVERY_MS)
    expect(logged).toHaveLength(2)
    await dog.stop()
  })
})

describe('the health file', () => {
  it('is written while all is well and grows old when it is not', async () => {
    vi.useRealTimers()
    const dir = await mkdtemp(join(tmpdir(), 'watchdog-'))
    const healthFile = join(dir, 'health')
    try {
      ailment = new Error('gone')
      const sick = watchdog({ healthFile, isWatched: false })
      await sick.start()
      await sick.stop()
      await expect(stat(healthFile)).rejects.toThrow('ENOENT')
      ailment = undefined
      const well = watchdog({ healthFile, isWatched: false })
      await well.start()
      await well.stop()
      expect((await stat(healthFile)).size).toBeGreaterThan(0)
      expect(signs()).toBe(0)
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})
