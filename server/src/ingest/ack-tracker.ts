import { type AckWindow, type StoredPack, storePack } from './ack-window.ts'

/** A gateway that restarts leaves packs of its last run in the broker; more runs than this at once are no restart. */
const MAX_BOOTS_PER_GATEWAY = 4

/** What is durable of every gateway's runs. Forgetting one is safe: the base of its next pack says where to go on. */
export interface AckTracker {
  /** The number to acknowledge after a stored pack, or undefined when there is nothing to say: it lies beyond a gap. */
  stored(gateway: string, boot: string, pack: StoredPack): number | undefined
}

/** @param maxGateways the gateway heard longest ago is forgotten beyond this many. */
export function createAckTracker(maxGateways: number): AckTracker {
  const gateways = new Map<string, Map<string, AckWindow>>()

  return {
    stored(gateway, boot, pack) {
      const boots = gateways.get(gateway) ?? new Map<string, AckWindow>()
      const before = boots.get(boot)
      const after = storePack(before, pack)
      putLast(boots, boot, after, MAX_BOOTS_PER_GATEWAY)
      putLast(gateways, gateway, boots, maxGateways)
      if (after.ackedSeq === 0) return undefined
      // A pack that was acknowledged before came again because the acknowledgement was lost: say it again.
      const isNews = after.ackedSeq > (before?.ackedSeq ?? 0) || pack.seq <= after.ackedSeq
      return isNews ? after.ackedSeq : undefined
    },
  }
}

/** Sets the entry, makes it the youngest, and drops the oldest beyond `limit`. */
function putLast<Value>(...[map, key, value, limit]: [Map<string, Value>, string, Value, number]): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= limit) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
