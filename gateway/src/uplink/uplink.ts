import { type Ack, ackSchema, decodeJson, encodeTelemetry, errorText, topics } from '@harbor/protocol'
import type { Log, Random, Stopwatch } from '../log.ts'
import type { Outbox } from '../outbox/outbox.ts'
import {
  PACK_READINGS,
  hasBacklog,
  initialLanes,
  refill,
  refocus,
  refocusIfBehind,
  takeBacklog,
  takeLive,
} from './lanes.ts'
import { type Hearing, type LinkOptions, createLink } from './link.ts'
import { INITIAL_WINDOW, type Pack, type WindowInput, baseOf, hasRoom, step } from './window.ts'

/** Live readings wait this long for others to share their pack; far below the 2 s in which they are to arrive. */
const COLLECT_MS = 250
/** After the outbox failed it is tried again this much later, and said so once a minute. */
const AFTER_FAILURE_MS = 5_000
const LOG_INTERVAL_MS = 60_000
/** The shortest sleep: due times a little ahead are served together. */
const MIN_SLEEP_MS = 5

export interface UplinkOptions extends LinkOptions {
  /** Names this run: packs are numbered from 1 in it. */
  boot: string
  backlogReadingsPerS: number
}

export interface UplinkDeps {
  outbox: Outbox
  /** A station's clock may be set back by an hour; what waits for a resend must not wait that hour. */
  stopwatch: Stopwatch
  random: Random
  log: Log
  onUp: () => void
  /** The server spoke of this run; its time in ms since 1970, if it says it. */
  onServerTime: (serverAtMs: number | undefined) => void
  /** The server acknowledged something of this run. */
  onAcked: () => void
  /** What is heard beside the acknowledgements. */
  hearings: readonly Hearing[]
}

/** Sends the outbox's readings until the server acknowledges them. */
export interface Uplink {
  start: () => void
  /** New readings are in the outbox. */
  notify: () => void
  /** Publishes the gateway's status, retained; nothing while the link is down. */
  publishStatus: (payload: Uint8Array) => void
  /** Publishes anything else of this gateway; nothing while the link is down. */
  publish: (topic: string, payload: Uint8Array, retain: boolean) => void
  /** The same, not retained; `onTaken` is called when the broker has it. */
  publishUntilTaken: (topic: string, payload: Uint8Array, onTaken: () => void) => void
  /** Asks for an acknowledgement when none is due: by a pack without readings. */
  probe: () => void
  stop: () => Promise<void>
}

export function createUplink(options: UplinkOptions, deps: UplinkDeps): Uplink {
  const { outbox, stopwatch, random } = deps
  const { address, boot } = options
  let window = INITIAL_WINDOW
  let lanes = initialLanes(outbox.lastId(), stopwatch())
  let liveSinceMs: number | undefined
  let timer: { handle: NodeJS.Timeout; dueMs: number } | undefined
  let isStopped = false
  let isProbeDue = false
  let failureLoggedAtMs = Number.NEGATIVE_INFINITY

  const advance = (input: WindowInput) => {
    const { state, effects } = step(window, input, { nowMs: stopwatch(), random: random() })
    window = state
    if (effects.acked.length > 0) {
      outbox.remove(effects.acked)
      deps.onAcked()
    }
    for (const pack of effects.send) send(pack)
  }

  const send = (pack: Pack) => {
    // Rows may have been given up meanwhile by a full outbox; the number still has to reach the server, or it is a gap.
    const readings = outbox.read(pack)
    const base = Math.min(pack.seq, baseOf(window))
    link.publish(topics.telemetry(address), encodeTelemetry({ seq: pack.seq, boot, base, readings }), false)
  }

  /** Offers what there is and room for, live first; then sleeps until the next thing is due. */
  const pump = () => {
    clearTimeout(timer?.handle)
    timer = undefined
    if (isStopped) return
    const nowMs = stopwatch()
    let dueMs = nowMs + AFTER_FAILURE_MS
    attempt(() => {
      advance({ kind: 'tick' })
      lanes = refill(refocusIfBehind(lanes, outbox.lastId()), options.backlogReadingsPerS, nowMs)
      const liveDueMs = pumpLive(nowMs)
      dueMs = Math.min(liveDueMs, pumpBacklog(nowMs))
    })
    sleepUntil(Math.min(window.resendAtMs ?? Infinity, dueMs))
  }

  /** A disk that fails must not end the process: what it holds is sent when it answers again. */
  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      const nowMs = stopwatch()
      if (nowMs - failureLoggedAtMs < LOG_INTERVAL_MS) return
      failureLoggedAtMs = nowMs
      deps.log.error({ gateway: address.gateway, error: errorText(error) }, 'the outbox could not be used')
    }
  }

  const pumpLive = (nowMs: number): number => {
    for (;;) {
      const unsent = outbox.lastId() + 1 - lanes.liveNextId
      if (unsent <= 0) {
        liveSinceMs = undefined
        return Infinity
      }
      liveSinceMs ??= nowMs
      if (!hasRoom(window, 'live')) return Infinity // an ack or the link will wake us
      if (unsent < PACK_READINGS && nowMs - liveSinceMs < COLLECT_MS) {
        return liveSinceMs + COLLECT_MS
      }
      const taken = takeLive(lanes, outbox.slice)
      lanes = taken.state
      if (taken.slice === undefined)
        lanes = { ...lanes, liveNextId: outbox.lastId() + 1 } // given up by a full outbox
      else advance({ kind: 'offer', pack: { lane: 'live', ...taken.slice } })
    }
  }

  const pumpBacklog = (nowMs: number): number => {
    while (hasBacklog(lanes) && hasRoom(window, 'backlog')) {
      if (lanes.tokens <= 0) return nowMs + Math.ceil(((1 - lanes.tokens) * 1000) / options.backlogReadingsPerS)
      const taken = takeBacklog(lanes, window.inFlight, outbox.slice)
      lanes = taken.state
      if (taken.slice !== undefined) advance({ kind: 'offer', pack: { lane: 'backlog', ...taken.slice } })
    }
    return Infinity
  }

  const sleepUntil = (dueMs: number) => {
    if (dueMs === Infinity) return
    if (timer !== undefined && timer.dueMs <= dueMs) return
    clearTimeout(timer?.handle)
    timer = { handle: setTimeout(pump, Math.max(MIN_SLEEP_MS, dueMs - stopwatch())), dueMs }
  }

  const probeIfDue = () => {
    if (isStopped || !isProbeDue) return
    isProbeDue = false
    // With packs on their way an acknowledgement is due anyway, and room in the window is for readings.
    if (window.inFlight.length > 0) return
    attempt(() => advance({ kind: 'offer', pack: { lane: 'live', firstId: 0, lastId: 0, count: 0 } }))
    pump()
  }

  const link = createLink(options, {
    log: deps.log,
    random,
    stopwatch,
    onUp: () => {
      deps.onUp()
      lanes = refocus(lanes, outbox.lastId())
      attempt(() => advance({ kind: 'up' }))
      pump()
      probeIfDue()
    },
    onDown: () => {
      advance({ kind: 'down' })
      clearTimeout(timer?.handle)
      timer = undefined
    },
    hearings: [{ filter: topics.ack(address), hear: payload => takeAck(payload) }, ...deps.hearings],
  })

  const takeAck = (payload: Uint8Array) => {
    const ack = readAck(payload)
    // An ack of an earlier run is about other packs under the same numbers; an unreadable one is none, and another follows.
    if (ack?.boot !== boot) return
    deps.onServerTime(ack.atMs)
    attempt(() => advance({ kind: 'ack', seq: ack.seq }))
    pump()
  }

  return {
    start: link.start,
    notify: () => {
      if (isStopped || !window.isUp) return
      // Called for every commit: the pump runs at most once per COLLECT_MS for it.
      liveSinceMs ??= stopwatch()
      const isFull = outbox.lastId() + 1 - lanes.liveNextId >= PACK_READINGS
      sleepUntil(isFull ? stopwatch() : liveSinceMs + COLLECT_MS)
    },
    publishStatus: payload => link.publish(topics.status(address), payload, true),
    publish: link.publish,
    publishUntilTaken: link.publishUntilTaken,
    probe: () => {
      isProbeDue = true
      if (window.isUp) probeIfDue()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer?.handle)
      timer = undefined
      await link.stop()
    },
  }
}

/** An acknowledgement; undefined when it cannot be read. */
function readAck(payload: Uint8Array): Ack | undefined {
  try {
    return decodeJson(ackSchema, payload)
  } catch {
    return undefined // ProtocolError: decodeJson throws nothing else
  }
}
