import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Route } from '../../http/route.ts'
import type { GatewayStatuses } from '../../ingest/gateway-statuses.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { ConfigBook } from '../config-book.ts'
import type { SoftwareBook } from '../firmware/software.ts'
import type { GatewayConfigs } from '../gateway-configs.ts'
import type { ProfileBook } from '../profiles/profile-book.ts'
import type { Pulse } from '../twin/pulse.ts'
import { createFactFinder } from './rollout-facts.ts'
import { recordRoutes } from './rollout-record.ts'
import { createRolloutRunner } from './rollout-runner.ts'
import { createRollouts } from './rollouts.ts'
import { type RolloutPlace, placeOf } from './rollout-place.ts'
import { rolloutRoutes } from './rollouts.routes.ts'

export interface RolloutsPartDeps {
  db: RegistryDb
  book: ConfigBook
  configs: Pick<GatewayConfigs, 'make'>
  profiles: Pick<ProfileBook, 'named'>
  software: Pick<SoftwareBook, 'get'>
  statuses: Pick<GatewayStatuses, 'newest'>
  pulse: Pick<Pulse, 'heardAtMs'>
  /** A gateway was given a config. */
  onIssued: (gateway: string) => Promise<void>
  /** A rollout is another than before; at most once a look. */
  onChanged: (news: RolloutPlace) => void
  newId: () => string
  nowMs: () => number
  log: Logger
}

/** Rollouts: the routes, and what carries them out. */
export interface RolloutsPart {
  routes: Route[]
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** `timeZone`: of the times in files. */
export interface RolloutsSettings {
  publicUrl: string | undefined
  timeZone: string
  lookEveryMs?: number | undefined
}

/** @param settings `publicUrl`: where people and gateways find this server; undefined: where they asked. */
export function openRollouts(
  { publicUrl, timeZone, lookEveryMs }: RolloutsSettings,
  deps: RolloutsPartDeps,
): RolloutsPart {
  const onChanged = (rollout: string) => {
    placeOf(deps.db, rollout).then(
      place => place && deps.onChanged(place),
      (error: unknown) =>
        deps.log.warn({ rollout, error: errorText(error) }, 'nobody was told of a change of a rollout'),
    )
  }
  const runner = createRolloutRunner({ ...deps, facts: createFactFinder(deps), lookEveryMs, onChanged })
  const isOnline = (gateway: string) => deps.statuses.newest(gateway)?.status.online ?? false
  const rollouts = createRollouts({ ...deps, runner, isOnline, onChanged })
  return {
    routes: [...rolloutRoutes({ rollouts, publicUrl }), ...recordRoutes(rollouts, { timeZone, nowMs: deps.nowMs })],
    start: runner.start,
    stop: runner.stop,
  }
}
