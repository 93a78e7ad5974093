import type { RolloutFailure, RolloutGatewayState, RolloutHealth, RolloutState } from '@harbor/protocol'

/** One gateway of a rollout, as it is written down. */
export interface Member {
  gateway: string
  stage: number
  state: RolloutGatewayState
  failure: RolloutFailure | undefined
  /** The versions of the configs that it was given: the new, and the former again. */
  newVersion: number | undefined
  backVersion: number | undefined
  changedAtMs: number | undefined
  /** When it came into its state. */
  sinceMs: number
}

/** A rollout, as it is written down. */
export interface Rollout {
  state: RolloutState
  /** Undefined: no stage has begun. */
  stage: number | undefined
  stages: number
  maxFailures: number
  health: RolloutHealth
  /** In the order in which they get their turn. */
  members: ReadonlyMap<string, Member>
}

/** What is known of a gateway at this moment. */
export interface Facts {
  /** Whether it is connected, and since when that is so. */
  isOnline: boolean
  sinceMs: number
  /** It says that it runs a config of this version, and all that belongs to it; undefined: nothing was heard. */
  runs: number | undefined
  /** What it refused last. */
  refused: { version: number; reason: string | undefined } | undefined
  /** When readings of it came last. */
  readingsAtMs: number | undefined
  /** It has devices, so that readings can be waited for. */
  hasDevices: boolean
  /** When the newest alert of its station was raised. */
  alertAtMs: number | undefined
}

/**
 * One change, whole or not at all: between two of them everything may end. `gives`: the gateway is given the new config, or its former one
 * under a new version, with this.
 */
export type Act =
  | {
      kind: 'gateway'
      gateway: string
      to: RolloutGatewayState
      gives?: 'new' | 'former'
      failure?: RolloutFailure
      reason?: string
    }
  /** `passed`: the stage that ends with it. */
  | { kind: 'stage-begun'; stage: number; passed: number | undefined }
  | { kind: 'stopped' }
  | { kind: 'done'; passed: number }
  | { kind: 'rolled-back' }

/** Gateways of one rollout between the old and the new at once. Chosen: what goes wrong in all of them is a tenth of a city. */
export const MAX_IN_FLIGHT = 500
/** Readings older than this do not flow, however short `steadyMs` is: many devices speak once a minute. */
const FLOWING_MS = 60_000

/** States in which nothing more happens to a gateway while the rollout goes forward. */
const SETTLED: ReadonlySet<RolloutGatewayState> = new Set(['well', 'reverted', 'unreached', 'left'])
/** States in which a gateway has, or may have, the new. */
const HAS_NEW: ReadonlySet<RolloutGatewayState> = new Set(['changed', 'watched', 'well'])
const IN_FLIGHT: ReadonlySet<RolloutGatewayState> = new Set(['changed', 'watched'])

/** How many have failed. */
export function failuresOf({ members }: Pick<Rollout, 'members'>): number {
  let failures = 0
  for (const { failure } of members.values()) if (failure !== undefined) failures += 1
  return failures
}

/**
 * What is to be done now; empty: nothing. To be carried out in order, and asked again: what a later act needs may have changed with an
 * earlier one. It depends on nothing but what is written down and the facts, so a restart at any point goes on from there.
 */
export function nextActs(rollout: Rollout, factsOf: (gateway: string) => Facts, atMs: number): Act[] {
  switch (rollout.state) {
    case 'ready':
    case 'done':
    case 'rolled_back':
      return []
    case 'rolling_back':
      return backward(rollout, factsOf, atMs)
    case 'running':
    case 'paused':
      return forward(rollout, factsOf, atMs)
  }
}

function forward(rollout: Rollout, factsOf: (gateway: string) => Facts, atMs: number): Act[] {
  const { stage, stages, members, maxFailures, state } = rollout
  // Before all else: a gateway more would be one too many.
  if (failuresOf(rollout) > maxFailures) return [{ kind: 'stopped' }]
  if (stage === undefined) return state === 'paused' ? [] : [{ kind: 'stage-begun', stage: 0, passed: undefined }]
  const acts: Act[] = []
  let room = MAX_IN_FLIGHT
  for (const member of members.values()) if (IN_FLIGHT.has(member.state)) room -= 1
  let isPassed = true
  for (const member of members.values()) {
    // Of earlier stages, too: one that was given its former again is waited for.
    if (member.stage > stage || SETTLED.has(member.state)) continue
    isPassed = false
    const mayChange = state === 'running' && room > 0
    const act = ofMember(member, { facts: factsOf(member.gateway), health: rollout.health, atMs, mayChange })
    if (act === undefined) continue
    if (act.gives === 'new') room -= 1
    acts.push(act)
  }
  // First who is known to have failed: each may be the one too many.
  if (!isPassed) return acts.toSorted((a, b) => rank(a) - rank(b))
  if (stage + 1 >= stages) return [{ kind: 'done', passed: stage }]
  // A pause holds here, before anything of the next stage is said.
  if (state === 'paused') return []
  return [{ kind: 'stage-begun', stage: stage + 1, passed: stage }]
}

function rank(act: Act): number {
  if (act.kind !== 'gateway') return 0
  return act.failure !== undefined ? 0 : act.gives === 'new' ? 2 : 1
}

function backward({ members, health }: Rollout, factsOf: (gateway: string) => Facts, atMs: number): Act[] {
  const acts: Act[] = []
  let isOver = true
  for (const member of members.values()) {
    const { gateway, state } = member
    if (HAS_NEW.has(state)) acts.push({ kind: 'gateway', gateway, to: 'reverting', gives: 'former' })
    else if (state === 'queued' || state === 'waiting') acts.push({ kind: 'gateway', gateway, to: 'left' })
    else if (state === 'reverting') {
      const act = ofReverting(member, { facts: factsOf(gateway), health, atMs })
      if (act !== undefined) acts.push(act)
    } else continue
    isOver = false
  }
  return isOver ? [{ kind: 'rolled-back' }] : acts
}

interface Look {
  facts: Facts
  health: RolloutHealth
  atMs: number
}

/** A change of one gateway. */
export type MemberAct = Extract<Act, { kind: 'gateway' }>

function ofMember(member: Member, look: Look & { mayChange: boolean }): MemberAct | undefined {
  const { gateway, state, sinceMs } = member
  const { facts, health, atMs, mayChange } = look
  switch (state) {
    case 'queued':
      if (facts.isOnline) return mayChange ? { kind: 'gateway', gateway, to: 'changed', gives: 'new' } : undefined
      return { kind: 'gateway', gateway, to: 'waiting' }
    case 'waiting':
      if (facts.isOnline) return mayChange ? { kind: 'gateway', gateway, to: 'changed', gives: 'new' } : undefined
      if (atMs - sinceMs < health.offlineMs) return undefined
      // It never had the new: there is nothing to give back.
      return { kind: 'gateway', gateway, to: 'left', failure: 'offline' }
    case 'changed':
    case 'watched':
      return ofChanged(member, look)
    case 'reverting':
      return ofReverting(member, look)
    case 'well':
    case 'reverted':
    case 'unreached':
    case 'left':
      return undefined
  }
}

function ofChanged(member: Member, { facts, health, atMs }: Look): MemberAct | undefined {
  const { gateway, state, sinceMs } = member
  const changedAtMs = member.changedAtMs ?? sinceMs
  const newVersion = member.newVersion ?? Infinity
  const fail = (failure: RolloutFailure, reason?: string): MemberAct => {
    const why = reason === undefined ? {} : { reason }
    return { kind: 'gateway', gateway, to: 'reverting', gives: 'former', failure, ...why }
  }
  // Not below: this server itself may have issued a later one of the same content since.
  if (facts.refused !== undefined && facts.refused.version >= newVersion) return fail('refused', facts.refused.reason)
  if (facts.alertAtMs !== undefined && facts.alertAtMs >= changedAtMs) return fail('alert')
  if (!facts.isOnline) {
    if (atMs - Math.max(changedAtMs, facts.sinceMs) >= health.offlineMs) return fail('offline')
    if (isOverdue(member, { health, atMs })) return fail('unsettled', 'it comes and goes')
    return state === 'watched' ? { kind: 'gateway', gateway, to: 'changed', reason: 'its connection ended' } : undefined
  }
  const doesRun = facts.runs !== undefined && facts.runs >= newVersion
  const isFlowing =
    !health.needsReadings ||
    !facts.hasDevices ||
    (facts.readingsAtMs ?? -Infinity) >= Math.max(sinceMs, atMs - Math.max(FLOWING_MS, health.steadyMs / 2))
  if (state === 'watched' && doesRun && isFlowing && atMs - sinceMs >= health.steadyMs)
    return { kind: 'gateway', gateway, to: 'well' }
  if (state === 'changed' && doesRun && !isOverdue(member, { health, atMs }))
    return { kind: 'gateway', gateway, to: 'watched' }
  // A look that came late is no fault of the gateway's: each half has its own time, counted from when it was seen to begin.
  const beganAtMs = Math.max(changedAtMs, facts.sinceMs, state === 'watched' ? sinceMs + health.steadyMs : 0)
  const settlesUntilMs = beganAtMs + health.settleMs
  if (atMs >= settlesUntilMs || isOverdue(member, { health, atMs }))
    return fail('unsettled', doesRun ? 'its readings did not come' : 'it did not say that it runs the new')
  if (state === 'changed') return undefined
  return doesRun ? undefined : { kind: 'gateway', gateway, to: 'changed', reason: 'it no longer runs the new' }
}

/** One that comes and goes begins to settle with each connection: not for ever. */
function isOverdue({ changedAtMs, sinceMs }: Member, { health, atMs }: Omit<Look, 'facts'>): boolean {
  return atMs - (changedAtMs ?? sinceMs) >= 2 * health.settleMs + health.steadyMs + health.offlineMs
}

function ofReverting({ gateway, sinceMs, backVersion = Infinity }: Member, look: Look): MemberAct | undefined {
  const { facts, health, atMs } = look
  if (facts.runs !== undefined && facts.runs >= backVersion) return { kind: 'gateway', gateway, to: 'reverted' }
  if (facts.refused !== undefined && facts.refused.version >= backVersion) {
    const reason = `it refused its former: ${facts.refused.reason ?? 'no reason was given'}`
    return { kind: 'gateway', gateway, to: 'unreached', reason }
  }
  if (atMs - sinceMs < health.offlineMs) return undefined
  return {
    kind: 'gateway',
    gateway,
    to: 'unreached',
    reason: 'it was not heard in time; it takes its former when it comes',
  }
}

/** What came of giving a gateway something. */
export type Given = { version: number } | { failure: 'unfit' | 'losses'; reason: string }

/** An act as it was carried out: one that could not be is another. */
export function outcomeOf(act: MemberAct, given: Given | undefined): MemberAct {
  if (given === undefined || 'version' in given) return act
  const { failure, reason } = given
  const { gateway } = act
  if (act.gives === 'new') return { kind: 'gateway', gateway, to: 'left', failure, reason }
  return { ...act, to: 'unreached', reason: `its former could not be given to it: ${reason}` }
}

/** The member after an act. */
export function memberAfter(
  member: Member,
  act: MemberAct,
  { atMs, version }: { atMs: number; version?: number | undefined },
): Member {
  return {
    ...member,
    state: act.to,
    failure: act.failure ?? member.failure,
    sinceMs: atMs,
    ...(act.gives === 'new' && { newVersion: version, changedAtMs: atMs }),
    ...(act.gives === 'former' && { backVersion: version }),
  }
}

/** What people may ask of a rollout, and the states in which they may. */
export const ALLOWED_IN = {
  start: ['ready'],
  pause: ['running'],
  resume: ['paused'],
  abort: ['ready', 'running', 'paused'],
} as const satisfies Record<string, readonly RolloutState[]>
export type RolloutWish = keyof typeof ALLOWED_IN
