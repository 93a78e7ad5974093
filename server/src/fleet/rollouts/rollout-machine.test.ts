import { type RolloutHealth, rolloutHealthSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Act,
  type Facts,
  MAX_IN_FLIGHT,
  type Member,
  type Rollout,
  failuresOf,
  memberAfter,
  nextActs,
  outcomeOf,
} from './rollout-machine.ts'

const HEALTH: RolloutHealth = rolloutHealthSchema.parse({ steadyMs: 5_000, settleMs: 60_000, offlineMs: 300_000 })
const WELL: Facts = {
  isOnline: true,
  sinceMs: 0,
  runs: undefined,
  refused: undefined,
  readingsAtMs: undefined,
  hasDevices: true,
  alertAtMs: undefined,
}

const memberOf = (index: number, stage: number): Member => ({
  gateway: `g${String(index).padStart(4, '0')}`,
  stage,
  state: 'queued',
  failure: undefined,
  newVersion: undefined,
  backVersion: undefined,
  changedAtMs: undefined,
  sinceMs: 0,
})

type Mutable = { -readonly [Key in keyof Rollout]: Rollout[Key] } & { members: Map<string, Member> }

function rolloutOf(stages: readonly number[], more: Partial<Rollout> = {}): Mutable {
  const members = stages.flatMap((size, stage) => Array.from({ length: size }, () => stage))
  return {
    state: 'running',
    stage: undefined,
    stages: stages.length,
    maxFailures: 0,
    health: HEALTH,
    ...more,
    members: new Map(members.map((stage, index) => [memberOf(index, stage).gateway, memberOf(index, stage)])),
  }
}

/** A gateway as the world has it: what it runs, and how it takes what it is given. */
interface Box {
  kind: 'good' | 'refuses' | 'silent' | 'alerts' | 'away'
  isOnline: boolean
  /** The newest that it was given, and what is in it. */
  desired: { version: number; isNew: boolean }
  runs: { version: number; isNew: boolean }
  refused: number | undefined
  readingsAtMs: number
  alertAtMs: number | undefined
  timesGivenNew: number
}

/** What is written down, the world, and the clock. An act is done whole: a restart reads what is written, and nothing else. */
interface World {
  rollout: Mutable
  boxes: Map<string, Box>
  atMs: number
  /** The most failures and changed gateways at any time before it was stopped. */
  newAfterLimit: number
}

function worldOf(kinds: readonly Box['kind'][], rollout: Mutable): World {
  const boxes = [...rollout.members.keys()].map((gateway, index): [string, Box] => {
    const kind = kinds[index % kinds.length] ?? 'good'
    return [
      gateway,
      {
        kind,
        isOnline: kind !== 'away',
        desired: { version: 1, isNew: false },
        runs: { version: 1, isNew: false },
        refused: undefined,
        readingsAtMs: 0,
        alertAtMs: undefined,
        timesGivenNew: 0,
      },
    ]
  })
  return { rollout, boxes: new Map(boxes), atMs: 0, newAfterLimit: 0 }
}

const factsIn =
  (world: World) =>
  (gateway: string): Facts => {
    const box = world.boxes.get(gateway) as Box
    return {
      isOnline: box.isOnline,
      sinceMs: 0,
      runs: box.runs.version,
      refused: box.refused === undefined ? undefined : { version: box.refused, reason: 'x' },
      readingsAtMs: box.readingsAtMs,
      hasDevices: true,
      alertAtMs: box.alertAtMs,
    }
  }

/** Carries out the first act as the runner does; `false`: there is none. */
function carryOut(world: World, act: Act): void {
  const { rollout, boxes, atMs } = world
  switch (act.kind) {
    case 'gateway': {
      const box = boxes.get(act.gateway) as Box
      let version: number | undefined
      if (act.gives !== undefined) {
        version = box.desired.version + 1
        box.desired = { version, isNew: act.gives === 'new' }
        if (act.gives === 'new') {
          box.timesGivenNew += 1
          if (failuresOf(rollout) > rollout.maxFailures) world.newAfterLimit += 1
        }
      }
      const carriedOut = outcomeOf(act, version === undefined ? undefined : { version })
      const member = rollout.members.get(act.gateway) as Member
      rollout.members.set(act.gateway, memberAfter(member, carriedOut, { atMs, version }))
      return
    }
    case 'stage-begun':
      rollout.stage = act.stage
      return
    case 'stopped':
      rollout.state = 'rolling_back'
      return
    case 'done':
      rollout.state = 'done'
      return
    case 'rolled-back':
      rollout.state = 'rolled_back'
  }
}

function look(world: World, most = Infinity): void {
  for (let done = 0; done < most; done += 1) {
    const [act] = nextActs(world.rollout, factsIn(world), world.atMs)
    if (act === undefined) return
    carryOut(world, act)
  }
}

/** The gateway does what its kind does with what it was given. */
function answer(world: World, gateway: string): void {
  const box = world.boxes.get(gateway) as Box
  if (!box.isOnline || box.desired.version <= box.runs.version) return
  if (box.kind === 'silent' && box.desired.isNew) return
  if (box.kind === 'refuses' && box.desired.isNew) {
    box.refused = box.desired.version
    return
  }
  box.runs = box.desired
  if (box.kind === 'alerts' && box.desired.isNew) box.alertAtMs = world.atMs
}

/** A restart: what was in memory is gone, what was written is read. */
function restart(world: World): void {
  world.rollout = structuredClone(world.rollout)
}

const kindArb = fc.constantFrom<Box['kind']>('good', 'good', 'good', 'refuses', 'silent', 'alerts', 'away')
const eventArb = fc.oneof(
  fc.record({ kind: fc.constant('look' as const), most: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ kind: fc.constant('answer' as const), index: fc.nat(30) }),
  fc.record({ kind: fc.constant('flap' as const), index: fc.nat(30) }),
  fc.record({ kind: fc.constantFrom('restart' as const, 'pause' as const, 'resume' as const, 'abort' as const) }),
)

/** What of the promises is broken at the end. */
function wrongs({ rollout, boxes, newAfterLimit }: World): string[] {
  const { state, members, maxFailures } = rollout
  const ends = [...members.values()].flatMap(({ gateway, state: end, failure }) => {
    const { desired, runs, timesGivenNew } = boxes.get(gateway) as Box
    const broken = {
      'is not at an end': !['well', 'reverted', 'unreached', 'left'].includes(end),
      'has the new though it was rolled back': state === 'rolled_back' && end === 'well',
      'failed and has the new': failure !== undefined && end === 'well',
      // What the server wants of it is the new or the former, whole.
      'is wanted to have something else': desired.isNew !== (end === 'well'),
      'runs the former though it is well': end === 'well' && !runs.isNew,
      'runs the new though it was reverted': (end === 'reverted' || end === 'left') && runs.isNew,
      'was changed twice': timesGivenNew > 1,
    }
    return Object.entries(broken).flatMap(([text, isBroken]) => (isBroken ? `${gateway} ${text}` : []))
  })
  return [
    ...(state === 'done' || state === 'rolled_back' ? [] : [`it is ${state}`]),
    ...(newAfterLimit > 0 ? ['gateways were changed beyond the limit'] : []),
    ...(state === 'done' && failuresOf(rollout) > maxFailures ? ['it is done with too many failures'] : []),
    ...ends,
  ]
}

describe('a rollout, whatever happens in whatever order', () => {
  test('ends with no gateway between two versions, past its limit changes nobody more, and changes each once at most', () => {
    fc.assert(
      fc.property(
        fc.array(kindArb, { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.record({ maxFailures: fc.nat(4), events: fc.array(eventArb, { maxLength: 80 }) }),
        (kinds, stages, { maxFailures, events }) => {
          const world = worldOf(kinds, rolloutOf(stages, { maxFailures }))
          const ids = [...world.boxes.keys()]
          const abort = () => (world.rollout.state = 'rolling_back')
          for (const event of events) {
            const id = 'index' in event ? ids[event.index % Math.max(1, ids.length)] : undefined
            const box = id === undefined ? undefined : world.boxes.get(id)
            if (event.kind === 'look') look(world, event.most)
            else if (event.kind === 'pass') world.atMs += event.ms
            else if (event.kind === 'restart') restart(world)
            else if (event.kind === 'pause' && world.rollout.state === 'running') world.rollout.state = 'paused'
            else if (event.kind === 'resume' && world.rollout.state === 'paused') world.rollout.state = 'running'
            else if (event.kind === 'abort' && ['running', 'paused'].includes(world.rollout.state)) abort()
            else if (event.kind === 'answer' && id !== undefined) answer(world, id)
            else if (event.kind === 'flap' && box !== undefined) box.isOnline = !box.isOnline
          }
          // From here on the world is calm: who is there answers and reads, and time passes.
          if (world.rollout.state === 'paused') world.rollout.state = 'running'
          for (let round = 0; round < 1_000 && !['done', 'rolled_back'].includes(world.rollout.state); round += 1) {
            look(world)
            for (const id of ids) answer(world, id)
            world.atMs += 5_000
            for (const box of world.boxes.values()) if (box.isOnline) box.readingsAtMs = world.atMs
          }
          expect(wrongs(world)).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })
})

describe('a gateway', () => {
  const started = (facts: Partial<Facts>, atMs: number, more: Partial<Member> = {}): Act[] => {
    const rollout = rolloutOf([1], { stage: 0 })
    rollout.members.set('g0000', { ...memberOf(0, 0), ...more })
    return nextActs(rollout, () => ({ ...WELL, ...facts }), atMs)
  }
  const changed = { state: 'changed', newVersion: 2, changedAtMs: 1_000, sinceMs: 1_000 } as const
  const watched = { ...changed, state: 'watched', sinceMs: 2_000 } as const

  test('that is not connected waits and has not failed before its time limit, whether it was changed or not', () => {
    const waiting = { state: 'waiting', sinceMs: 0 } as const
    expect(started({ isOnline: false }, 0)).toEqual([{ kind: 'gateway', gateway: 'g0000', to: 'waiting' }])
    expect(started({ isOnline: false }, 299_999, waiting)).toEqual([])
    expect(started({ isOnline: false }, 300_000, waiting)).toMatchObject([{ to: 'left', failure: 'offline' }])
    expect(started({ isOnline: false, sinceMs: 5_000 }, 304_999, changed)).toEqual([])
    expect(started({ isOnline: false, sinceMs: 5_000 }, 305_000, changed)).toMatchObject([
      { to: 'reverting', gives: 'former', failure: 'offline' },
    ])
  })

  test('is well after it has run the new for so long, and its readings have come since, and not a moment before', () => {
    expect(started({ runs: 2 }, 2_000, changed)).toMatchObject([{ to: 'watched' }])
    expect(started({ runs: 2, readingsAtMs: 2_500 }, 6_999, watched)).toEqual([])
    expect(started({ runs: 2, readingsAtMs: 1_999 }, 7_000, watched)).toEqual([])
    expect(started({ runs: 2, readingsAtMs: 2_500 }, 7_000, watched)).toMatchObject([{ to: 'well' }])
    expect(started({ runs: 2, hasDevices: false }, 7_000, watched)).toMatchObject([{ to: 'well' }])
  })

  test('fails by an alert of its station since it was changed, and by none before', () => {
    expect(started({ runs: 2, alertAtMs: 999 }, 3_000, watched)).toEqual([])
    expect(started({ runs: 2, alertAtMs: 1_000 }, 3_000, watched)).toMatchObject([
      { to: 'reverting', failure: 'alert' },
    ])
  })

  test('fails by refusing the new, by a later version of it too, and by refusing an older one not', () => {
    const refusing = (version: number) => started({ refused: { version, reason: 'no' } }, 3_000, changed)
    expect(refusing(1)).toEqual([])
    expect(refusing(2)).toMatchObject([{ failure: 'refused', reason: 'no' }])
    expect(refusing(3)).toMatchObject([{ failure: 'refused' }])
  })

  test('that cannot be given the new is left as it is and counts as failed', () => {
    const act = { kind: 'gateway', gateway: 'g', to: 'changed', gives: 'new' } as const
    expect(outcomeOf(act, { failure: 'losses', reason: '/devices/x' })).toEqual({
      kind: 'gateway',
      gateway: 'g',
      to: 'left',
      failure: 'losses',
      reason: '/devices/x',
    })
  })
})

test(`at most ${MAX_IN_FLIGHT} gateways are between the old and the new at once`, () => {
  const world = worldOf(['silent'], rolloutOf([MAX_IN_FLIGHT + 300], { maxFailures: 10_000 }))
  const acts = () => nextActs(world.rollout, factsIn(world), world.atMs)
  world.rollout.stage = 0
  for (const act of acts()) carryOut(world, act)
  const inFlight = [...world.rollout.members.values()].filter(({ state }) => state === 'changed')
  expect(inFlight.length).toBe(MAX_IN_FLIGHT)
  expect(acts()).toEqual([])
})

test('what is known to have failed stops it before one gateway more is changed', () => {
  const rollout = rolloutOf([3], { stage: 0 })
  rollout.members.set('g0002', { ...memberOf(2, 0), state: 'changed', newVersion: 2, changedAtMs: 0 })
  const facts = (gateway: string) => (gateway === 'g0002' ? { ...WELL, refused: { version: 2, reason: 'x' } } : WELL)
  expect(nextActs(rollout, facts, 1_000).map(act => ('gives' in act ? act.gives : undefined))).toEqual([
    'former',
    'new',
    'new',
  ])
})

test('a gateway that answered in time does not fail because it was looked at late', () => {
  const rollout = rolloutOf([1], { stage: 0 })
  const late = HEALTH.settleMs * 1.5
  const member = { ...memberOf(0, 0), state: 'changed', newVersion: 2, changedAtMs: 0 } as const
  rollout.members.set('g0000', member)
  const facts = { ...WELL, runs: 2, readingsAtMs: late }
  expect(nextActs(rollout, () => facts, late)).toEqual([{ kind: 'gateway', gateway: 'g0000', to: 'watched' }])
  rollout.members.set('g0000', { ...member, state: 'watched', sinceMs: late })
  expect(nextActs(rollout, () => facts, late + HEALTH.steadyMs)).toMatchObject([{ to: 'well' }])
  const silent = { ...facts, readingsAtMs: undefined }
  const untilMs = late + HEALTH.steadyMs + HEALTH.settleMs
  expect(nextActs(rollout, () => silent, untilMs - 1)).toEqual([])
  expect(nextActs(rollout, () => silent, untilMs)).toMatchObject([{ failure: 'unsettled' }])
})
