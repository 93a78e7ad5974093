import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Metric, Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StationClock, createStationClock } from '../clock/station-clock.ts'
import { openOutbox } from '../outbox/open-outbox.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { createDeviceClock } from './device-time.ts'
import { type Ledger, createLedger } from './ledger.ts'

const T = Date.UTC(2026, 6, 30)
const HOUR_MS = 3_600_000
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const deviceClock = createDeviceClock('Asia/Shanghai')

describe('the ledger', () => {
  let dir: string
  let outbox: Outbox
  let clock: StationClock
  let ledger: Ledger
  /** The machine: its wall clock, the time since its start, and its start's name. */
  let machine: { wallMs: number; upMs: number; boot: string }

  const file = () => join(dir, 'outbox.sqlite')
  /** Another process on the same machine, or after a start of it. */
  const restart = (next: Partial<typeof machine> = {}) => {
    outbox.close()
    outbox = openOutbox(file(), { maxBytes: 2 ** 24 }, { clock: () => T, log: SILENT })
    machine = { ...machine, ...next }
    const newestMs = outbox.newestReadings().reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0)
    clock = createStationClock(
      { clock: () => machine.wallMs, boot: machine.boot, upMs: () => machine.upMs, isSynchronised: () => undefined },
      newestMs,
    )
    ledger = createLedger(outbox, clock)
  }
  const pass = (ms: number) => {
    machine.wallMs += ms
    machine.upMs += ms
  }
  const say = (value: number, metric: Metric = 'power') => {
    const moment = clock.now()
    const wrong = clock.takeStepBack()
    if (wrong !== undefined) ledger.undate(wrong)
    ledger.take({ device: 'plug', metric, value, time: undefined }, { moment, deviceClock })
    ledger.commit([], 0)
  }
  const dateAll = () => {
    while (ledger.dateHeld());
  }
  const all = (): Reading[] => outbox.read({ firstId: 1, lastId: Number.MAX_SAFE_INTEGER })
  const dated = () => all().map(({ value, timeMs }) => [value, timeMs - T])

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ledger-'))
    outbox = openOutbox(file(), { maxBytes: 2 ** 24 }, { clock: () => T, log: SILENT })
    machine = { wallMs: T, upMs: 1_000, boot: 'b1' }
    restart()
  })
  afterEach(() => {
    outbox.close()
    rmSync(dir, { recursive: true })
  })

  it('holds what comes at 1970, and dates it by when it came once the clock is right', () => {
    restart({ wallMs: 0, upMs: 20_000 })
    say(1)
    pass(5_000)
    say(2)
    expect([all(), outbox.depth()]).toEqual([[], 2])
    pass(5_000)
    machine.wallMs = T
    dateAll()
    say(3)
    expect(dated()).toEqual([
      [1, -10_000],
      [2, -5_000],
      [3, 0],
    ])
  })

  it('dates after a restart of the process what an earlier one held under the same start of the machine', () => {
    restart({ wallMs: 0, upMs: 20_000 })
    say(1)
    pass(60_000)
    restart({ wallMs: T })
    dateAll()
    expect(dated()).toEqual([[1, -60_000]])
  })

  it('puts what was held when the power went right before the next start of the machine', () => {
    say(1)
    pass(1_000)
    restart({ wallMs: 0, upMs: 10_000, boot: 'b2' })
    say(2)
    pass(4_000)
    say(3)
    restart({ wallMs: 0, upMs: 15_000, boot: 'b3' })
    say(4)
    // An hour later somebody knows the time: b3 began 15 s before, b2 ended before that.
    machine.wallMs = T + HOUR_MS
    dateAll()
    const b3 = HOUR_MS - 15_000
    expect(dated()).toEqual([
      [1, 0],
      [2, b3 - 4_001],
      [3, b3 - 1],
      [4, HOUR_MS],
    ])
  })

  it('asks the server for the time when nobody else has it', () => {
    restart({ wallMs: 0, upMs: 20_000 })
    say(1)
    pass(2_000)
    clock.heardServer(T)
    dateAll()
    say(2)
    expect(dated()).toEqual([
      [1, -2_000],
      [2, 0],
    ])
    expect([clock.source(), clock.offsetMs()]).toEqual(['server', 2_000 - T])
  })

  it('dates again what a clock far ahead had dated', () => {
    say(1)
    machine.wallMs += 24 * HOUR_MS
    pass(1_000)
    say(2)
    pass(1_000)
    say(3)
    machine.wallMs -= 24 * HOUR_MS
    pass(1_000)
    say(4)
    dateAll()
    expect(dated()).toEqual([
      [1, 0],
      [2, 1_000],
      [3, 2_000],
      [4, 3_000],
    ])
  })

  it('carries a counter on over a reset, a restart and a start of the machine', () => {
    say(5_000, 'energy')
    pass(10_000)
    say(3, 'energy')
    restart()
    pass(10_000)
    say(4, 'energy')
    restart({ wallMs: 0, upMs: 0, boot: 'b2' })
    say(6, 'energy')
    machine.wallMs = T + HOUR_MS
    dateAll()
    expect(all().map(({ value }) => value)).toEqual([5_000, 5_003, 5_004, 5_006])
  })

  it('takes the counters of a release that did not carry them on for raw ones', () => {
    outbox.commit({
      readings: [{ device: 'plug', metric: 'energy', timeMs: T - 60_000, value: 700 }],
      messages: [],
      atMs: T,
    })
    restart()
    say(2, 'energy')
    say(5, 'energy')
    expect(all().map(({ value }) => value)).toEqual([700, 702, 705])
  })

  it('counts nothing twice when a commit fails', () => {
    say(5_000, 'energy')
    const { commit } = outbox
    outbox.commit = () => {
      throw new Error('disk full')
    }
    expect(() => say(30, 'energy')).toThrow('disk full')
    outbox.commit = commit
    pass(1_000)
    say(30, 'energy')
    say(31, 'energy')
    expect(all().map(({ value }) => value)).toEqual([5_000, 5_030, 5_031])
    expect(ledger.pending()).toBe(0)
  })

  it('loses nothing and keeps the order of what was measured, whatever clock, process and power do', () => {
    const event = fc.oneof(
      { weight: 8, arbitrary: fc.nat(60_000).map(ms => ({ kind: 'say' as const, ms })) },
      { weight: 2, arbitrary: fc.constant({ kind: 'date' as const }) },
      {
        weight: 2,
        arbitrary: fc
          .oneof(
            fc.constant(0),
            fc.integer({ min: T - 20 * 60_000, max: T + 20 * 60_000 }),
            fc.integer({ min: T, max: T + 99 * HOUR_MS }),
          )
          .map(wallMs => ({ kind: 'set' as const, wallMs })),
      },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'process' as const }, { kind: 'power' as const }) },
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), events => {
        outbox.close()
        rmSync(file(), { force: true })
        outbox = openOutbox(file(), { maxBytes: 2 ** 24 }, { clock: () => T, log: SILENT })
        machine = { wallMs: T, upMs: 1_000, boot: 'b0' }
        restart()
        let said = 0
        let starts = 0
        for (const next of events) {
          if (next.kind === 'say') {
            pass(next.ms)
            say((said += 1))
          } else if (next.kind === 'set') machine.wallMs = next.wallMs
          else if (next.kind === 'process') restart()
          else if (next.kind === 'power') restart({ wallMs: 0, upMs: 0, boot: `b${(starts += 1)}` })
          else ledger.dateHeld()
        }
        // At last the right time, later than all that ever was said.
        pass(1_000)
        machine.wallMs = T + 1_000 * HOUR_MS
        say((said += 1))
        dateAll()
        const kept = all()
        expect(outbox.heldCount()).toBe(0)
        expect(kept.map(({ value }) => value).sort((a, b) => a - b)).toEqual(
          Array.from({ length: said }, (_, n) => n + 1),
        )
        const byTime = [...kept].sort((a, b) => a.timeMs - b.timeMs).map(({ value }) => value)
        expect(byTime).toEqual([...byTime].sort((a, b) => a - b))
        expect(new Set(kept.map(({ timeMs }) => timeMs)).size).toBe(kept.length)
      }),
      { numRuns: 100 },
    )
  })
})
