import type { ConfigReported } from '@harbor/protocol'
import type { Tx } from '../config-book.ts'
import { recordFleetAct } from './record-fleet-act.ts'

/**
 * Refusals of one gateway that are written down in an hour. Whoever can publish on its topics can have it refuse as often as he likes: the record
 * says that it happens, and does not grow by it.
 */
const MAX_REFUSALS = 30
const HOUR_MS = 3_600_000

/** Writes down what a gateway says of a config, once: it says the same again after each connection. */
export async function recordReport(
  tx: Tx,
  gateway: string,
  { version, state, reason, nowMs }: Omit<ConfigReported, 'atMs'> & { nowMs: number },
): Promise<void> {
  const before = await tx
    .selectFrom('gateway_report')
    .select(['version', 'state', 'reason'])
    .where('gateway', '=', gateway)
    .executeTakeFirst()
  if (before?.version === version && before.state === state && before.reason === (reason ?? null)) return
  const act = state === 'applied' ? 'config-applied' : 'config-refused'
  if (act === 'config-refused') {
    const { count } = await tx
      .selectFrom('fleet_audit')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('gateway', '=', gateway)
      .where('act', '=', act)
      .where('at_ms', '>', nowMs - HOUR_MS)
      .executeTakeFirstOrThrow()
    if (Number(count) >= MAX_REFUSALS) return
  }
  await recordFleetAct(tx, { act, atMs: nowMs, by: 'box', gateway, detail: { version, reason } })
}
