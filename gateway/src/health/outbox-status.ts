import type { GatewayStatus } from '@harbor/protocol'
import type { Outbox } from '../outbox/outbox.ts'

/** What a status says of the outbox. `problem`: why the last readings could not be kept, while that is so. */
export function outboxStatus(
  outbox: Outbox,
  { nowMs, problem }: { nowMs: number; problem: string | undefined },
): NonNullable<GatewayStatus['outbox']> {
  const thinned = outbox.thinned()
  return {
    depth: outbox.depth(),
    oldestMs: Math.max(0, Math.round(nowMs - (outbox.oldestAtMs() ?? nowMs))),
    dropped: thinned.gauge + thinned.counter + thinned.state,
    thinned,
    held: outbox.heldCount(),
    sizeBytes: outbox.sizeBytes(),
    ...(problem === undefined ? {} : { problem: problem.slice(0, 200) }),
  }
}
