import { array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import {
  FIRST_STATE,
  type LaunchEvent,
  type LaunchState,
  MAX_TRIAL_STARTS,
  decide,
  versionToRun,
} from './launch-state.ts'

const request = (version: string, configVersion = 1) => ({ version, configVersion })
const ended = (more: Partial<Extract<LaunchEvent, { kind: 'ended' }>> = {}): LaunchEvent => ({
  kind: 'ended',
  isProven: false,
  request: undefined,
  how: 'with exit code 1',
  ...more,
})
const after = (events: LaunchEvent[], from = FIRST_STATE) =>
  events.reduce((state, event) => decide(state, event).state, from)

test('software that was asked for is current once it has proven itself, and what it follows is kept', () => {
  const tried = after([ended({ request: request('2.0.0') })])
  expect(versionToRun(tried)).toBe('2.0.0')
  expect(tried.current).toBe('-')
  expect(after([{ kind: 'proved' }], tried)).toEqual({ current: '2.0.0', previous: '-' })
})

test('software that ends early is started three times, then what ran before, and the reason is kept', () => {
  let state = after([ended({ request: request('2.0.0') })])
  for (let start = 1; start < MAX_TRIAL_STARTS; start += 1) {
    state = after([ended()], state)
    expect(versionToRun(state)).toBe('2.0.0')
  }
  const { state: last, act } = decide(state, ended())
  expect(act).toBe('run')
  expect(versionToRun(last)).toBe('-')
  expect(last.failed?.reason).toContain('started 3 times')
  expect(last.failed?.reason).toContain('with exit code 1')
})

test('software that runs but reaches nobody is ended when its time is over', () => {
  const tried = after([ended({ request: request('2.0.0') })])
  const { state, act } = decide(tried, { kind: 'late', afterMs: 300_000 })
  expect(act).toBe('stop')
  expect(state).toMatchObject({ current: '-', failed: { version: '2.0.0' } })
  expect(state.failed?.reason).toContain('within 300 s')
})

test('the request of a failed trial is no news, one of another config is', () => {
  const failed = after([ended({ request: request('2.0.0', 7) }), { kind: 'late', afterMs: 1_000 }])
  expect(decide(failed, ended({ request: request('2.0.0', 7) })).act).toBe('leave')
  expect(versionToRun(after([ended({ request: request('2.0.0', 8) })], failed))).toBe('2.0.0')
})

test('however it ends, is proven, late or killed: only what proved itself becomes current, and nothing unproven runs a fourth time', () => {
  const version = constantFrom('-', '1.0.0', '2.0.0', '3.0.0')
  const asked = option(record({ version, configVersion: integer({ min: 1, max: 3 }) }), { nil: undefined })
  const step = record({
    kind: constantFrom('ended', 'proved', 'late', 'killed', 'killed before the state was written'),
    request: asked,
    isProven: boolean(),
  })
  assert(
    property(array(step, { maxLength: 40 }), steps => {
      let state: LaunchState = FIRST_STATE
      let startsInARow = 0
      for (const { kind, request: wish, isProven } of steps) {
        const before = state
        const said = before.trying !== undefined && isProven
        const event: LaunchEvent =
          kind === 'ended'
            ? { kind, isProven: said, request: wish, how: 'by SIGKILL' }
            : kind === 'proved'
              ? { kind }
              : kind === 'late'
                ? { kind, afterMs: 1 }
                : { kind: 'began', isProven: said, request: wish }
        const decided = decide(before, event)
        // A kill before the state was written: the next launcher finds what the last one found.
        if (kind === 'killed before the state was written') continue
        // And one after it finds the request again, if that was not yet taken away.
        state = JSON.parse(JSON.stringify(decided.state)) as LaunchState
        const wasProven = event.kind === 'proved' || said
        const isChanged = state.current !== before.current
        expect(isChanged && !wasProven).toBe(false)
        expect([isChanged, state.current, state.previous]).toEqual(
          isChanged ? [true, before.trying?.version, before.current] : [false, before.current, before.previous],
        )
        expect([state.current, state.trying?.version]).toContain(versionToRun(state))
        // A trial's starts are counted from one, each once.
        const isRun = decided.act === 'run' && state.trying !== undefined
        const isFirst = state.trying?.starts === 1
        if (isRun) startsInARow = isFirst ? 1 : startsInARow + 1
        expect(state.trying?.starts ?? 0).toBeLessThanOrEqual(MAX_TRIAL_STARTS)
        expect(isRun ? startsInARow : 0).toBe(isRun ? state.trying?.starts : 0)
        expect(event.kind === 'began' ? decided.act : 'run').toBe('run')
      }
    }),
  )
})
