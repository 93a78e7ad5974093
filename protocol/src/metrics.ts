/**
 * The one table of what can be measured. A metric that is not here does not cross the wire.
 *
 * `unit` is the SenML unit (RFC 8428 section 12.1, or RFC 8798 for secondary units). States have no unit: they travel as
 * SenML booleans and are stored as 0 and 1.
 */
export interface MetricDefinition {
  /** `gauge`: a value at an instant. `counter`: only grows, apart from a reset to a lower value. `state`: true or false. */
  kind: 'gauge' | 'counter' | 'state'
  unit: string | undefined
  /** Values outside [min, max] are physically implausible for a rest station's equipment and are rejected. */
  min: number
  max: number
}

const gauge = (unit: string, min: number, max: number): MetricDefinition => ({ kind: 'gauge', unit, min, max })
const counter = (unit: string, max: number): MetricDefinition => ({ kind: 'counter', unit, min: 0, max })
const state = (): MetricDefinition => ({ kind: 'state', unit: undefined, min: 0, max: 1 })

export const METRICS = {
  // Electricity. Ranges: chosen for single-phase circuits up to 63 A (about 15 kW) with room for three-phase sums.
  power: gauge('W', -50_000, 50_000),
  apparent_power: gauge('VA', 0, 50_000),
  reactive_power: gauge('var', -50_000, 50_000),
  power_factor: gauge('/', -1, 1),
  voltage: gauge('V', 0, 500),
  current: gauge('A', -200, 200),
  frequency: gauge('Hz', 0, 100),
  /** Energy taken since the meter was made or last reset. */
  energy: counter('Wh', 1e10),
  /** Energy fed back. */
  energy_returned: counter('Wh', 1e10),
  relay: state(),
  /** Water that ran through since the meter was made or last reset. A litre is 0.001. */
  volume: counter('m3', 1e6),
  // Climate. -40 to 125 Cel is the range of the usual probes (SHT4x, DS18B20).
  temperature: gauge('Cel', -40, 125),
  humidity: gauge('%RH', 0, 100),
  pressure: gauge('hPa', 300, 1_200),
  illuminance: gauge('lx', 0, 200_000),
  co2: gauge('ppm', 0, 40_000),
  /** The temperature inside a plug or sensor, not of what it watches. */
  device_temperature: gauge('Cel', -40, 150),
  // People and the room.
  people: gauge('count', 0, 10_000),
  people_in: counter('count', 1e9),
  people_out: counter('count', 1e9),
  /** true: somebody is there. */
  occupancy: state(),
  /** true: the door is open. */
  door: state(),
  /** true: water was found where none should be. */
  leak: state(),
  /** true: smoke alarm. */
  smoke: state(),
  /** true: somebody opened the device's case. */
  tamper: state(),
  // The device itself.
  /** true: the device says it is connected; false: its last will or its gateway says it is gone. */
  online: state(),
  battery: gauge('%EL', 0, 100),
  rssi: gauge('dBm', -150, 20),
} as const satisfies Record<string, MetricDefinition>

export type Metric = keyof typeof METRICS

export const METRIC_NAMES = Object.keys(METRICS) as Metric[]

export function isMetric(name: string): name is Metric {
  return Object.hasOwn(METRICS, name)
}

/** Why a value cannot be a reading of this metric, or undefined when it can. */
export function implausible(metric: Metric, value: number): 'not_finite' | 'out_of_range' | undefined {
  if (!Number.isFinite(value)) return 'not_finite'
  const { kind, min, max } = METRICS[metric]
  if (value < min || value > max) return 'out_of_range'
  return kind === 'state' && value !== 0 && value !== 1 ? 'out_of_range' : undefined
}
