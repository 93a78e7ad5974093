import type { Metric, Reading } from '@harbor/protocol'
import type { Moment, StationClock } from '../clock/station-clock.ts'
import type { DeviceTime } from '../decoders/decoder.ts'
import type { CounterEntry, HeldReading, MessageMark, Outbox } from '../outbox/outbox.ts'
import type { DeviceClock } from './device-time.ts'
import { type CounterState, count, isCounter } from './energy.ts'
import { createStamps } from './stamps.ts'

/** Held readings that are dated in one transaction; chosen: some 20 ms. */
const DATE_AT_ONCE = 2_000

/** A value of a device of the config, as it arrived. */
export interface Arrival {
  device: string
  metric: Metric
  value: number
  time: DeviceTime | undefined
}

/** When a message arrived, and how its device tells the time. */
export interface Context {
  moment: Moment
  deviceClock: DeviceClock
}

/**
 * Makes readings of values: gives each its date, or holds it until there is one, and carries counters on over resets. What it is
 * given is pending until the next commit.
 */
export interface Ledger {
  /** False when the same was already said. */
  take: (arrival: Arrival, context: Context) => boolean
  /** Values that are not durable yet. */
  pending: () => number
  /** Makes them durable; when the outbox throws, they are as if never taken. */
  commit: (messages: readonly MessageMark[], atMs: number) => void
  /** Dates some of what is held, if the time is known. True when there is more to be dated now. With nothing pending. */
  dateHeld: () => boolean
  /** Dates given before were wrong: takes back those that nobody can have believed. With nothing pending. Says how many. */
  undate: (wrong: { beyondMs: number; anchorMs: number }) => number
}

export function createLedger(outbox: Outbox, clock: StationClock): Ledger {
  let stamps = createStamps(outbox.newestReadings())
  const counters = createCounters(outbox)
  let readings: Reading[] = []
  let held: HeldReading[] = []
  let isBootNoted = false
  /** The starts of the machine, from the first to the last of what is held now. */
  let anchors: Map<string, number> | undefined

  /** Readings of this start can only be held once it has a name in the outbox. */
  const noteBoot = () => {
    if (!isBootNoted) outbox.noteBoot({ name: clock.boot, anchorMs: undefined })
    isBootNoted = true
  }
  const clear = () => {
    readings = []
    held = []
  }
  return {
    take: ({ device, metric, value: said, time }, { moment: { upMs, atMs }, deviceClock }) => {
      const value = isCounter(metric) ? counters.total({ device, metric, raw: said }, { upMs, atMs }) : said
      // Behind what is held everything is held, or the later would be dated first.
      if (atMs === undefined || held.length > 0 || outbox.heldCount() > 0) {
        held.push({ device, metric, value, boot: clock.boot, upMs })
        return true
      }
      const stamped = stamps.stamp({ device, metric, timeMs: deviceClock.instantOf(time, atMs), value }, atMs)
      if (stamped !== undefined) readings.push(stamped)
      return stamped !== undefined
    },
    pending: () => readings.length + held.length,
    commit: (messages, atMs) => {
      try {
        if (held.length > 0) noteBoot()
        outbox.commit({ readings, held, counters: counters.moved(), messages, atMs })
        stamps.settle()
        counters.settle()
      } catch (error) {
        stamps.undo()
        counters.undo()
        throw error
      } finally {
        clear()
      }
    },
    dateHeld: () => {
      const { upMs, atMs } = clock.now()
      if (atMs === undefined || outbox.heldCount() === 0) return false
      anchors ??= anchorsOf(outbox, { boot: clock.boot, anchorMs: atMs - upMs })
      anchors.set(clock.boot, atMs - upMs)
      const starts = anchors
      const rows = outbox.held(DATE_AT_ONCE)
      const last = rows.at(-1)
      if (last === undefined) return false
      const dated = rows.flatMap(({ device, metric, value, boot, upMs: heldUpMs }) => {
        const timeMs = Math.round((starts.get(boot) ?? atMs - upMs) + heldUpMs)
        const stamped = stamps.stamp({ device, metric, timeMs, value }, atMs)
        return stamped === undefined ? [] : [stamped]
      })
      try {
        outbox.commit({ readings: dated, heldUpTo: last.id, messages: [], atMs })
        stamps.settle()
      } catch (error) {
        stamps.undo()
        throw error
      }
      const isMore = outbox.heldCount() > 0
      if (!isMore) anchors = undefined
      return isMore
    },
    undate: ({ beyondMs, anchorMs }) => {
      noteBoot()
      anchors = undefined
      const moved = outbox.undate({ beyondMs, boot: clock.boot, anchorMs })
      stamps = createStamps(outbox.newestReadings())
      return moved
    },
  }
}

/**
 * When each start of the machine was under which readings are held. Of one that ended before its date was known, this much is:
 * it ended before the next began. So it is put right there, late by at most the time that the machine was without power.
 * What was found is kept, so that all readings of a start get dates of one count, also if this process ends in between.
 */
function anchorsOf(outbox: Outbox, current: { boot: string; anchorMs: number }): Map<string, number> {
  const anchors = new Map<string, number>()
  let nextStartMs = current.anchorMs
  for (const { name, anchorMs, lastUpMs } of outbox.boots().toReversed()) {
    const found = name === current.boot ? current.anchorMs : (anchorMs ?? nextStartMs - lastUpMs - 1)
    outbox.noteBoot({ name, anchorMs: found })
    anchors.set(name, found)
    nextStartMs = found
  }
  return anchors
}

/** The counters' states, with what the readings that are not durable yet changed of them. */
function createCounters(outbox: Outbox) {
  const key = (device: string, metric: Metric) => `${device}:${metric}`
  const newest = new Map(
    outbox.newestReadings().map(({ device, metric, timeMs, value }) => [key(device, metric), { timeMs, value }]),
  )
  const states = new Map<string, Known>()
  for (const { device, metric, raw, total } of outbox.counters())
    states.set(key(device, metric), { raw, total, upMs: undefined })
  const before = new Map<string, { entry: { device: string; metric: Metric }; known: Known | undefined }>()

  return {
    total: (
      { device, metric, raw }: { device: string; metric: Metric; raw: number },
      now: { upMs: number; atMs: number | undefined },
    ) => {
      const slot = key(device, metric)
      const last = newest.get(slot)
      // A counter of a release that did not carry counters on: what it sent last was the raw value.
      const known =
        states.get(slot) ?? (last === undefined ? undefined : { raw: last.value, total: last.value, upMs: undefined })
      const elapsedMs =
        known?.upMs !== undefined
          ? now.upMs - known.upMs
          : last !== undefined && now.atMs !== undefined
            ? now.atMs - last.timeMs
            : undefined
      const state = count(metric, known, { raw, elapsedMs })
      if (!before.has(slot)) before.set(slot, { entry: { device, metric }, known: states.get(slot) })
      states.set(slot, { ...state, upMs: now.upMs })
      return state.total
    },
    moved: (): CounterEntry[] =>
      [...before].flatMap(([slot, { entry }]) => {
        const state = states.get(slot)
        return state === undefined ? [] : [{ ...entry, raw: state.raw, total: state.total }]
      }),
    settle: () => before.clear(),
    undo: () => {
      for (const [slot, { known }] of before) {
        if (known === undefined) states.delete(slot)
        else states.set(slot, known)
      }
      before.clear()
    },
  }
}

type Known = CounterState & {
  /** When it was said, in this run. */
  upMs: number | undefined
}
