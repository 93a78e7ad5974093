import type { Reading, StaffEvents, StationDetail } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Commands } from '../commands/commands.ts'
import type { Route } from '../http/route.ts'
import type { GatewayStatuses } from '../ingest/gateway-statuses.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { benchRoutes } from './bench/bench.routes.ts'
import { createBench } from './bench/bench.ts'
import type { ConfigBook } from './config-book.ts'
import type { SoftwareBook } from './firmware/software.ts'
import type { GatewayConfigs } from './gateway-configs.ts'
import type { ProfileBook } from './profiles/profile-book.ts'
import { openRollouts } from './rollouts/open-rollouts.ts'
import { createPulse } from './twin/pulse.ts'
import { twinRoutes } from './twin/twin.routes.ts'
import { createTwin } from './twin/twin.ts'
import { createTwinTeller } from './twin/twin-news.ts'

/** What the fleet is watched by: from the whole server. */
export interface WatchSources {
  statuses: Pick<GatewayStatuses, 'newest' | 'lastOnline'>
  /** The newest values of a station's devices. */
  readingsOf: (station: string) => StationDetail['readings']
  commands: Pick<Commands, 'request' | 'list'>
  /** Tells what happened at a place to all who may see it; an empty station: of a whole district; both empty: of the whole city. */
  tell: <Event extends 'twin' | 'rollout'>(
    event: Event,
    news: Parameters<StaffEvents[Event]>[0],
    at: { station: string; district: string },
  ) => void
  newId: () => string
  /** How often rollouts are looked at, in ms; default 1,000. */
  lookEveryMs?: number | undefined
}

export interface WatchDeps extends WatchSources {
  db: RegistryDb
  directory: LiveDirectory
  book: ConfigBook
  configs: GatewayConfigs
  profiles: Pick<ProfileBook, 'named'>
  software: Pick<SoftwareBook, 'get'>
  /** A gateway was given a config. */
  onIssued: (gateway: string) => Promise<void>
  nowMs: () => number
  log: Logger
}

/** Gateways as they are: the twin, the bench, and rollouts that go by both. */
export interface Watch {
  routes: Route[]
  /** Readings just stored. */
  take: (readings: readonly Reading[], receivedAtMs: number) => void
  /** A gateway said something of itself. */
  heard: (gateway: string) => void
  /** The registry's side of a gateway is another. */
  refresh: (gateway: string) => Promise<void>
  start: () => Promise<void>
  stop: () => Promise<void>
}

export function openWatch(
  { publicUrl, timeZone }: { publicUrl: string | undefined; timeZone: string },
  deps: WatchDeps,
): Watch {
  const { directory, tell } = deps
  const pulse = createPulse(device => directory.devices.get(device)?.record.gateway)
  const teller = createTwinTeller(
    (news, at) => tell('twin', news, at),
    station => directory.stations.get(station)?.record.street,
  )
  const twin = createTwin({ ...deps, onChanged: teller.changed })
  const bench = createBench({ ...deps, twin })
  const rollouts = openRollouts(
    { publicUrl, timeZone, lookEveryMs: deps.lookEveryMs },
    { ...deps, pulse, onChanged: ({ rollout, name, at }) => tell('rollout', { rollout, name }, at) },
  )
  return {
    routes: [...twinRoutes(twin), ...rollouts.routes, ...benchRoutes({ bench, timeZone })],
    take: pulse.take,
    heard: twin.heard,
    refresh: twin.refresh,
    start: async () => {
      await twin.start()
      await rollouts.start()
    },
    stop: async () => {
      teller.stop()
      await rollouts.stop()
    },
  }
}
