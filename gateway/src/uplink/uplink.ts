import { ProtocolError, type GatewayAddress, ackSchema, decodeJson, encodeTelemetry, topics } from '@harbor/protocol'
import type { Clock, Log, Random } from '../log.ts'
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
import { createLink } from './link.ts'
import { INITIAL_WINDOW, type Pack, type WindowInput, baseOf, hasRoom, step } from './window.ts'

/** Live readings wait this long for others to share their pack; far below the 2 s in which they are to arrive. */
const COLLECT_MS = 250
/** The shortest sleep: due times a little ahead are served together. */
const MIN_SLEEP_MS = 5

export interface UplinkOptions {
  url: string
  secret: string
  address: GatewayAddress
  /** Names this run: packs are numbered from 1 in it. */
  boot: string
  backlogReadingsPerS: number
  /** The last will. */
  will: Uint8Array
}

export interface UplinkDeps {
  outbox: Outbox
  clock: Clock
  random: Random
  log: Log
  onUp: () => void
}

/** Sends the outbox's readings until the server acknowledges them. */
export interface Uplink {
  start: () => void
  /** New readings are in the outbox. */
  notify: () => void
  /** Publishes the gateway's status, retained; nothing while the link is down. */
  publishStatus: (payload: Uint8Array) => void
  stop: () => Promise<void>
}

export function createUplink(options: UplinkOptions, deps: UplinkDeps): Uplink {
  const { outbox, clock, random } = deps
  const { address, boot } = options
  let window = INITIAL_WINDOW
  let lanes = initialLanes(outbox.lastId(), clock())
  let liveSinceMs: number | undefined
  let timer: { handle: NodeJS.Timeout; dueMs: number } | undefined
  let isStopped = false

  const advance = (input: WindowInput) => {
    const { state, effects } = step(window, input, { nowMs: clock(), random: random() })
    window = state
    if (effects.acked.length > 0) outbox.remove(effects.acked)
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
    const nowMs = clock()
    advance({ kind: 'tick' })
    lanes = refill(refocusIfBehind(lanes, outbox.lastId()), options.backlogReadingsPerS, nowMs)
    const liveDueMs = pumpLive(nowMs)
    const backlogDueMs = pumpBacklog(nowMs)
    sleepUntil(Math.min(window.resendAtMs ?? Infinity, liveDueMs, backlogDueMs))
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
      if (unsent < PACK_READINGS && nowMs - liveSinceMs < COLLECT_MS && nowMs >= liveSinceMs) {
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
    timer = { handle: setTimeout(pump, Math.max(MIN_SLEEP_MS, dueMs - clock())), dueMs }
  }

  const link = createLink(options, {
    log: deps.log,
    random,
    onUp: () => {
      deps.onUp()
      lanes = refocus(lanes, outbox.lastId())
      advance({ kind: 'up' })
      pump()
    },
    onDown: () => {
      advance({ kind: 'down' })
      clearTimeout(timer?.handle)
      timer = undefined
    },
    onAck: payload => {
      try {
        const ack = decodeJson(ackSchema, payload)
        // An ack of an earlier run is about other packs under the same numbers.
        if (ack.boot !== boot) return
        advance({ kind: 'ack', seq: ack.seq })
        pump()
      } catch (error) {
        // A readable ack follows: the packs stay, and are sent again.
        const reason = error instanceof ProtocolError ? error.code : 'outbox'
        deps.log.warn({ reason, error: String(error).slice(0, 200) }, 'an ack could not be used')
      }
    },
  })

  return {
    start: link.start,
    notify: () => {
      if (isStopped || !window.isUp) return
      // Called for every commit: the pump runs at most once per COLLECT_MS for it.
      liveSinceMs ??= clock()
      const isFull = outbox.lastId() + 1 - lanes.liveNextId >= PACK_READINGS
      sleepUntil(isFull ? clock() : liveSinceMs + COLLECT_MS)
    },
    publishStatus: payload => link.publish(topics.status(address), payload, true),
    stop: async () => {
      isStopped = true
      clearTimeout(timer?.handle)
      timer = undefined
      await link.stop()
    },
  }
}
