import type { Command } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CONFIRM_MS,
  type CommandEffects,
  type CommandInput,
  type CommandRecord,
  type CommandState,
  MAX_VALID_MS,
  NO_COMMANDS,
  RETRY_MS,
  nextTickMs,
  resumeCommands,
  stepCommands,
  untold,
} from './command-machine.ts'

const T0 = Date.UTC(2026, 6, 30)
const LIMITS = { maxRecords: 50, maxAgeMs: 7 * 24 * 3_600_000 }

/** The machine with its disk and its stopwatch. */
function createBench({ maxRecords = 50 } = {}) {
  let state: CommandState = NO_COMMANDS
  const disk = new Map<string, CommandRecord>()
  const bench = {
    nowMs: 0,
    isClockTrusted: true,
    orders: [] as string[],
    told: [] as CommandRecord[],
    resets: [] as string[],
    disk,
    state: () => state,
    moment: () => ({ clockMs: T0 + bench.nowMs, isClockTrusted: bench.isClockTrusted, stopwatchMs: bench.nowMs }),
    give: (input: CommandInput): CommandEffects => {
      const stepped = stepCommands(state, input, { moment: bench.moment(), limits: { ...LIMITS, maxRecords } })
      state = stepped.state
      bench.resets.push(...stepped.effects.reset)
      for (const record of stepped.effects.put) disk.set(record.id, record)
      for (const id of stepped.effects.remove) disk.delete(id)
      bench.orders.push(...stepped.effects.switch.map(({ device, on }) => `${device} ${on ? 'on' : 'off'}`))
      bench.told.push(...stepped.effects.tell)
      return stepped.effects
    },
    send: (id: string, command: Partial<Command> = {}, refusal?: string) =>
      bench.give({
        kind: 'received',
        id,
        command: { device: 'plug', action: 'relay-off', expires: T0 + bench.nowMs + 60_000, ...command },
        refusal,
      }),
    report: (relay: boolean | undefined, device = 'plug') => bench.give({ kind: 'heard', device, relay }),
    pass: (ms: number) => {
      bench.nowMs += ms
      bench.give({ kind: 'tick' })
    },
    restart: () => {
      state = resumeCommands(disk.values(), bench.moment())
    },
    answer: () => bench.told.at(-1),
  }
  return bench
}

describe('a command', () => {
  it('is done when the device itself says so, and not when it was sent', () => {
    const bench = createBench()
    bench.send('c1')
    expect([bench.orders, bench.told]).toEqual([['plug off'], []])
    bench.report(true)
    bench.report(undefined)
    bench.report(false, 'another')
    expect(bench.told).toEqual([])
    bench.report(false)
    expect(bench.answer()).toMatchObject({ id: 'c1', state: 'done', finishedMs: T0 })
  })

  it('fails after 10 s without a report, not before, and says what was heard', () => {
    const bench = createBench()
    bench.send('c1')
    bench.pass(CONFIRM_MS - 1)
    expect(bench.told).toEqual([])
    bench.pass(1)
    expect(bench.answer()).toMatchObject({ state: 'failed', reason: expect.stringContaining('was not heard') })
    bench.send('c2')
    bench.report(true)
    bench.pass(CONFIRM_MS)
    expect(bench.answer()).toMatchObject({ state: 'failed', reason: expect.stringContaining('says that it is on') })
    bench.report(false)
    expect(bench.told.length).toBe(2)
  })

  it('is sent again every 3 s until the device reports', () => {
    const bench = createBench()
    bench.send('c1')
    expect(nextTickMs(bench.state())).toBe(RETRY_MS)
    bench.pass(RETRY_MS)
    bench.pass(RETRY_MS)
    expect(bench.orders).toEqual(['plug off', 'plug off', 'plug off'])
    bench.report(false)
    bench.pass(RETRY_MS)
    expect(bench.orders.length).toBe(3)
    expect(nextTickMs(bench.state())).toBeUndefined()
  })

  it('is done when the device was so already, is there, and reports changes alone', () => {
    const bench = createBench()
    bench.report(false)
    bench.send('c1')
    bench.report(undefined)
    bench.pass(CONFIRM_MS)
    expect(bench.answer()).toMatchObject({ state: 'done', reason: 'it was so already' })
  })

  it('fails when the device was so once and is not there', () => {
    const bench = createBench()
    bench.report(false)
    bench.send('c1')
    bench.pass(CONFIRM_MS)
    expect(bench.answer()).toMatchObject({ state: 'failed' })
  })

  it.each([
    ['at the very moment that it expires', { expires: T0 }, /^expired 0 s before/],
    ['an hour past', { expires: T0 - 3_600_000 }, /^expired 3600 s before/],
    ['meant for later than an hour', { expires: T0 + MAX_VALID_MS + 1 }, /within an hour/],
  ])('is refused %s', (_name, command, reason) => {
    const bench = createBench()
    bench.send('c1', command)
    expect(bench.answer()).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) })
    expect(bench.orders).toEqual([])
  })

  it('is refused while the clock cannot be believed, also one that looks valid', () => {
    const bench = createBench()
    bench.isClockTrusted = false
    bench.send('c1')
    expect(bench.answer()).toMatchObject({ state: 'refused', reason: expect.stringContaining('clock') })
    bench.isClockTrusted = true
    bench.send('c1')
    expect(bench.orders).toEqual([])
  })

  it('is refused for the reason that the device gives', () => {
    const bench = createBench()
    bench.send('c1', {}, 'the plug is a fridge')
    expect(bench.answer()).toMatchObject({ state: 'refused', reason: 'the plug is a fridge' })
  })

  it('that comes again is answered with the stored result, and runs no second time', () => {
    const bench = createBench()
    bench.send('c1')
    bench.send('c1')
    bench.report(false)
    bench.nowMs += 30_000
    bench.restart()
    bench.send('c1')
    expect(bench.orders).toEqual(['plug off'])
    expect(bench.told.map(({ state, finishedMs }) => [state, finishedMs])).toEqual([
      ['done', T0],
      ['done', T0],
    ])
  })

  it('gives way to a later one for the same device', () => {
    const bench = createBench()
    bench.send('c1')
    bench.send('c2', { action: 'relay-on' })
    expect(bench.answer()).toMatchObject({ id: 'c1', state: 'failed', reason: 'command c2 came after it' })
    bench.report(false)
    bench.report(true)
    expect(bench.answer()).toMatchObject({ id: 'c2', state: 'done' })
  })

  it('ends when safety cuts the plug', () => {
    const bench = createBench()
    bench.send('c1', { action: 'relay-on' })
    bench.give({ kind: 'cut', device: 'plug' })
    bench.report(true)
    expect(bench.told.map(({ state }) => state)).toEqual(['failed'])
  })

  it('to reset a cut lifts it once', () => {
    const bench = createBench()
    bench.send('c1', { action: 'safety-reset' })
    bench.send('c1', { action: 'safety-reset' })
    expect(bench.resets).toEqual(['plug'])
    expect(bench.answer()).toMatchObject({ state: 'done' })
  })

  it('that ran at a restart is not sent again: the report ends it, or the time', () => {
    for (const isReported of [true, false]) {
      const bench = createBench()
      bench.send('c1')
      bench.restart()
      if (isReported) bench.report(false)
      else bench.pass(CONFIRM_MS)
      expect(bench.answer()).toMatchObject({ state: isReported ? 'done' : 'failed' })
      expect(bench.orders).toEqual(['plug off'])
    }
  })

  it('has its result told until the broker took it', () => {
    const bench = createBench()
    bench.send('c1', {}, 'no')
    expect(bench.give({ kind: 'up' }).tell).toHaveLength(1)
    bench.restart()
    expect(untold(bench.state())).toHaveLength(1)
    bench.give({ kind: 'taken', id: 'c1' })
    expect(bench.give({ kind: 'up' }).tell).toEqual([])
    bench.restart()
    expect(untold(bench.state())).toEqual([])
  })
})

describe('the table of commands', () => {
  it('forgets what has expired and was told first, and is never larger than its limit', () => {
    const bench = createBench({ maxRecords: 3 })
    for (let n = 1; n <= 3; n += 1) bench.send(`c${n}`, { expires: T0 + n * 1_000 }, 'no')
    bench.give({ kind: 'taken', id: 'c2' })
    bench.nowMs = 10_000
    bench.send('c4', {}, 'no')
    expect([...bench.disk.keys()]).toEqual(['c1', 'c3', 'c4'])
  })

  it('takes no more rather than forget what could still come again', () => {
    const bench = createBench({ maxRecords: 2 })
    bench.send('c1', {}, 'no')
    bench.send('c2', {}, 'no')
    bench.send('c3')
    expect([[...bench.disk.keys()], bench.orders, bench.told.length]).toEqual([['c1', 'c2'], [], 2])
  })
})

const idArb = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const eventArb = fc.oneof(
  fc.record({
    type: fc.constant('send' as const),
    id: idArb,
    device: fc.constantFrom('p', 'q'),
    action: fc.constantFrom('relay-on' as const, 'relay-off' as const),
    expiresInMs: fc.integer({ min: -5_000, max: 60_000 }),
    refusal: fc.constantFrom(undefined, undefined, 'no'),
  }),
  fc.record({ type: fc.constant('report' as const), device: fc.constantFrom('p', 'q'), relay: fc.boolean() }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 12_000 }) }),
  fc.record({ type: fc.constantFrom('restart' as const, 'up' as const) }),
  fc.record({ type: fc.constant('taken' as const), id: idArb }),
)

describe('in any order of commands, repetitions, reports and restarts', () => {
  it('each id runs at most once, has one result for ever, and none is left running', () => {
    fc.assert(
      fc.property(fc.array(eventArb, { maxLength: 60 }), events => {
        const bench = createBench()
        const results = new Map<string, string>()
        const ran = new Map<string, number>()
        // The same id is always the same command, as on a wire that repeats.
        const commands = new Map<string, { command: Partial<Command>; refusal: string | undefined }>()
        for (const event of events) {
          switch (event.type) {
            case 'send': {
              const { device, action, expiresInMs, refusal } = event
              const sent = commands.get(event.id) ?? {
                command: { device, action, expires: T0 + bench.nowMs + expiresInMs },
                refusal,
              }
              commands.set(event.id, sent)
              const effects = bench.send(event.id, sent.command, sent.refusal)
              if (effects.switch.length > 0) ran.set(event.id, (ran.get(event.id) ?? 0) + 1)
              break
            }
            case 'report':
              bench.report(event.relay, event.device)
              break
            case 'pass':
              bench.pass(event.ms)
              break
            case 'taken':
              bench.give({ kind: 'taken', id: event.id })
              break
            case 'restart':
              bench.restart()
              break
            case 'up':
              bench.give({ kind: 'up' })
          }
          for (const { id, state, reason, finishedMs } of bench.told) {
            const result = `${state} ${reason} ${finishedMs}`
            expect(results.get(id) ?? result).toBe(result)
            results.set(id, result)
          }
          expect(new Map(bench.state().records)).toEqual(new Map(bench.disk))
        }
        bench.pass(CONFIRM_MS)
        for (const count of ran.values()) expect(count).toBe(1)
        for (const record of bench.disk.values()) expect(record.state).not.toBe('running')
        expect(nextTickMs(bench.state())).toBeUndefined()
      }),
    )
  })
})
