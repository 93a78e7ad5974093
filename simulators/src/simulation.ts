import { type Fleet, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { createLanAddresses } from './devices/lan-address.ts'
import { speakersOf } from './devices/dialects.ts'
import { SimulatorsError } from './errors.ts'
import { timeScalesOf } from './fleet/demo-models.ts'
import { firstCounts, readMeters, writeMeters } from './meters.ts'
import { parseWeeklyHours } from './physics/opening-hours.ts'
import type { StationPlan } from './physics/station.ts'
import type { Season } from './physics/weather.ts'
import { type SimulatedStation, createSimulatedStation } from './simulated-station.ts'

export interface SimulationConfig {
  fleet: Fleet
  gatewayDir: string
  metersFile: string
  seed: string
  /** Whose weather it always is; undefined: the calendar's. */
  season: Season | undefined
}

export interface SimulationDeps {
  log: Logger
  /** Milliseconds since 1970. */
  clock: () => number
}

export interface Simulation {
  /** By station id; filled by `start`. */
  stations: ReadonlyMap<string, SimulatedStation>
  start: () => Promise<void>
  stop: () => Promise<void>
}

const TICK_MS = 1_000
const KEEP_METERS_EVERY_MS = 30_000
/** A station whose seats are unknown is one of usual size (docs/domain.md 1.3). */
const USUAL_CAPACITY = 8

/** The whole fleet on one clock: each second every station lives on and its devices tell what is new. */
export function createSimulation(config: SimulationConfig, { log, clock }: SimulationDeps): Simulation {
  const { fleet, metersFile } = config
  const stations = new Map<string, SimulatedStation>()
  const byGateway = new Map<string, SimulatedStation>()
  const addresses = createLanAddresses(
    { gatewayDir: config.gatewayDir, gateways: fleet.gateways.map(({ id }) => id) },
    { log, onChange: gateway => byGateway.get(gateway)?.setUrl(addresses.urlOf(gateway)) },
  )
  let ticking: NodeJS.Timeout | undefined
  let keptAtMs = 0
  let keeping: Promise<void> | undefined
  let stopping: Promise<void> | undefined

  async function start(): Promise<void> {
    const startedAtMs = clock()
    const counts = await readMeters(metersFile, log)
    for (const { id: gateway, station: id } of fleet.gateways) {
      const plan = planOf(config, id)
      const station = createSimulatedStation(
        {
          plan,
          gateway,
          speakers: speakersOf(
            gateway,
            fleet.devices.filter(device => device.gateway === gateway),
            startedAtMs,
          ),
          startedAtMs,
          energyWh: { ...firstCounts(`${config.seed} ${id} meters`), ...counts[id] },
        },
        log,
      )
      stations.set(id, station)
      byGateway.set(gateway, station)
    }
    keptAtMs = startedAtMs
    await addresses.start()
    ticking = setInterval(tick, TICK_MS)
  }

  function tick(): void {
    const nowMs = clock()
    for (const station of stations.values()) station.advance(nowMs)
    // `<` as well: a clock set back must not stop the keeping.
    if (nowMs - keptAtMs >= KEEP_METERS_EVERY_MS || nowMs < keptAtMs) {
      keptAtMs = nowMs
      keeping ??= keepMeters().finally(() => (keeping = undefined))
    }
  }

  async function keepMeters(): Promise<void> {
    const counts = Object.fromEntries([...stations].map(([id, station]) => [id, station.energyWh()]))
    try {
      await writeMeters(metersFile, counts)
    } catch (error) {
      log.warn({ file: metersFile, error: errorText(error) }, 'the energy counts could not be kept')
    }
  }

  async function stop(): Promise<void> {
    clearInterval(ticking)
    addresses.stop()
    await Promise.all([...stations.values()].map(station => station.stop()))
    await keeping
    if (stations.size > 0) await keepMeters()
  }

  return { stations, start, stop: () => (stopping ??= stop()) }
}

/** @throws SimulatorsError SIMULATORS_FLEET_UNUSABLE when the gateway's station is not in the fleet or its hours cannot be read. */
export function planOf(
  { fleet, seed, season }: Pick<SimulationConfig, 'fleet' | 'seed' | 'season'>,
  id: string,
): StationPlan {
  const station = fleet.stations.find(candidate => candidate.id === id)
  if (station === undefined)
    throw new SimulatorsError('SIMULATORS_FLEET_UNUSABLE', `station ${id} of a gateway is not in the fleet`)
  return {
    id,
    hours: parseWeeklyHours(station.hours ?? '24/7'),
    capacity: station.capacity ?? USUAL_CAPACITY,
    timeScales: timeScalesOf(fleet, id),
    season,
    seed,
  }
}
