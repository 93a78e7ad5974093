import { type Course, MINUTE_MS, seededRandom } from './course.ts'
import { fridgeCourse } from './fridge-course.ts'
import { KINDS, type Kind } from './kinds.ts'
import { plugCourse } from './plug-course.ts'
import { newEngine, runCourse } from './run.ts'

/** One line of the report. */
export interface KindResult {
  kind: string
  runs: number
  found: number
  falseAlerts: number
  /** Found of what was there; 1 for healthy ones. */
  recall: number
  /** Right alerts of all alerts. */
  precision: number
  medianMinutes: number | undefined
  applianceDays: number
  falseByRule: Record<string, number>
  missedSeeds: number[]
  stateBytes: number
  restarts: number
}

/** Runs one kind over so many seeds. */
export function benchKind(kind: Kind, runs: number): KindResult {
  const after: number[] = []
  const falseByRule: Record<string, number> = {}
  const missedSeeds: number[] = []
  let [alerts, falseAlerts, applianceDays, stateBytes, restarts] = [0, 0, 0, 0, 0]
  for (let seed = 0; seed < runs; seed++) {
    const course = kind.course(seed)
    const outcome = runCourse(course, seededRandom(seed + 90_001))
    applianceDays += course.applianceDays
    alerts += outcome.alerts
    falseAlerts += outcome.falseAlerts.length
    for (const { rule } of outcome.falseAlerts) falseByRule[rule] = (falseByRule[rule] ?? 0) + 1
    stateBytes = Math.max(stateBytes, outcome.stateBytes)
    restarts += outcome.restarts
    if (outcome.detectedAfterMs !== undefined) after.push(outcome.detectedAfterMs / MINUTE_MS)
    else if (!kind.isHealthy) missedSeeds.push(seed)
  }
  after.sort((a, b) => a - b)
  return {
    kind: kind.name,
    runs,
    found: after.length,
    falseAlerts,
    recall: kind.isHealthy ? 1 : after.length / runs,
    precision: alerts === 0 ? 1 : (alerts - falseAlerts) / alerts,
    medianMinutes: after[after.length >> 1],
    applianceDays,
    falseByRule,
    missedSeeds,
    stateBytes,
    restarts,
  }
}

/** What the engine costs: readings a second on one core, and the bytes of state of a device. */
export interface Cost {
  of: string
  readings: number
  perSecond: number
  stateBytes: number
}

/** Runs readings of many devices at once, interleaved as they come from a fleet. */
export function benchCost(nowMs: () => number): Cost[] {
  const watts: Course[] = Array.from({ length: 20 }, (_, seed) => fridgeCourse(seed + 1_000))
  const plugs: Course[] = Array.from({ length: 20 }, (_, seed) => plugCourse(seed + 1_000))
  return [
    costOf('fridges: watts alone', watts, nowMs),
    costOf('plugs: power, voltage, current, temperature, relay', plugs, nowMs),
  ]
}

function costOf(of: string, courses: readonly Course[], nowMs: () => number): Cost {
  const inputs = courses
    .flatMap(({ inputs }, index) =>
      inputs.map(input => ({ ...input, device: `device-${index}`, appliance: `appliance-${index}` })),
    )
    .sort((a, b) => a.timeMs - b.timeMs)
  const run = () => {
    const engine = newEngine()
    const fromMs = nowMs()
    for (const input of inputs) engine.step(input)
    return { engine, tookMs: nowMs() - fromMs }
  }
  run() // the first run compiles
  const { engine, tookMs } = run()
  const sizes = courses.map((_, index) => JSON.stringify(engine.snapshot(`device-${index}`)).length)
  return {
    of,
    readings: inputs.length,
    perSecond: Math.round(inputs.length / (tookMs / 1000)),
    stateBytes: Math.max(...sizes),
  }
}

/** All kinds, or those whose name contains `only`. */
export function kindsToRun(only: string | undefined): readonly Kind[] {
  return only === undefined ? KINDS : KINDS.filter(({ name }) => name.includes(only))
}
