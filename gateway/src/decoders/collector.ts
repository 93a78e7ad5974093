import { METRICS, type Metric, implausible } from '@harbor/protocol'
import type { Decoded, DeviceTime, Rejection, VendorReading } from './decoder.ts'

/** One message gives at most this many readings; chosen: a 16-channel meter with 8 values each fits. */
const MAX_READINGS_PER_MESSAGE = 200
/** Rejections kept of one message: enough to count and to log, whatever it holds. */
const MAX_REJECTIONS_PER_MESSAGE = 20

/** Where in a device a value belongs, and how the vendor's unit becomes ours: (value + offset) * scale. */
export interface Placement {
  /** Of whom this value is, where a message speaks of several devices; otherwise the collector's own. */
  address?: string
  channel?: number
  part?: string
  scale?: number
  offset?: number
}

/** Gathers a message's values; every conversion and check of a value is here, so that no decoder has its own. */
export interface Collector {
  /** A number, or text that is exactly one. null, missing and empty count as not said. */
  number: (metric: Metric, raw: unknown, placement?: Placement) => void
  /** A state: true, 1, "ON", "true" and the like. null and missing count as not said. */
  state: (metric: Metric, raw: unknown, placement?: Placement) => void
  /** The same, for a field whose `true` means the metric's false (a closed contact is no open door). */
  inverseState: (metric: Metric, raw: unknown, placement?: Placement) => void
  /** A value that the decoder itself found wrong. */
  reject: (rejection: Rejection) => void
  /** What the message gave; `why` is said when it gave nothing. */
  result: (why: string) => Decoded
}

export function createCollector(address: string, time?: DeviceTime): Collector {
  const readings: VendorReading[] = []
  const rejected: Rejection[] = []

  const reject = (rejection: Rejection) => {
    if (rejected.length < MAX_REJECTIONS_PER_MESSAGE) rejected.push(rejection)
  }
  const add = (metric: Metric, value: number, { address: other, channel, part }: Placement) => {
    const fault = implausible(metric, value)
    if (fault !== undefined) {
      const unit = METRICS[metric].unit ?? ''
      return reject({ reason: fault, detail: `${metric}: ${value} ${unit} is outside what can be measured` })
    }
    if (readings.length >= MAX_READINGS_PER_MESSAGE) {
      return reject({ reason: 'too_large', detail: `more than ${MAX_READINGS_PER_MESSAGE} values in one message` })
    }
    readings.push({
      address: other ?? address,
      metric,
      value,
      ...(channel === undefined ? {} : { channel }),
      ...(part === undefined ? {} : { part }),
      ...(time === undefined ? {} : { time }),
    })
  }
  const state = (metric: Metric, value: boolean | Rejection | undefined, placement: Placement) => {
    if (typeof value === 'boolean') add(metric, value ? 1 : 0, placement)
    else if (value !== undefined) reject(value)
  }
  return {
    number: (metric, raw, placement = {}) => {
      const value = toNumber(metric, raw)
      if (typeof value === 'number') add(metric, converted(value, placement), placement)
      else if (value !== undefined) reject(value)
    },
    state: (metric, raw, placement = {}) => state(metric, toState(metric, raw), placement),
    inverseState: (metric, raw, placement = {}) => {
      const value = toState(metric, raw)
      state(metric, typeof value === 'boolean' ? !value : value, placement)
    },
    reject,
    result: why => {
      if (readings.length > 0) return { kind: 'readings', readings, rejected }
      const [first] = rejected
      return first === undefined ? { kind: 'ignored', why } : { kind: 'rejected', ...first }
    },
  }
}

/** Rounded to a millionth: 0.017 kWh is 17 Wh and not 17.000000000000004. */
function converted(value: number, { scale, offset }: Placement): number {
  if (scale === undefined && offset === undefined) return value
  const exact = (value + (offset ?? 0)) * (scale ?? 1)
  return Math.abs(exact) < 1e9 ? Math.round(exact * 1e6) / 1e6 : exact
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/

function toNumber(metric: Metric, raw: unknown): number | Rejection | undefined {
  if (typeof raw === 'number') return raw
  if (raw === undefined || raw === null) return undefined
  if (typeof raw !== 'string') return wrongType(metric, 'a number', raw)
  const text = raw.trim()
  if (text === '') return undefined
  if (text.length <= 40 && DECIMAL.test(text)) return Number(text)
  if (/^[+-]?(nan|inf|infinity)$/i.test(text)) return { reason: 'not_finite', detail: `${metric}: ${text}` }
  return wrongType(metric, 'a number', raw)
}

function toState(metric: Metric, raw: unknown): boolean | Rejection | undefined {
  if (typeof raw === 'boolean') return raw
  if (raw === undefined || raw === null) return undefined
  if (raw === 1 || raw === 0) return raw === 1
  if (typeof raw === 'string') {
    if (/^(on|true|1)$/i.test(raw)) return true
    if (/^(off|false|0)$/i.test(raw)) return false
  }
  return wrongType(metric, 'a state', raw)
}

function wrongType(metric: Metric, expected: string, raw: unknown): Rejection {
  const got = typeof raw === 'string' || typeof raw === 'number' ? JSON.stringify(raw).slice(0, 60) : typeof raw
  return { reason: 'wrong_type', detail: `${metric}: expected ${expected}, got ${got}` }
}
