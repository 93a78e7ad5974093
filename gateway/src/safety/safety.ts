import { type GatewayConfig, MAX_AGE_MS, SAFETY_CAUSES, type SafetyEvent, errorText } from '@harbor/protocol'
import { z } from 'zod'
import type { ControlFile } from '../control/control-file.ts'
import type { HeardReading } from '../intake/heard.ts'
import type { Clock, Log, Stopwatch } from '../log.ts'
import type { Evidence } from './evidence.ts'
import { type PlugLimits, cutByLeak, cutBySmoke, limitsOf } from './limits.ts'
import {
  type KeptPlug,
  NEW_PLUG,
  type PlugInput,
  type PlugState,
  eventOf,
  keepPlug,
  plugDueMs,
  resetRefusal,
  resumePlug,
  stepPlug,
} from './plug-machine.ts'

/** The status names this many (its schema's limit). */
const MAX_EVENTS = 50
/** How long an appliance has run is written down this often while it runs; so much of it a kill may cost. */
const SAVE_EVERY_MS = 60_000
/** A timer is never set for sooner: what is due now is done in one turn. */
const MIN_SLEEP_MS = 20

/** Guards the station's plugs, with or without an uplink. */
export interface Safety {
  /** Takes what a message said, before it is kept or acknowledged: a cut outlives whatever happens next. */
  heard: (readings: readonly HeardReading[]) => void
  /** Whether a plug stands cut. */
  isLatched: (device: string) => boolean
  /** Why a cut may not be lifted yet; undefined when it may, or there is none. */
  resetRefusal: (device: string) => string | undefined
  /** A person lifts the cut; the plug stays off until it is switched on. */
  reset: (device: string) => void
  /** All that stands, the gravest first. */
  events: () => SafetyEvent[]
  reconfigure: (devices: GatewayConfig['devices']) => void
  start: () => void
  stop: () => void
}

export interface SafetyDeps {
  file: Pick<ControlFile, 'plugs' | 'putPlug'>
  clock: Clock
  isClockTrusted: () => boolean
  stopwatch: Stopwatch
  log: Log
  /** Tells a plug to be off; false when nobody knows how. */
  switchOff: (device: string, attempt: number) => boolean
  /** Whether the device ever spoke of a relay. */
  hasRelay: (device: string) => boolean
  /** Something that people should hear of changed. */
  onChanged: () => void
  /** A plug was cut. */
  onCut: (device: string) => void
}

interface Plug {
  state: PlugState
  limits: PlugLimits
  /** As kept on disk; undefined: nothing is. */
  kept: string | undefined
  savedMs: number
  /** Only a plug is stepped: a sensor beside the same appliance has nothing to cut. */
  isPlug: boolean
}

export function createSafety(devices: GatewayConfig['devices'], deps: SafetyDeps): Safety {
  const { file, clock, stopwatch, log } = deps
  const plugs = new Map<string, Plug>()
  /** Sensors whose alarm stands, by `cause:sensor`, and whom they cut. */
  const alarms = new Map<string, { cause: 'leak' | 'smoke'; sensor: string; atMs: number }>()
  let configured = new Map<string, GatewayConfig['devices'][number]>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = true

  const moment = () => ({ clockMs: clock(), stopwatchMs: stopwatch() })
  const targetsOf = (cause: 'leak' | 'smoke', sensor: string): string[] => {
    const all = [...configured.values()]
    if (cause === 'smoke') return cutBySmoke(all)
    const device = configured.get(sensor)
    return device === undefined ? [] : cutByLeak(all, device)
  }

  const configure = (next: GatewayConfig['devices']) => {
    configured = new Map(next.map(device => [device.id, device]))
    for (const [id, plug] of plugs) if (!configured.has(id)) forget(id, plug)
    for (const device of next) {
      const limits = limitsOf(device)
      const plug = plugs.get(device.id)
      if (plug !== undefined) plug.limits = limits
      else {
        const isPlug = deps.hasRelay(device.id) || device.switchable !== undefined
        plugs.set(device.id, { state: NEW_PLUG, limits, kept: undefined, savedMs: 0, isPlug })
      }
    }
  }
  /** A plug that the config no longer has is not ours to guard; what stands of it goes with it. */
  const forget = (id: string, plug: Plug) => {
    plugs.delete(id)
    if (plug.kept !== undefined) write(id, undefined)
  }

  const write = (id: string, text: string | undefined): boolean => {
    try {
      file.putPlug(id, text)
      return true
    } catch (error) {
      // A full disk must not keep a plug from being cut: memory has it, and it is written when the disk lets it.
      log.error({ device: id, error: errorText(error) }, 'what was cut could not be kept')
      return false
    }
  }
  const save = (id: string, plug: Plug, before: PlugState) => {
    const kept = keepPlug(plug.state, moment())
    const isUrgent = plug.state.latch !== before.latch || plug.state.alarms !== before.alarms
    const nowMs = stopwatch()
    if (!isUrgent && (kept !== undefined) === (plug.kept !== undefined) && nowMs - plug.savedMs < SAVE_EVERY_MS) return
    const text = kept === undefined ? undefined : JSON.stringify(kept)
    if (text === plug.kept) return
    if (write(id, text)) {
      plug.kept = text
      plug.savedMs = nowMs
    }
  }

  const give = (id: string, input: PlugInput) => {
    const plug = plugs.get(id)
    if (plug === undefined || !plug.isPlug) return
    const before = plug.state
    const { state, orders } = stepPlug(before, input, { limits: plug.limits, device: id, moment: moment() })
    plug.state = state
    // On disk first: a kill right after this line finds on restart what has to be cut.
    save(id, plug, before)
    if (orders > 0) {
      const isKnown = deps.switchOff(id, orders)
      if (orders === 1) {
        const { cause, source, metric, observed, threshold } = state.latch?.evidence ?? {}
        log.warn({ device: id, cause, source, metric, observed, threshold, isKnown }, 'a plug was cut for safety')
        deps.onCut(id)
      }
    }
    if (isTold(before, state, id)) deps.onChanged()
  }

  const becomePlug = (id: string, plug: Plug) => {
    plug.isPlug = true
    for (const { cause, sensor } of alarms.values()) {
      if (targetsOf(cause, sensor).includes(id)) give(id, { kind: 'alarm', cause, sensor, isOn: true })
    }
  }

  const takeAlarm = (cause: 'leak' | 'smoke', sensor: string, isOn: boolean) => {
    const key = `${cause}:${sensor}`
    if (isOn !== alarms.has(key)) deps.onChanged()
    if (isOn && !alarms.has(key)) alarms.set(key, { cause, sensor, atMs: clock() })
    if (!isOn) alarms.delete(key)
    const targets = new Set(targetsOf(cause, sensor))
    for (const [id, { state }] of plugs) {
      // What was bound before a change of the config is given free by the same sensor.
      if (targets.has(id) || Object.hasOwn(state.alarms, key)) give(id, { kind: 'alarm', cause, sensor, isOn })
    }
  }

  /** A sensor that is no longer of the station would never give its alarm up: nobody could reset what it cut. */
  const releaseStrangers = () => {
    for (const { cause, sensor } of alarms.values()) {
      if (!configured.has(sensor)) takeAlarm(cause, sensor, false)
    }
  }

  const takeReading = ({ device, metric, value }: HeardReading) => {
    const plug = plugs.get(device)
    if (plug === undefined) return
    if (metric === 'leak' || metric === 'smoke') takeAlarm(metric, device, value === 1)
    if (!plug.isPlug && (metric === 'relay' || metric === 'power' || metric === 'current')) becomePlug(device, plug)
    // A last will is no word of the device.
    if (metric === 'online' && value === 0) return
    give(device, { kind: 'reading', metric, value })
  }

  const sleep = () => {
    clearTimeout(timer)
    timer = undefined
    if (isStopped) return
    let dueMs = Infinity
    for (const { state, limits, isPlug } of plugs.values()) {
      if (isPlug) dueMs = Math.min(dueMs, plugDueMs(state, limits) ?? Infinity)
    }
    if (dueMs === Infinity) return
    timer = setTimeout(wake, Math.max(MIN_SLEEP_MS, dueMs - stopwatch()))
  }
  const wake = () => {
    for (const id of plugs.keys()) give(id, { kind: 'tick' })
    sleep()
  }

  configure(devices)
  for (const { device, state } of file.plugs()) {
    const plug = plugs.get(device)
    const kept = readKept(state)
    if (plug === undefined || kept === undefined) {
      write(device, undefined)
      continue
    }
    plugs.set(device, { ...plug, state: resumePlug(kept, moment()), kept: state, isPlug: true })
    for (const { cause, source, atMs } of Object.values(kept.alarms)) {
      if (cause === 'leak' || cause === 'smoke') alarms.set(`${cause}:${source}`, { cause, sensor: source, atMs })
    }
  }

  /** What was seen while the clock was wrong is told as of now, once it is right: better late than 1970. */
  const dated = (event: SafetyEvent): SafetyEvent => {
    const nowMs = clock()
    const isWrong = deps.isClockTrusted() && (event.atMs < nowMs - MAX_AGE_MS || event.atMs > nowMs)
    const lastedMs = Math.max(0, event.atMs - event.fromMs)
    const fixed = isWrong ? { ...event, atMs: nowMs, fromMs: nowMs - lastedMs } : event
    return { ...fixed, fromMs: Math.max(0, Math.round(fixed.fromMs)), atMs: Math.max(0, Math.round(fixed.atMs)) }
  }

  return {
    heard: readings => {
      for (const reading of readings) takeReading(reading)
      if (readings.length > 0) sleep()
    },
    isLatched: device => plugs.get(device)?.state.latch !== undefined,
    resetRefusal: device => {
      const plug = plugs.get(device)
      return plug?.state.latch === undefined ? undefined : resetRefusal(plug.state)
    },
    reset: device => {
      give(device, { kind: 'reset' })
      sleep()
    },
    events: () => {
      const standing = [...plugs].flatMap(([id, { state, isPlug }]) => (isPlug ? (eventOf(state, id) ?? []) : []))
      // An alarm that has nothing to cut is still one.
      const others = [...alarms.values()].flatMap(({ cause, sensor, atMs }): SafetyEvent[] =>
        standing.some(({ source }) => source === sensor) ? [] : [sensorEvent(cause, sensor, atMs)],
      )
      return [...standing, ...others]
        .sort((a, b) => a.severity.localeCompare(b.severity))
        .slice(0, MAX_EVENTS)
        .map(dated)
    },
    reconfigure: next => {
      configure(next)
      releaseStrangers()
      sleep()
    },
    start: () => {
      isStopped = false
      releaseStrangers()
      wake()
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      timer = undefined
    },
  }
}

function sensorEvent(cause: 'leak' | 'smoke', sensor: string, atMs: number): SafetyEvent {
  const evidence: Evidence = { cause, source: sensor, metric: cause, threshold: 0, observed: 1, fromMs: atMs, atMs }
  const severity = cause === 'smoke' ? 'P0' : 'P1'
  return { device: sensor, ...evidence, phase: 'warning', severity, isStanding: true, recuts: 0 }
}

/** Whether people are to hear of what changed, now and not with the next regular status. */
function isTold(before: PlugState, after: PlugState, id: string): boolean {
  const [was, is] = [eventOf(before, id), eventOf(after, id)]
  return (
    was?.phase !== is?.phase ||
    was?.cause !== is?.cause ||
    was?.isStanding !== is?.isStanding ||
    was?.recuts !== is?.recuts
  )
}

const evidenceSchema = z.object({
  cause: z.enum(SAFETY_CAUSES),
  source: z.string(),
  metric: z.enum(['power', 'current', 'device_temperature', 'leak', 'smoke']),
  threshold: z.number(),
  observed: z.number(),
  fromMs: z.number(),
  atMs: z.number(),
})

const keptSchema = z.object({
  latch: z
    .object({
      evidence: evidenceSchema,
      severity: z.enum(['P0', 'P1']),
      phase: z.enum(['cutting', 'cut', 'unconfirmed', 'on-again']),
      recuts: z.number(),
    })
    .optional(),
  alarms: z.record(z.string(), evidenceSchema),
  overrunMs: z.number().nonnegative(),
})

function readKept(text: string): KeptPlug | undefined {
  try {
    const kept = keptSchema.safeParse(JSON.parse(text)).data
    return kept && { latch: kept.latch, alarms: kept.alarms, overrunMs: kept.overrunMs }
  } catch {
    return undefined // SyntaxError: written by something else
  }
}
