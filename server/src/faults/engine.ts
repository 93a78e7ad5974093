import type { RuleOverride } from '@harbor/protocol'
import type { FaultRule } from './catalogue.ts'
import type { FaultInput, FaultTransition } from './transition.ts'

export interface FaultEngineConfig {
  catalogue: readonly FaultRule[]
  overrides: readonly RuleOverride[]
}

/** What the engine remembers of one device, as JSON. */
export type DeviceFaultState = unknown

/** See createFaultEngine. */
export interface FaultEngine {
  /** Takes one reading in; returns what it made of it, oldest first, usually nothing. */
  step: (input: FaultInput) => readonly FaultTransition[]
  /** Replaces the overrides; holds in progress go on with the new numbers. */
  setOverrides: (overrides: readonly RuleOverride[]) => void
  /** What is remembered of a device; undefined when that is nothing. Keep it after every step that is acknowledged. */
  snapshot: (device: string) => DeviceFaultState | undefined
  /** Takes back what `snapshot` gave. */
  restore: (device: string, state: DeviceFaultState) => void
  /** Forgets a device that is no more. */
  forget: (device: string) => void
}

export function createFaultEngine(_config: FaultEngineConfig): FaultEngine {
  return { step: () => [], setOverrides: () => {}, snapshot: () => undefined, restore: () => {}, forget: () => {} }
}
