import { type GatewayStatus, REJECT_REASONS } from '@harbor/protocol'
import { type GatewayRejectReason, OTHER_REASON } from './ingest-metrics.ts'

/** A gateway's last word on itself, and when it came. */
export interface HeardStatus {
  status: GatewayStatus
  receivedAtMs: number
}

/** The newest status of each gateway, and what their counters of refused messages add up to. */
export interface GatewayStatuses {
  /** Takes a status and says by how much the gateway's counters have grown, by reason. */
  take(gateway: string, heard: HeardStatus): Map<GatewayRejectReason, number>
  newest(gateway: string): HeardStatus | undefined
  /** What it said last while it was online: a last will says nothing but that it is gone. */
  lastOnline(gateway: string): HeardStatus | undefined
}

interface Entry extends HeardStatus {
  /** The counters as last heard, and the run that they belong to: they start from 0 with each. The last will has none. */
  /** The newest that was said online, when this is a last will. */
  said?: HeardStatus
  counters?: { boot: string | undefined; rejected: Readonly<Record<string, number>> }
}

const REASONS: ReadonlySet<string> = new Set(REJECT_REASONS)

/**
 * @param startedAtMs when this process started to count. A run of a gateway that is older has been counted by the process
 *   before, so its first status is only where counting starts; a run that is younger counts from 0.
 * @param maxGateways the gateway heard longest ago is forgotten beyond this many.
 */
export function createGatewayStatuses(startedAtMs: number, maxGateways: number): GatewayStatuses {
  const entries = new Map<string, Entry>()

  /** The counters as they stood before this status: what it adds is the difference. */
  function counted(before: Entry['counters'], { status, receivedAtMs }: HeardStatus): Readonly<Record<string, number>> {
    if (before !== undefined) return before.boot === status.boot ? before.rejected : {}
    const runStartedAtMs = receivedAtMs - (status.uptimeMs ?? Infinity)
    return runStartedAtMs >= startedAtMs ? {} : (status.rejected ?? {})
  }

  return {
    newest: gateway => entries.get(gateway),
    lastOnline: gateway => {
      const entry = entries.get(gateway)
      return entry?.status.online === true ? entry : entry?.said
    },

    take(gateway, heard) {
      const last = entries.get(gateway)
      const before = last?.counters
      const { boot, rejected } = heard.status
      const growth = new Map<GatewayRejectReason, number>()
      const known = counted(before, heard)
      for (const [name, count] of Object.entries(rejected ?? {})) {
        const had = Object.hasOwn(known, name) ? (known[name] ?? 0) : 0
        // A counter that fell was started anew without a new boot id: what it shows now is what was added.
        const added = count >= had ? count - had : count
        const reason = REASONS.has(name) ? (name as GatewayRejectReason) : OTHER_REASON
        if (added > 0) growth.set(reason, (growth.get(reason) ?? 0) + added)
      }
      entries.delete(gateway)
      const counters = rejected === undefined ? before : { boot, rejected }
      const said = last?.status.online === true ? { status: last.status, receivedAtMs: last.receivedAtMs } : last?.said
      entries.set(gateway, {
        ...heard,
        ...(counters !== undefined && { counters }),
        ...(said !== undefined && !heard.status.online && { said }),
      })
      const [oldest] = entries.keys()
      if (entries.size > maxGateways && oldest !== undefined) entries.delete(oldest)
      return growth
    },
  }
}
