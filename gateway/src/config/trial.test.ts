import type { GatewayConfig } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConfigState, MAX_STARTS, type TrialInput, type TrialRecord, type Write, restored, step } from './trial.ts'

const LIMITS = { trialMs: 300_000, maxStarts: MAX_STARTS }

function config(version: number, timeZone = 'Asia/Shanghai'): GatewayConfig {
  return { version, gateway: 'gw-1', station: 'st-1', district: '500103', timeZone, devices: [] }
}

/** A gateway as the machine sees it: files that outlive a kill, and a process that does not. */
interface Box {
  disk: { config: GatewayConfig; previous: GatewayConfig | undefined; record: TrialRecord | undefined }
  state: ConfigState
  running: GatewayConfig
  reports: { version: number; state: string; reason?: string | undefined }[]
}

function newBox(): Box {
  const first = config(1)
  const disk = { config: first, previous: undefined, record: undefined }
  return { disk, state: restored(first, undefined), running: first, reports: [] }
}

/** Feeds an input; after `writesBeforeKill` writes, or all of them and the rest when it is undefined, the process is gone. */
function feed(box: Box, input: TrialInput, writesBeforeKill?: number): 'alive' | 'killed' {
  const { state, effects } = step(box.state, input, LIMITS)
  for (const [index, write] of effects.writes.entries()) {
    if (index === writesBeforeKill) return 'killed'
    keep(box, write)
  }
  if (writesBeforeKill !== undefined) return 'killed'
  box.state = state
  if (effects.run !== undefined) box.running = effects.run
  if (effects.report !== undefined) box.reports.push(effects.report)
  return 'alive'
}

function keep({ disk }: Box, write: Write): void {
  // As through a file: nothing is shared with the process' memory.
  if (write.file === 'config') disk.config = structuredClone(write.content)
  else if (write.file === 'previous') disk.previous = structuredClone(write.content)
  else disk.record = structuredClone(write.content)
}

function restart(box: Box): void {
  box.running = box.disk.config
  box.state = restored(box.disk.config, box.disk.record)
  feed(box, { kind: 'started' })
}

const move = fc.record({
  input: fc.oneof(
    fc.nat(12).map((version): TrialInput => ({ kind: 'desired', config: config(version) })),
    fc.constant<TrialInput>({ kind: 'acknowledged' }),
    fc.constantFrom(1, 10_000, 200_000).map((ms): TrialInput => ({ kind: 'elapsed', ms })),
    fc.constant<TrialInput>({ kind: 'unusable', reason: 'its port is taken' }),
  ),
  /** Killed after this many writes of it. */
  kill: fc.option(fc.nat(3), { nil: undefined, freq: 2 }),
})

describe('a gateway killed at any point', () => {
  it('has a working config on its disk: the first, or one that was acknowledged while it ran', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), moves => {
        const box = newBox()
        const proven = new Set([1])
        for (const { input, kill } of moves) {
          // An acknowledgement proves what ran when it came, also when the process dies over it.
          if (input.kind === 'acknowledged' && box.state.trial !== undefined) proven.add(box.running.version)
          if (feed(box, input, kill) === 'killed') restart(box)
          expect(proven).toContain(box.disk.config.version)
          expect(proven).toContain(box.disk.previous?.version ?? 1)
        }
      }),
    )
  })

  it('never goes back to a version below one that it had taken, other than to the one that worked', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), moves => {
        const box = newBox()
        let highest = 1
        for (const { input, kill } of moves) {
          const before = box.running
          const wasGood = box.state.good.version
          if (feed(box, input, kill) === 'killed') restart(box)
          const isNew = box.running.version !== before.version && box.running.version !== box.disk.config.version
          expect(isNew && box.running.version < highest).toBe(false)
          expect(box.disk.config.version).toBeGreaterThanOrEqual(wasGood)
          highest = Math.max(highest, box.disk.record?.highest ?? 1)
        }
      }),
    )
  })

  it('runs the config on its disk again after the time of a trial, whatever happened meanwhile but an acknowledgement', () => {
    const silent = move.filter(({ input }) => input.kind === 'elapsed' || input.kind === 'unusable')
    fc.assert(
      fc.property(fc.array(silent, { maxLength: 20 }), moves => {
        const box = newBox()
        feed(box, { kind: 'desired', config: config(2) })
        for (const { input, kill } of moves) if (feed(box, input, kill) === 'killed') restart(box)
        feed(box, { kind: 'elapsed', ms: LIMITS.trialMs })
        expect(box.running).toEqual(config(1))
        expect(box.reports.at(-1)).toMatchObject({ version: 2, state: 'refused' })
      }),
    )
  })

  it(`gives a config up that it was started with ${MAX_STARTS} times in vain, without waiting for the time`, () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(2) })
    for (let start = 1; start < MAX_STARTS; start += 1) {
      restart(box)
      expect(box.running.version).toBe(2)
    }
    restart(box)
    expect(box.running.version).toBe(1)
    expect(box.reports).toEqual([{ version: 2, state: 'refused', reason: expect.stringContaining('started 3 times') }])
  })

  it('counts the time of a trial over restarts', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(2) })
    feed(box, { kind: 'elapsed', ms: 200_000 })
    restart(box)
    feed(box, { kind: 'elapsed', ms: 99_999 })
    expect(box.running.version).toBe(2)
    feed(box, { kind: 'elapsed', ms: 1 })
    expect(box.running.version).toBe(1)
  })
})

describe('a config', () => {
  it('is reported as applied when it was acknowledged, not when it arrived', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(2) })
    expect(box).toMatchObject({ running: config(2), reports: [], disk: { config: config(1) } })
    feed(box, { kind: 'acknowledged' })
    expect(box.reports).toEqual([{ version: 2, state: 'applied' }])
    expect(box.disk).toMatchObject({ config: config(2), previous: config(1) })
  })

  it('that is sent again changes nothing, and what became of it is said again', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(2) })
    feed(box, { kind: 'acknowledged' })
    const { effects, state } = step(box.state, { kind: 'desired', config: config(2) }, LIMITS)
    expect(state).toEqual(box.state)
    expect(effects).toEqual({ writes: [], report: { version: 2, state: 'applied' } })
  })

  it('that was rolled back is not tried again when the broker sends it once more', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(2) })
    feed(box, { kind: 'elapsed', ms: LIMITS.trialMs })
    feed(box, { kind: 'desired', config: config(2) })
    restart(box)
    feed(box, { kind: 'desired', config: config(2) })
    expect(box.running.version).toBe(1)
    expect(new Set(box.reports.map(report => JSON.stringify(report))).size).toBe(1)
  })

  it('older than one that was taken is refused, also when that one failed: no replay', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(5) })
    feed(box, { kind: 'elapsed', ms: LIMITS.trialMs })
    feed(box, { kind: 'desired', config: config(4) })
    expect(box.running.version).toBe(1)
    expect(box.reports.at(-1)).toEqual({
      version: 4,
      state: 'refused',
      reason: expect.stringContaining('older than 5'),
    })
  })

  it('that was lost with a spoilt file is taken again, and nothing older than it', () => {
    const box = newBox()
    box.disk.record = { highest: 5, trial: undefined, failed: undefined }
    restart(box)
    feed(box, { kind: 'desired', config: config(4) })
    expect(box.running.version).toBe(1)
    feed(box, { kind: 'desired', config: config(5) })
    expect(box.running.version).toBe(5)
  })

  it('of a version that was another config before is refused', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(1, 'Europe/Berlin') })
    expect(box.reports).toEqual([{ version: 1, state: 'refused', reason: expect.stringContaining('another config') }])
  })

  it('newer than the one on trial takes its place; the one that worked stays the way back', () => {
    const box = newBox()
    feed(box, { kind: 'desired', config: config(2) })
    feed(box, { kind: 'desired', config: config(3) })
    expect(box.running.version).toBe(3)
    feed(box, { kind: 'unusable', reason: 'its port is taken' })
    expect(box.running.version).toBe(1)
    expect(box.reports).toEqual([{ version: 3, state: 'refused', reason: 'its port is taken' }])
  })
})
