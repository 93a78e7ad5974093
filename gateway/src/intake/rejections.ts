import type { RejectReason } from '@harbor/protocol'
import type { Rejection } from '../decoders/decoder.ts'
import type { Clock, Log } from '../log.ts'

/** One log line a minute and source; the rest is only counted. */
export const LOG_INTERVAL_MS = 60_000
/** Sources remembered for that; chosen: more than a station has devices. Beyond, all others share one line a minute. */
const MAX_SOURCES = 200

/** Counts what was refused, by reason, and says so in the log now and then. */
export interface Rejections {
  note: (source: string, topic: string, rejection: Rejection) => void
  /** Refused since the start, by reason; reasons are a closed list. */
  counts: () => Readonly<Partial<Record<RejectReason, number>>>
}

/** `onChange` is called after each count. */
export function createRejections(deps: { clock: Clock; log: Log; onChange: () => void }): Rejections {
  const counts: Partial<Record<RejectReason, number>> = {}
  const sources = new Map<string, { loggedAtMs: number; unlogged: number }>()

  const sourceOf = (name: string, nowMs: number) => {
    const known = sources.get(name)
    if (known !== undefined) return known
    if (sources.size >= MAX_SOURCES) {
      // Those silent for a minute owe nothing: the next of theirs is logged anyway.
      for (const [old, { loggedAtMs }] of sources) if (nowMs - loggedAtMs >= LOG_INTERVAL_MS) sources.delete(old)
    }
    const slot = sources.size >= MAX_SOURCES ? 'others' : name
    const source = sources.get(slot) ?? { loggedAtMs: Number.NEGATIVE_INFINITY, unlogged: 0 }
    sources.set(slot, source)
    return source
  }

  return {
    note: (name, topic, { reason, detail }) => {
      counts[reason] = (counts[reason] ?? 0) + 1
      const nowMs = deps.clock()
      const source = sourceOf(name, nowMs)
      if (Math.abs(nowMs - source.loggedAtMs) >= LOG_INTERVAL_MS) {
        const facts = { source: name, topic: topic.slice(0, 120), reason, detail, alsoRefused: source.unlogged }
        deps.log.warn(facts, 'a message was refused')
        source.loggedAtMs = nowMs
        source.unlogged = 0
      } else source.unlogged += 1
      deps.onChange()
    },
    counts: () => ({ ...counts }),
  }
}
