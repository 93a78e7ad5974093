import type { GatewayStatuses } from '../../ingest/gateway-statuses.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { Pulse } from '../twin/pulse.ts'
import type { Facts } from './rollout-machine.ts'
import { type ActiveRollout, formerOf } from './rollout-rows.ts'

export interface FactsDeps {
  db: RegistryDb
  statuses: Pick<GatewayStatuses, 'newest'>
  pulse: Pick<Pulse, 'heardAtMs'>
}

/** Tells what is known of a rollout's gateways at one moment. */
export interface FactFinder {
  /** What is slow is asked once for all; the rest when it is asked for. */
  factsOf: (rollout: ActiveRollout, atMs: number) => Promise<(gateway: string) => Facts>
}

export function createFactFinder({ db, statuses, pulse }: FactsDeps): FactFinder {
  /** Since when a gateway is connected or not; bounded by the gateways of rollouts since the start. */
  const presence = new Map<string, { isOnline: boolean; sinceMs: number }>()

  const presenceOf = (gateway: string, atMs: number): { isOnline: boolean; sinceMs: number } => {
    const isOnline = statuses.newest(gateway)?.status.online ?? false
    const before = presence.get(gateway)
    if (before?.isOnline === isOnline) return before
    const now = { isOnline, sinceMs: atMs }
    presence.set(gateway, now)
    return now
  }

  return {
    factsOf: async (rollout, atMs) => {
      const moving = await db
        .selectFrom('rollout_gateway as m')
        .leftJoin('gateway_report as r', 'r.gateway', 'm.gateway')
        .select(['m.gateway', 'm.state', 'm.new_version'])
        // Long, and needed of software alone.
        .$if(rollout.target.kind === 'software', query => query.select('m.former'))
        .select(['r.applied_version', 'r.version', 'r.state as report', 'r.reason'])
        .select(eb =>
          eb
            .selectFrom('device')
            .select(({ fn }) => fn.countAll<number>().as('devices'))
            .whereRef('device.gateway', '=', 'm.gateway')
            .as('devices'),
        )
        .where('m.rollout', '=', rollout.id)
        .where('m.state', 'in', ['changed', 'watched', 'reverting'])
        .execute()
      const byGateway = new Map(moving.map(row => [row.gateway, row]))
      const alerts = await newestAlerts(rollout)
      return gateway => {
        const row = byGateway.get(gateway)
        const station = rollout.stationOf.get(gateway) ?? ''
        const { status } = statuses.newest(gateway) ?? {}
        const softwareProblem = status?.softwareProblem
        const wanted =
          rollout.target.kind !== 'software'
            ? undefined
            : row?.state === 'reverting'
              ? (row.former ?? null) === null
                ? undefined
                : formerOf(row.former ?? '').software?.version
              : rollout.target.version
        const hasSoftware = wanted === undefined || status?.version === wanted
        const isRefused = softwareProblem !== undefined && softwareProblem.version === wanted
        return {
          ...presenceOf(gateway, atMs),
          runs: hasSoftware ? (row?.applied_version ?? undefined) : undefined,
          refused:
            isRefused && row?.state !== 'reverting'
              ? { version: row?.new_version ?? 0, reason: softwareProblem.reason }
              : row?.report === 'refused' && row.version !== null
                ? { version: row.version, reason: row.reason ?? undefined }
                : undefined,
          readingsAtMs: pulse.heardAtMs(gateway),
          hasDevices: (row?.devices ?? 0) > 0,
          alertAtMs: alerts.get(station),
        }
      }
    },
  }

  /** The newest alert of each station since the rollout changed its first gateway. */
  async function newestAlerts({ members }: ActiveRollout): Promise<Map<string, number>> {
    let sinceMs = Infinity
    for (const { state, changedAtMs = Infinity } of members.values())
      if (state === 'changed' || state === 'watched') sinceMs = Math.min(sinceMs, changedAtMs)
    if (sinceMs === Infinity) return new Map()
    const rows = await db
      .selectFrom('alert')
      .select(({ fn }) => ['station' as const, fn.max('raised_at_ms').as('at_ms')])
      .where('raised_at_ms', '>=', sinceMs)
      .groupBy('station')
      .execute()
    return new Map(rows.map(row => [row.station, row.at_ms]))
  }
}
