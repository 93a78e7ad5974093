import type { ConfigReported, GatewayConfig } from '@harbor/protocol'
import { isSameConfig } from './check-config.ts'

/**
 * Which config a gateway runs: a pure state machine over what is on its disk. A config that arrives is on trial until the
 * server has acknowledged something while it ran; without that it is given up, and the one before holds again. The config
 * that worked stays where it is for the whole of the trial, so that a gateway has a working one whenever it is killed.
 */
export interface ConfigState {
  /** The last config that has proven itself: the file `config.json`. */
  good: GatewayConfig
  trial: Trial | undefined
  /** The highest version ever taken on trial, or found at the start: nothing below it is taken. */
  highest: number
  /** The config that failed its trial last. */
  failed: { config: GatewayConfig; reason: string } | undefined
}

/** A config that has to prove itself. */
export interface Trial {
  config: GatewayConfig
  /** How long it has run so far, over all starts of the process. */
  elapsedMs: number
  /** Starts of the process with it, the first counted. */
  starts: number
}

/** What is beside `config.json` on the disk; written whole. */
export type TrialRecord = Pick<ConfigState, 'trial' | 'highest' | 'failed'>

/** One atomic replacement of a file. They are made in order, and a kill may come between any two. */
export type Write =
  | { file: 'record'; content: TrialRecord }
  | { file: 'previous'; content: GatewayConfig }
  | { file: 'config'; content: GatewayConfig }

export type TrialInput =
  /** The process begins; what it runs so far is `good`. */
  | { kind: 'started' }
  /** A config that its signature proves to be the server's, for this gateway, and that was checked whole. */
  | { kind: 'desired'; config: GatewayConfig }
  /** The server acknowledged something that was sent while the trial ran. */
  | { kind: 'acknowledged' }
  | { kind: 'elapsed'; ms: number }
  /** The config on trial could not be put to work. */
  | { kind: 'unusable'; reason: string }

/** What is to be done, in this order. */
export interface TrialEffects {
  writes: readonly Write[]
  /** The config to put to work. */
  run?: GatewayConfig
  report?: Omit<ConfigReported, 'atMs'>
}

export interface TrialLimits {
  /** A trial lasts this long at most. */
  trialMs: number
  /** A config with which the process was started this often without an acknowledgement is what ends it. */
  maxStarts: number
}

/** Chosen: two power cuts during a technician's visit are bad luck, a third is the config. */
export const MAX_STARTS = 3

/** What a start finds on the disk. Without a record nothing was ever tried. */
export function restored(good: GatewayConfig, record: TrialRecord | undefined): ConfigState {
  if (record === undefined) return { good, trial: undefined, highest: good.version, failed: undefined }
  return { ...record, good, highest: Math.max(record.highest, good.version) }
}

export function step(
  state: ConfigState,
  input: TrialInput,
  limits: TrialLimits,
): { state: ConfigState; effects: TrialEffects } {
  const { trial } = state
  switch (input.kind) {
    case 'started': {
      if (trial === undefined) return { state, effects: { writes: [], report: standing(state) } }
      // Killed between the two last writes of a trial that had been passed.
      if (isSameConfig(trial.config, state.good)) return settled({ ...state, trial: undefined })
      if (trial.starts >= limits.maxStarts) {
        return givenUp(state, `it was started ${trial.starts} times without an acknowledgement from the server`)
      }
      if (trial.elapsedMs >= limits.trialMs) return givenUp(state, noAcknowledgement(limits))
      return begun(state, { ...trial, starts: trial.starts + 1 })
    }
    case 'desired':
      return desired(state, input.config)
    case 'acknowledged': {
      if (trial === undefined) return { state, effects: NOTHING }
      const next = { ...state, good: trial.config, trial: undefined, failed: undefined }
      const { effects } = settled(next)
      const writes: Write[] = [
        { file: 'previous', content: state.good },
        { file: 'config', content: trial.config },
        ...effects.writes,
      ]
      return { state: next, effects: { ...effects, writes } }
    }
    case 'elapsed': {
      if (trial === undefined) return { state, effects: NOTHING }
      const next = { ...state, trial: { ...trial, elapsedMs: trial.elapsedMs + input.ms } }
      if (next.trial.elapsedMs >= limits.trialMs) return givenUp(next, noAcknowledgement(limits))
      return { state: next, effects: { writes: [recordOf(next)] } }
    }
    case 'unusable':
      return trial === undefined ? { state, effects: NOTHING } : givenUp(state, input.reason)
  }
}

function desired(state: ConfigState, config: GatewayConfig): { state: ConfigState; effects: TrialEffects } {
  const { version } = config
  const known = [state.trial?.config, state.good, state.failed?.config].find(other => other?.version === version)
  // The highest itself, of which nothing is left, was lost with a spoilt file: it is as good as new.
  if (version > state.highest || (version === state.highest && known === undefined)) {
    return begun({ ...state, highest: version }, { config, elapsedMs: 0, starts: 1 })
  }
  if (known !== undefined && isSameConfig(known, config)) {
    // Sent again, as the broker does after each connection: what became of it is said again.
    if (known === state.trial?.config) return { state, effects: NOTHING }
    return { state, effects: { writes: [], report: standing(state) } }
  }
  const reason =
    known === undefined
      ? `version ${version} is older than ${state.highest}, the last one taken`
      : `version ${version} was another config before`
  return { state, effects: { writes: [], report: { version, state: 'refused', reason } } }
}

const NOTHING: TrialEffects = { writes: [] }

function begun(state: ConfigState, trial: Trial): { state: ConfigState; effects: TrialEffects } {
  const next = { ...state, trial }
  return { state: next, effects: { writes: [recordOf(next)], run: trial.config } }
}

function settled(state: ConfigState): { state: ConfigState; effects: TrialEffects } {
  return { state, effects: { writes: [recordOf(state)], report: standing(state) } }
}

function givenUp(state: ConfigState, reason: string): { state: ConfigState; effects: TrialEffects } {
  const { trial, good } = state
  const failed = trial === undefined ? state.failed : { config: trial.config, reason }
  const next = { ...state, trial: undefined, failed }
  return { state: next, effects: { writes: [recordOf(next)], run: good, report: standing(next) } }
}

/** The gateway's word on the newest config it was given. */
function standing({ good, failed }: ConfigState): Omit<ConfigReported, 'atMs'> {
  if (failed !== undefined && failed.config.version > good.version) {
    return { version: failed.config.version, state: 'refused', reason: failed.reason }
  }
  return { version: good.version, state: 'applied' }
}

function recordOf({ trial, highest, failed }: ConfigState): Write {
  return { file: 'record', content: { trial, highest, failed } }
}

function noAcknowledgement({ trialMs }: TrialLimits): string {
  return `no acknowledgement from the server within ${Math.round(trialMs / 1000)} s, rolled back to the config before`
}
