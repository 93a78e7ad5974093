import { airConditionerCourse } from './air-conditioner-course.ts'
import { type Course, MINUTE_MS, seededRandom } from './course.ts'
import { dispenserCourse } from './dispenser-course.ts'
import { fridgeCourse } from './fridge-course.ts'
import { KINDS, type Kind } from './kinds.ts'
import { plugCourse } from './plug-course.ts'
import { roomCourse } from './room-course.ts'
import { newEngine, runCourse } from './run.ts'
import { STATION_FAULTS, type StationFault, type StationOutcome, runStation } from './station-causes.ts'

/** One line of the report. */
export interface KindResult {
  kind: string
  runs: number
  /** Found within the time that the rule promises. */
  found: number
  falseAlerts: number
  /** Found in time of what was there; 1 for healthy ones. */
  recall: number
  /** Right alerts of all alerts. */
  precision: number
  medianMinutes: number | undefined
  /** All but one in fifty were faster. */
  slowMinutes: number | undefined
  /** The promise of the rules that found it; of several the longest. */
  promisedMinutes: number | undefined
  applianceDays: number
  falseByRule: Record<string, number>
  rightByRule: Record<string, number>
  missedSeeds: number[]
  stateBytes: number
  restarts: number
}

/** Runs one kind over so many seeds. */
export function benchKind(kind: Kind, runs: number): KindResult {
  const after: number[] = []
  const falseByRule: Record<string, number> = {}
  const rightByRule: Record<string, number> = {}
  const missedSeeds: number[] = []
  let [alerts, falseAlerts, applianceDays, stateBytes, restarts, inTime, promisedMinutes] = [0, 0, 0, 0, 0, 0, 0]
  for (let seed = 0; seed < runs; seed++) {
    const course = kind.course(seed)
    const outcome = runCourse(course, seededRandom(seed + 90_001))
    applianceDays += course.applianceDays
    alerts += outcome.raised.length
    for (const transition of outcome.raised)
      if (!outcome.falseAlerts.includes(transition))
        rightByRule[transition.rule] = (rightByRule[transition.rule] ?? 0) + 1
    falseAlerts += outcome.falseAlerts.length
    for (const { rule } of outcome.falseAlerts) falseByRule[rule] = (falseByRule[rule] ?? 0) + 1
    stateBytes = Math.max(stateBytes, outcome.stateBytes)
    restarts += outcome.restarts
    const { detected } = outcome
    if (detected !== undefined) {
      after.push(detected.afterMs / MINUTE_MS)
      promisedMinutes = Math.max(promisedMinutes, detected.promisedMs / MINUTE_MS)
    }
    if (detected !== undefined && detected.afterMs <= detected.promisedMs) inTime += 1
    else if (!kind.isHealthy) missedSeeds.push(seed)
  }
  after.sort((a, b) => a - b)
  return {
    kind: kind.name,
    runs,
    found: inTime,
    falseAlerts,
    recall: kind.isHealthy ? 1 : inTime / runs,
    precision: alerts === 0 ? 1 : (alerts - falseAlerts) / alerts,
    medianMinutes: after[after.length >> 1],
    slowMinutes: after[Math.max(0, Math.ceil(after.length * 0.98) - 1)],
    promisedMinutes: promisedMinutes === 0 ? undefined : promisedMinutes,
    applianceDays,
    falseByRule,
    rightByRule,
    missedSeeds,
    stateBytes,
    restarts,
  }
}

/** Runs what befalls whole stations over so many seeds; what happens to none of them: undefined. */
export function benchStation(fault: StationFault | undefined, runs: number): KindResult {
  const outcomes = Array.from({ length: runs }, (_, seed) => runStation(seed, fault))
  const after = outcomes.flatMap(({ afterMs }) => (afterMs === undefined ? [] : [afterMs / MINUTE_MS]))
  after.sort((a, b) => a - b)
  const isInTime = ({ afterMs, promisedMs }: StationOutcome) => afterMs !== undefined && afterMs <= promisedMs
  const found = outcomes.filter(isInTime).length
  const falseByRule: Record<string, number> = {}
  for (const what of outcomes.flatMap(({ wrong }) => wrong)) falseByRule[what] = (falseByRule[what] ?? 0) + 1
  const alerts = outcomes.reduce((sum, outcome) => sum + outcome.found, 0)
  const falseAlerts = outcomes.reduce((sum, { wrong }) => sum + wrong.length, 0)
  return {
    kind: stationKindName(fault),
    runs,
    found,
    falseAlerts,
    recall: fault === undefined ? 1 : found / runs,
    precision: alerts === 0 ? 1 : (alerts - falseAlerts) / alerts,
    medianMinutes: after[after.length >> 1],
    slowMinutes: after[Math.max(0, Math.ceil(after.length * 0.98) - 1)],
    promisedMinutes: fault === undefined ? undefined : (outcomes[0]?.promisedMs ?? 0) / MINUTE_MS,
    applianceDays: outcomes.reduce((sum, { days }) => sum + days, 0),
    falseByRule,
    rightByRule: {},
    missedSeeds: fault === undefined ? [] : outcomes.flatMap((outcome, seed) => (isInTime(outcome) ? [] : [seed])),
    stateBytes: 0,
    restarts: 0,
  }
}

function stationKindName(fault: StationFault | undefined): string {
  return `station: ${fault?.replaceAll('-', ' ') ?? 'healthy'}`
}

/** What the engine costs: readings a second on one core, and the bytes of state of a device. */
export interface Cost {
  of: string
  readings: number
  perSecond: number
  stateBytes: number
}

/** How often a fleet is run; the fastest counts, for other programs run on the machine too. */
const COST_RUNS = 4

/** Runs readings of many devices at once, interleaved as they come from a fleet. */
export function benchCost(nowMs: () => number): Cost[] {
  const fleet = (make: (seed: number) => Course) => Array.from({ length: 20 }, (_, seed) => make(seed + 1_000))
  return [
    costOf('fridges: watts alone', fleet(fridgeCourse), nowMs),
    costOf('plugs: power, voltage, current, temperature, relay', fleet(plugCourse), nowMs),
    costOf('rooms: climate, people, door, alarms', fleet(roomCourse), nowMs),
    costOf('water dispensers: watts alone', fleet(dispenserCourse), nowMs),
    costOf('air conditioners with their rooms', fleet(airConditionerCourse), nowMs),
  ]
}

/** At most so many readings of a fleet: as much as fits well into memory. */
const COST_READINGS = 1_500_000

function costOf(of: string, courses: readonly Course[], nowMs: () => number): Cost {
  const inputs = courses
    .flatMap(({ inputs }, index) =>
      inputs.slice(0, COST_READINGS / courses.length).map(input => ({
        ...input,
        device: `${input.device}-${index}`,
        appliance: `${input.appliance}-${index}`,
        station: `station-${index}`,
        receivedAtMs: input.timeMs + 300,
      })),
    )
    .sort((a, b) => a.timeMs - b.timeMs)
  let [engine, bestMs] = [newEngine(), Infinity]
  for (let run = 0; run < COST_RUNS; run++) {
    engine = newEngine()
    const fromMs = nowMs()
    for (const input of inputs) engine.step(input)
    bestMs = Math.min(bestMs, nowMs() - fromMs)
  }
  const sizes = [...new Set(inputs.map(({ device }) => device))].map(
    device => JSON.stringify(engine.snapshot(device)).length,
  )
  return {
    of,
    readings: inputs.length,
    perSecond: Math.round(inputs.length / (bestMs / 1000)),
    stateBytes: Math.max(...sizes),
  }
}

/** What befalls stations, or those whose name contains `only`. */
export function stationKindsToRun(only = ''): readonly (StationFault | undefined)[] {
  return [undefined, ...STATION_FAULTS].filter(fault => stationKindName(fault).includes(only))
}

/** All kinds, or those whose name contains `only`. */
export function kindsToRun(only: string | undefined): readonly Kind[] {
  return only === undefined ? KINDS : KINDS.filter(({ name }) => name.includes(only))
}
