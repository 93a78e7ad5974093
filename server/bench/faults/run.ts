import type { RuleOverride } from '@harbor/protocol'
import { FAULT_CATALOGUE } from '../../src/faults/catalogue.ts'
import { type FaultEngine, createFaultEngine } from '../../src/faults/engine.ts'
import type { FaultTransition } from '../../src/faults/transition.ts'
import { type Course, HOUR_MS, MINUTE_MS, type Random, between } from './course.ts'
import { disturb } from './disturb.ts'

/** What came of one course. */
export interface Outcome {
  /** Expected and told, after how long since it showed, and how long that may take; undefined: nothing was expected, or it was missed. */
  detected: { afterMs: number; promisedMs: number } | undefined
  /** Alerts that nobody should have got. */
  falseAlerts: FaultTransition[]
  /** All that were raised, right and wrong. */
  raised: FaultTransition[]
  readings: number
  /** The largest state of a device, bytes of JSON. */
  stateBytes: number
  restarts: number
}

/** Runs a course through the engine as the server does, restarting now and then. */
export function runCourse(course: Course, random: Random): Outcome {
  let engine = newEngine(course.overrides)
  const { inputs } = disturb(course.inputs, random)
  const raised: FaultTransition[] = []
  const devices = new Set<string>()
  let [stateBytes, restarts] = [0, 0]
  let nextRestartMs = 0
  for (const input of inputs) {
    devices.add(input.device)
    for (const transition of engine.step(input)) if (transition.type === 'raised') raised.push(transition)
    if (input.timeMs < nextRestartMs) continue
    if (nextRestartMs > 0) {
      const kept = [...devices].map(device => ({ device, json: JSON.stringify(engine.snapshot(device)) }))
      for (const { json } of kept) stateBytes = Math.max(stateBytes, json.length)
      engine = newEngine(course.overrides)
      for (const { device, json } of kept) engine.restore(device, JSON.parse(json))
      restarts += 1
    }
    nextRestartMs = input.timeMs + between(random, 5 * MINUTE_MS, 12 * HOUR_MS)
  }
  const lastMs = course.inputs.at(-1)?.timeMs ?? 0
  for (const transition of engine.advance(lastMs + HOUR_MS)) if (transition.type === 'raised') raised.push(transition)
  return { ...judge(course, raised), raised, readings: inputs.length, stateBytes, restarts }
}

/** With the whole catalogue. */
export function newEngine(overrides: readonly RuleOverride[] = []): FaultEngine {
  return createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides })
}

const PROMISED_MS = new Map(FAULT_CATALOGUE.map(({ id, promisedMs }) => [id, promisedMs]))

function judge({ fault }: Course, raised: readonly FaultTransition[]): Pick<Outcome, 'detected' | 'falseAlerts'> {
  const isRight = ({ rule, atMs }: FaultTransition) =>
    fault !== undefined && atMs >= fault.fromMs && (fault.rules.includes(rule) || fault.alsoRight.includes(rule))
  const found = raised.find(
    ({ rule, atMs }) => fault !== undefined && fault.rules.includes(rule) && atMs >= fault.fromMs,
  )
  return {
    detected:
      fault === undefined || found === undefined
        ? undefined
        : {
            afterMs: Math.max(0, found.atMs - (fault.shownMs ?? fault.fromMs)),
            promisedMs: Math.max(...(fault?.rules ?? []).map(rule => PROMISED_MS.get(rule) ?? 0)),
          },
    falseAlerts: raised.filter(transition => !isRight(transition)),
  }
}
