import type { Metric } from '@harbor/protocol'
import type { TrendPoint } from './detectors/rule-state.ts'
import type { DeviceState, Series } from './device-state.ts'

/** What rules of other devices may ask for. */
const SHARED: ReadonlySet<Metric> = new Set(['temperature', 'people'])

export function isShared(metric: Metric): boolean {
  return SHARED.has(metric)
}

const SLOT_MS = 30_000
/**
 * Slots are kept for so long after the newest: another device may ask for an instant that lies back by the lateness and its own
 * report interval.
 */
const KEPT_MS = 150_000
/** What was measured longer ago is not known now. */
const MAX_AGE_MS = 15 * 60_000

const slotOf = (timeMs: number) => Math.floor(timeMs / SLOT_MS)

/** Notes a judged value where it is the first of its half minute. */
export function noteShared({ slots }: Series, [timeMs, value]: TrendPoint): void {
  const last = slots.at(-1)
  if (last !== undefined && slotOf(last[0]) === slotOf(timeMs)) return
  slots.push([timeMs, value])
  while (slots.length > 1 && (slots[1]?.[0] ?? timeMs) < timeMs - KEPT_MS) slots.shift()
}

/** All devices by what they are on, so that the rules of one can ask what another one measures. */
export interface Context {
  add: (device: string, state: DeviceState) => void
  remove: (device: string) => void
  /**
   * The value of `metric` on an appliance or station shortly before `timeMs`: the first of the newest whole half minute before
   * it. So it does not matter which of two devices was heard first, as long as both are within the lateness.
   */
  valueAt: (subject: string, metric: Metric, timeMs: number) => number | undefined
}

export function createContext(): Context {
  const bySubject = new Map<string, Map<string, DeviceState>>()
  const subjectOf = new Map<string, string>()
  const remove = (device: string) => {
    const subject = subjectOf.get(device)
    if (subject === undefined) return
    subjectOf.delete(device)
    const devices = bySubject.get(subject)
    devices?.delete(device)
    if (devices?.size === 0) bySubject.delete(subject)
  }
  return {
    add: (device, state) => {
      remove(device)
      subjectOf.set(device, state.appliance)
      const devices = bySubject.get(state.appliance) ?? new Map<string, DeviceState>()
      bySubject.set(state.appliance, devices.set(device, state))
    },
    remove,
    valueAt: (subject, metric, timeMs) => {
      let found: TrendPoint | undefined
      let foundIn = ''
      for (const [device, state] of bySubject.get(subject) ?? []) {
        const point = lookUp(state, metric, timeMs)
        if (point === undefined) continue
        // Of two at one instant the device with the lesser id, so that no order of arrival matters.
        if (found !== undefined && (point[0] < found[0] || (point[0] === found[0] && device > foundIn))) continue
        found = point
        foundIn = device
      }
      return found?.[1]
    },
  }
}

function lookUp({ series, pending }: DeviceState, metric: Metric, timeMs: number): TrendPoint | undefined {
  const slots = series.get(metric)?.slots ?? []
  const before = slotOf(timeMs)
  let found: TrendPoint | undefined
  for (const point of slots) if (slotOf(point[0]) < before) found = point
  let lastSlot = slots.length > 0 ? slotOf(slots.at(-1)?.[0] as number) : -Infinity
  for (const reading of pending) {
    if (reading.metric !== metric) continue
    const slot = slotOf(reading.timeMs)
    if (slot >= before) break
    if (slot === lastSlot) continue
    lastSlot = slot
    found = [reading.timeMs, reading.value]
  }
  return found === undefined || timeMs - found[0] > MAX_AGE_MS ? undefined : found
}
