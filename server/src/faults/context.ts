import type { Metric } from '@harbor/protocol'
import type { TrendPoint } from './detectors/rule-state.ts'
import type { DeviceState, Series } from './device-state.ts'

/** What rules of other devices may ask for. */
const SHARED: ReadonlySet<Metric> = new Set(['temperature', 'people', 'door'])

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

/** A door's contact speaks when it moves, and once a day (docs/domain.md 3.8: after 26 h a battery device is away). */
const MAX_DOOR_AGE_MS = 26 * 3_600_000
/** Moves of a door that are remembered: one that flutters faster is open all the same. */
const DOOR_MOVES = 6

const slotOf = (timeMs: number) => Math.floor(timeMs / SLOT_MS)

/** Notes a judged value: of a door its moves, the last two for ever; of others the first of each half minute. */
export function noteShared(metric: Metric, { slots }: Series, [timeMs, value]: TrendPoint): void {
  if (metric === 'door') {
    if (slots.at(-1)?.[1] === value) return
    slots.push([timeMs, value])
    while (slots.length > DOOR_MOVES || (slots.length > 2 && (slots[2]?.[0] ?? timeMs) < timeMs - KEPT_MS))
      slots.shift()
    return
  }
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
  /** What the station's door was like shortly before `timeMs`, by the same half minutes; undefined: no contact was heard of lately. */
  doorAt: (station: string, timeMs: number) => Door | undefined
}

export interface Door {
  isOpen: boolean
  /** When it was last open; -Infinity: never seen open. */
  lastOpenMs: number
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
    doorAt: (station, timeMs) => {
      let found: Door | undefined
      for (const state of bySubject.get(station)?.values() ?? []) {
        const door = doorOf(state, timeMs)
        if (door === undefined) continue
        // Of two doors either one lets people in.
        found = {
          isOpen: door.isOpen || found?.isOpen === true,
          lastOpenMs: Math.max(door.lastOpenMs, found?.lastOpenMs ?? -Infinity),
        }
      }
      return found
    },
  }
}

function doorOf({ series, pending }: DeviceState, timeMs: number): Door | undefined {
  const known = series.get('door')
  const beforeMs = slotOf(timeMs) * SLOT_MS
  let last: TrendPoint | undefined
  let heardMs = Math.min(known?.recent.at(-1)?.[0] ?? -Infinity, beforeMs)
  let lastOpenMs = -Infinity
  const take = (point: TrendPoint) => {
    if (point[0] >= beforeMs) return
    if (last?.[1] === 1) lastOpenMs = point[0]
    last = point
    heardMs = Math.max(heardMs, point[0])
  }
  for (const point of known?.slots ?? []) take(point)
  for (const { metric, timeMs: atMs, value } of pending) if (metric === 'door') take([atMs, value])
  if (last === undefined || timeMs - heardMs > MAX_DOOR_AGE_MS) return undefined
  const isOpen = last[1] === 1
  return { isOpen, lastOpenMs: isOpen ? beforeMs : lastOpenMs }
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
